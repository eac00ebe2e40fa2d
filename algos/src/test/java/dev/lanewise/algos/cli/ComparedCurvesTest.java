package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparedCurvesTest {
  @TempDir private Path folder;

  private Path log(String name, String rows) throws IOException {
    return Files.writeString(
        folder.resolve(name), "time/total_timesteps,eval/mean_reward\n" + rows);
  }

  /**
   * Two runs: their mean, from the worse to the better; rows without an evaluation do not count.
   */
  @Test
  void theyAreOverTheStepsThatAllRunsHave() throws IOException {
    var curves =
        ComparedCurves.curves(
            List.of(log("one", "100,-10\n150,\n200,-4\n300,0\n"), log("two", "100,-20\n200,-2\n")));
    assertThat(curves.mean().x()).containsExactly(100, 200);
    assertThat(curves.mean().y()).containsExactly(-15, -3);
    assertThat(curves.low().y()).containsExactly(-20, -4);
    assertThat(curves.high().y()).containsExactly(-10, -2);
  }
}
