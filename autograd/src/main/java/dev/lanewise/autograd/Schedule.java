package dev.lanewise.autograd;

/**
 * A hyperparameter over a run, as a function of the progress that remains: 1 at the start, 0 at the
 * end (Stable-Baselines3's convention).
 */
@FunctionalInterface
public interface Schedule {

  double at(double progressRemaining);

  static Schedule constant(double value) {
    return progress -> value;
  }

  /** From a first value to a last one, in proportion to progress. */
  static Schedule linear(double first, double last) {
    return progress -> last + (first - last) * progress;
  }
}
