package dev.lanewise.algos;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Hyperparameters that are known to work for an algorithm on an environment, after RL Zoo. */
final class Presets {
  private static final Map<String, String> TABLE =
      Map.of("sac Pendulum-v1", "total_timesteps=10000 learning_rate=1e-3");

  private Presets() {}

  static SequencedMap<String, String> of(String algorithm, String env) {
    var preset = new LinkedHashMap<String, String>();
    var line = TABLE.getOrDefault(algorithm + " " + env, "");
    for (var pair : line.isEmpty() ? new String[0] : line.split(" ")) {
      preset.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    return preset;
  }
}
