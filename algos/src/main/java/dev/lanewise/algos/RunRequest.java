package dev.lanewise.algos;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run that somebody wants.
 *
 * @param algorithm one of {@link Algorithms#names}
 * @param env one of {@link dev.lanewise.engine.env.Environments#ids}
 * @param seed of everything random
 * @param settings the hyperparameters that are not to have their defaults, those of {@link
 *     RunSettings} included: total_timesteps, eval_freq, n_eval_episodes, log_freq, save_freq
 * @param origin what else is to be kept with the results about where they come from, such as the
 *     command
 */
public record RunRequest(
    String algorithm,
    String env,
    long seed,
    Map<String, String> settings,
    Map<String, String> origin) {

  public RunRequest {
    settings = Map.copyOf(settings);
    origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin));
  }

  public RunRequest(String algorithm, String env, long seed, Map<String, String> settings) {
    this(algorithm, env, seed, settings, Map.of());
  }
}
