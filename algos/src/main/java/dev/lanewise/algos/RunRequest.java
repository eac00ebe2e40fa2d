package dev.lanewise.algos;

import java.util.Map;

/**
 * A run that somebody wants.
 *
 * @param algorithm one of {@link Algorithms#names}
 * @param env one of {@link dev.lanewise.engine.env.Environments#ids}
 * @param seed of everything random
 * @param settings the hyperparameters that are not to have their defaults, those of {@link
 *     RunSettings} included: total_timesteps, eval_freq, n_eval_episodes, log_freq, save_freq
 * @param command how it was asked for, to be kept with the results; may be empty
 */
public record RunRequest(
    String algorithm, String env, long seed, Map<String, String> settings, String command) {

  public RunRequest {
    settings = Map.copyOf(settings);
  }

  public RunRequest(String algorithm, String env, long seed, Map<String, String> settings) {
    this(algorithm, env, seed, settings, "");
  }
}
