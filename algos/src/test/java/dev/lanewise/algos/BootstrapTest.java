package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapTest {

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  @Test
  void quantilesLieBetweenValues() {
    var sorted = new double[] {1, 2, 4, 8, 16};
    assertThat(Bootstrap.quantile(sorted, 0)).isEqualTo(1);
    assertThat(Bootstrap.quantile(sorted, 0.5)).isEqualTo(4);
    assertThat(Bootstrap.quantile(sorted, 0.625)).isEqualTo(6);
    assertThat(Bootstrap.quantile(sorted, 1)).isEqualTo(16);
    assertThat(Bootstrap.quantile(new double[] {7}, 0.975)).isEqualTo(7);
  }

  @Test
  void runsThatAllEndAlikeLeaveNoDoubt() {
    var interval = Bootstrap.interval(new double[][] {{3, 3, 3}}, InterquartileMean::of);
    assertThat(interval).isEqualTo(new Bootstrap.Interval(3, 3));
  }

  /** Of two runs both are drawn twice with probability 1/4 each: more than 2.5 %. */
  @Test
  void twoRunsReachFromOneToTheOther() {
    var interval = Bootstrap.interval(new double[][] {{-1, 5}}, InterquartileMean::of);
    assertThat(interval).isEqualTo(new Bootstrap.Interval(-1, 5));
  }

  /** Drawing from all runs together instead would give means far from 50. */
  @Test
  void everyTaskIsResampledByItself() {
    var strata = new double[][] {{0, 0, 0}, {100, 100, 100}};
    assertThat(Bootstrap.interval(strata, BootstrapTest::mean))
        .isEqualTo(new Bootstrap.Interval(50, 50));
  }

  /** Of a mean the resamples are nearly normal, with the values' standard deviation over √n. */
  @Test
  void ofAMeanItIsNearlyTheNormalOne() {
    var values = new SplittableRandom(5).doubles(200).toArray();
    double mean = mean(values);
    double std = Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / 200);
    double half = 1.96 * std / Math.sqrt(200);
    var interval = Bootstrap.interval(new double[][] {values}, BootstrapTest::mean);
    assertThat(interval.low()).isEqualTo(mean - half, within(0.03 * half));
    assertThat(interval.high()).isEqualTo(mean + half, within(0.03 * half));
  }

  /**
   * Of 1000 samples about 95 % have the true value in their interval; fewer where the sample is
   * small, as is known of percentile intervals. Three standard errors of 1000 samples are 2 to 3 %.
   */
  @ParameterizedTest
  @CsvSource({"10, 0.86, 0.95", "40, 0.915, 0.97"})
  void intervalsOfTheInterquartileMeanCoverIt(int runs, double least, double most) {
    var random = new SplittableRandom(7);
    int covered = 0;
    for (int i = 0; i < 1000; i++) {
      var sample = new double[runs];
      Arrays.setAll(sample, k -> 20 + 3 * random.nextGaussian());
      var interval = Bootstrap.interval(new double[][] {sample}, InterquartileMean::of, 500, i);
      covered += interval.low() <= 20 && 20 <= interval.high() ? 1 : 0;
    }
    assertThat(covered / 1000.0).isBetween(least, most);
  }

  @Test
  void theSameSeedIsTheSameInterval() {
    var scores = new double[][] {{1, 5, 2, 8, 3, 9}};
    var first = Bootstrap.interval(scores, InterquartileMean::of, 100, 1);
    assertThat(Bootstrap.interval(scores, InterquartileMean::of, 100, 1)).isEqualTo(first);
    assertThat(Bootstrap.interval(scores, InterquartileMean::of, 100, 2)).isNotEqualTo(first);
  }

  @Test
  void withoutScoresOrResamplesThereIsNone() {
    assertThatThrownBy(() -> Bootstrap.interval(new double[0][], InterquartileMean::of))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Bootstrap.interval(new double[][] {{1}, {}}, InterquartileMean::of))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one score");
    assertThatThrownBy(() -> Bootstrap.interval(new double[][] {{1}}, InterquartileMean::of, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 resamples");
  }
}
