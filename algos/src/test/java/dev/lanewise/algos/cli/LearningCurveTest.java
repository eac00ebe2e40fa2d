package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningCurveTest {
  private static final String HEADER =
      "time/total_timesteps,rollout/ep_rew_mean,eval/mean_reward,eval/std_reward\n";

  @TempDir private Path folder;

  private Path drawn(String rows) throws IOException {
    var log = Files.writeString(folder.resolve("metrics.csv"), HEADER + rows);
    var picture = folder.resolve("learning_curve.png");
    LearningCurve.draw("a run", log, picture);
    return picture;
  }

  @ParameterizedTest
  @CsvSource({"0,0", "300,300", "9500,9500", "10000,10k", "980000,980k", "1250000,1.25M"})
  void stepsAreWrittenBriefly(double steps, String text) {
    assertThat(LearningCurve.brief(steps)).isEqualTo(text);
  }

  @Test
  void aBandNeedsTwoEvaluationsAndAPointNeedsNone() throws IOException {
    assertThat(bluish(drawn("100,,-1500,200\n"))).isPositive();
    int lines = bluish(drawn("100,,-1500,0\n200,,-700,0\n"));
    assertThat(bluish(drawn("100,,-1500,200\n200,,-700,100\n"))).isGreaterThan(10 * lines);
  }

  @Test
  void withoutAnyReturnThereIsNoPicture() throws IOException {
    assertThat(drawn("100,,,\n")).doesNotExist();
  }

  @Test
  void aDamagedLogIsNamed() {
    assertThatThrownBy(() -> drawn("100,1,2\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("metrics.csv, line 2");
  }

  /** Pixels of the evaluation's colour, however pale. */
  private static int bluish(Path picture) throws IOException {
    var image = ImageIO.read(picture.toFile());
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        count += (rgb & 0xff) - (rgb >> 16 & 0xff) > 20 ? 1 : 0;
      }
    }
    return count;
  }
}
