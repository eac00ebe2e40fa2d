package dev.lanewise.algos;

import java.util.Arrays;

/**
 * The mean of the middle half of some values: as robust as the median, nearly as precise as the
 * mean (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
 * precipice", section 4.3).
 */
public final class InterquartileMean {
  private InterquartileMean() {}

  /**
   * The 25 % trimmed mean as rliable computes it (SciPy's {@code trim_mean(x, 0.25)}): ⌊n / 4⌋
   * values fall off at each end, whole values only, so that up to three values nothing does.
   *
   * @throws IllegalArgumentException if there is no value, or one is NaN
   */
  public static double of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values have no interquartile mean; give at least one");
    }
    var sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (Double.isNaN(sorted[n - 1])) {
      throw new IllegalArgumentException(
          "a NaN among %d values has no place in their order; leave it out".formatted(n));
    }
    int cut = n / 4;
    double sum = 0;
    for (int i = cut; i < n - cut; i++) {
      sum += sorted[i];
    }
    return sum / (n - 2 * cut);
  }
}
