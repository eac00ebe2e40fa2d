package dev.lanewise.algos;

/**
 * How far a run has come, apart from its training.
 *
 * @param evaluatedAt step of the last evaluation, 0 before the first
 * @param loggedAt step of the last row of metrics.csv, 0 before the first
 * @param bestReward best mean return of an evaluation, negative infinity before the first
 * @param bestAt step of the best evaluation
 * @param elapsedSeconds time spent so far, over all its sessions
 */
public record RunProgress(
    long evaluatedAt, long loggedAt, double bestReward, long bestAt, double elapsedSeconds) {

  static final RunProgress NONE = new RunProgress(0, 0, Double.NEGATIVE_INFINITY, 0, 0);
}
