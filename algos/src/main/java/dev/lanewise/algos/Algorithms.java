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
      new TreeMap<>(
          Map.of(
              "ddpg", Algorithms::ddpg,
              "ppo", Algorithms::ppo,
              "sac", Algorithms::sac,
              "td3", Algorithms::td3));

  private static Training ddpg(Settings settings, EnvSpec env, Device device, long seed) {
    var config = Ddpg.Config.of(settings);
    var noise = ExplorationNoise.Config.of(settings, "normal", 0.1f);
    return new OffPolicy(
        OffPolicy.Config.of(settings),
        noise,
        env,
        device,
        seed,
        (memory, random) -> new Ddpg(config, env, memory, random));
  }

  private static Training td3(Settings settings, EnvSpec env, Device device, long seed) {
    var config = Td3.Config.of(settings);
    var noise = ExplorationNoise.Config.of(settings, "normal", 0.1f);
    return new OffPolicy(
        OffPolicy.Config.of(settings),
        noise,
        env,
        device,
        seed,
        (memory, random) -> new Td3(config, env, memory, random));
  }

  private static Training ppo(Settings settings, EnvSpec env, Device device, long seed) {
    var rollouts = OnPolicy.Config.of(settings);
    var config = Ppo.Config.of(settings);
    return new OnPolicy(
        rollouts, env, device, seed, (memory, random) -> new Ppo(config, env, memory, random));
  }

  private static Training sac(Settings settings, EnvSpec env, Device device, long seed) {
    var config = Sac.Config.of(settings);
    var noise = ExplorationNoise.Config.of(settings, "none", 0.1f);
    return new OffPolicy(
        OffPolicy.Config.of(settings),
        noise,
        env,
        device,
        seed,
        (memory, random) -> new Sac(config, env, memory, random));
  }

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
