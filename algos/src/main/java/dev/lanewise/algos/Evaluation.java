package dev.lanewise.algos;

import java.util.Arrays;

/**
 * What a policy earned without exploring.
 *
 * @param episodes how many were played
 * @param meanReward mean return of the episodes
 * @param stdReward standard deviation of their returns, divided by n as NumPy's std
 * @param meanEpLength mean number of steps of an episode
 */
public record Evaluation(
    int episodes,
    double meanReward,
    double stdReward,
    double minReward,
    double maxReward,
    double meanEpLength) {

  static Evaluation of(double[] returns, double[] lengths) {
    double mean = Arrays.stream(returns).sum() / returns.length;
    double squares = Arrays.stream(returns).map(r -> (r - mean) * (r - mean)).sum();
    return new Evaluation(
        returns.length,
        mean,
        Math.sqrt(squares / returns.length),
        Arrays.stream(returns).min().orElseThrow(),
        Arrays.stream(returns).max().orElseThrow(),
        Arrays.stream(lengths).sum() / lengths.length);
  }

  /** One JSON object on one line. */
  public String toJson(RunConfig config) {
    return ("{\"mean_reward\": %s, \"std_reward\": %s, \"episodes\": %d, \"mean_ep_length\": %s,"
            + " \"min_reward\": %s, \"max_reward\": %s, \"env\": %s, \"algo\": %s}")
        .formatted(
            meanReward,
            stdReward,
            episodes,
            meanEpLength,
            minReward,
            maxReward,
            RunConfig.quoted(config.env()),
            RunConfig.quoted(config.algorithm()));
  }
}
