package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole episodes as Box2D 2.3 itself plays them (libGDX's build of it), with Gymnasium's rules
 * around it: three landings, three crashes, the engines switched and throttled, the last one at
 * random. Our sines differ from the C library's by an ulp at times, which is all that is allowed to
 * show.
 */
class LunarLanderGoldenTest {
  private static final Recording GOLDEN = recording();

  /** An episode starts with the ground's eleven heights and the force of its first push. */
  private static Recording recording() {
    var name = "/golden/box2d/LunarLander.csv";
    try (var in = LunarLanderGoldenTest.class.getResourceAsStream(name)) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Recording.of(name, text.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void anEpisodeIsAsInBox2d(int episode) {
    int row = 0;
    while (GOLDEN.at("episode", row) != episode) {
      row++;
    }
    var lander = new Lander(LunarLander.CONTINUOUS);
    var terrain = new float[11];
    var start = GOLDEN.at("start", terrain.length + 2, row);
    for (int i = 0; i < terrain.length; i++) {
      terrain[i] = (float) start[i];
    }
    lander.begin(terrain, (float) start[11], (float) start[12]);
    int steps = 0;
    while (true) {
      check(lander, row, "observation after step " + steps);
      if (lander.terminated()) {
        break;
      }
      row++;
      steps++;
      lander.step(
          GOLDEN.at("main", row), GOLDEN.at("side", row), GOLDEN.at("u", row), GOLDEN.at("v", row));
      assertThat(lander.reward())
          .as("reward of step %d", steps)
          .isCloseTo(GOLDEN.at("reward", row), within(2e-2));
    }
    assertThat(steps).isGreaterThan(60);
    assertThat(lander.reward()).isEqualTo(episode < 3 ? 100 : -100);
  }

  private static void check(Lander lander, int row, String what) {
    for (int j = 0; j < 8; j++) {
      assertThat(lander.observed(j))
          .as("%s, number %d", what, j)
          .isCloseTo(GOLDEN.at("obs" + j, row), within(2e-5));
    }
    assertThat(lander.terminated()).as(what).isEqualTo(GOLDEN.at("terminated", row) == 1);
  }
}
