package dev.lanewise.algos;

/**
 * How long a run lasts and what happens on the way, all in environment steps.
 *
 * @param totalTimesteps when it ends
 * @param evalFreq steps between two evaluations; there is one at the end too
 * @param nEvalEpisodes episodes of an evaluation
 * @param logFreq steps between two rows of metrics.csv, besides those of the evaluations
 * @param saveFreq steps between two checkpoints; there is one at the beginning and the end too
 */
public record RunSettings(
    long totalTimesteps, long evalFreq, int nEvalEpisodes, long logFreq, long saveFreq) {
  static final String TOTAL_TIMESTEPS = "total_timesteps";
  private static final long MOST = 1_000_000_000_000L;

  static RunSettings of(Settings settings) {
    long total = totalTimesteps(settings);
    long evalFreq = settings.whole("eval_freq", Math.max(1000, total / 100), 1, MOST);
    return new RunSettings(
        total,
        evalFreq,
        settings.integer("n_eval_episodes", 20, 1, 1 << 20),
        settings.whole("log_freq", evalFreq, 1, MOST),
        settings.whole("save_freq", Math.max(1000, total / 10), 1, MOST));
  }

  static long totalTimesteps(Settings settings) {
    return settings.whole(TOTAL_TIMESTEPS, 100_000, 1, MOST);
  }
}
