package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.env.Scene;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenesTest {
  private final Scenes scenes = new Scenes();

  private static Scene numbered(double z) {
    return new Scene(List.of(new Scene.Floor("floor", z)));
  }

  private void see(double... numbers) {
    for (double z : numbers) {
      scenes.accept(numbered(z));
    }
  }

  @Test
  void ofSeveralStepsTheLastOne() {
    see(0);
    assertThat(scenes.last(false)).isEqualTo(numbered(0));
    see(1, 2, 3);
    assertThat(scenes.last(false)).isEqualTo(numbered(3));
    see(4);
    assertThat(scenes.last(false)).isEqualTo(numbered(4));
  }

  @Test
  void whereAnEpisodeEndsBeforeTheNextOnesBeginning() {
    see(0);
    scenes.last(false);
    see(1, 2, 100);
    assertThat(scenes.last(true)).isEqualTo(numbered(2));
    assertThat(scenes.last(false)).isEqualTo(numbered(100));
    see(101, 200);
    assertThat(scenes.last(true)).isEqualTo(numbered(101));
    assertThat(scenes.last(false)).isEqualTo(numbered(200));
  }
}
