package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Nearest;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** The algorithms that can be asked for by name. */
public final class Algorithms {

  /** How a training is made from hyperparameters; settings are asked for, not finished. */
  @FunctionalInterface
  interface Factory {
    Training make(Settings settings, EnvSpec env, Device device, long seed);
  }

  private static final TreeMap<String, Factory> FACTORIES =
      new TreeMap<>(Map.of("sac", OffPolicy::sac));

  private Algorithms() {}

  public static List<String> names() {
    return List.copyOf(FACTORIES.keySet());
  }

  /**
   * A training at its beginning.
   *
   * @throws IllegalArgumentException if there is no such algorithm, naming the nearest, or if it
   *     does not fit the environment's action space
   * @throws SettingException if a hyperparameter is impossible
   */
  public static Training make(
      String algorithm, Settings settings, EnvSpec env, Device device, long seed) {
    var factory = FACTORIES.get(algorithm);
    if (factory == null) {
      throw new IllegalArgumentException(Nearest.unknown("algorithm", algorithm, names()));
    }
    return factory.make(settings, env, device, seed);
  }

  /** Hyperparameters known to work well for a pair, or none. */
  public static SequencedMap<String, String> preset(String algorithm, String env) {
    return Presets.of(algorithm, env);
  }
}
