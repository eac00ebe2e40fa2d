package dev.lanewise.algos;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * How far a statistic of few runs can be trusted: the stratified percentile bootstrap of Agarwal et
 * al. (2021, section 4.1) and rliable. A resample draws, task by task, as many runs as the task
 * has, with replacement; the interval is between percentiles of the resamples' statistics.
 *
 * <p>With fewer than about ten runs a task such an interval is too narrow.
 */
public final class Bootstrap {
  /** Rliable's default. */
  public static final int RESAMPLES = 50_000;

  private static final double LEVEL = 0.95;
  private static final long SEED = 1;

  /**
   * @param low 2.5th percentile
   * @param high 97.5th percentile
   */
  public record Interval(double low, double high) {}

  private Bootstrap() {}

  /** The 95 % interval from {@link #RESAMPLES} resamples, the same every time. */
  public static Interval interval(double[][] strata, ToDoubleFunction<double[]> statistic) {
    return interval(strata, statistic, RESAMPLES, SEED);
  }

  /**
   * The 95 % interval.
   *
   * @param strata the scores of each task's runs
   * @param statistic of all scores together, task after task; must not keep or change the array
   * @throws IllegalArgumentException if there is no task, or one without runs, or no resample
   */
  public static Interval interval(
      double[][] strata, ToDoubleFunction<double[]> statistic, int resamples, long seed) {
    if (strata.length == 0 || Arrays.stream(strata).anyMatch(scores -> scores.length == 0)) {
      throw new IllegalArgumentException(
          "%d tasks, some without a run, cannot be resampled; give each at least one score"
              .formatted(strata.length));
    }
    if (resamples < 1) {
      throw new IllegalArgumentException(
          "%d resamples make no interval; take at least 1".formatted(resamples));
    }
    var random = new SplittableRandom(seed);
    var drawn = new double[Arrays.stream(strata).mapToInt(scores -> scores.length).sum()];
    var statistics = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      int at = 0;
      for (var scores : strata) {
        for (int i = 0; i < scores.length; i++) {
          drawn[at++] = scores[random.nextInt(scores.length)];
        }
      }
      statistics[r] = statistic.applyAsDouble(drawn);
    }
    Arrays.sort(statistics);
    return new Interval(
        quantile(statistics, (1 - LEVEL) / 2), quantile(statistics, (1 + LEVEL) / 2));
  }

  /** Between two values, linearly: type 7 of Hyndman and Fan (1996), NumPy's default. */
  static double quantile(double[] sorted, double p) {
    double at = p * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
