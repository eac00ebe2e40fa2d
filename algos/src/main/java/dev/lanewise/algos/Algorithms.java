package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Nearest;
import dev.lanewise.engine.env.Space;
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
    return offPolicy(
        settings,
        "normal",
        env,
        device,
        seed,
        (memory, random) -> new Ddpg(config, env, memory, random));
  }

  private static Training td3(Settings settings, EnvSpec env, Device device, long seed) {
    var config = Td3.Config.of(settings);
    return offPolicy(
        settings,
        "normal",
        env,
        device,
        seed,
        (memory, random) -> new Td3(config, env, memory, random));
  }

  private static Training ppo(Settings settings, EnvSpec env, Device device, long seed) {
    var rollouts = OnPolicy.Config.of(settings);
    var config = Ppo.Config.of(settings);
    long samples = (long) rollouts.nSteps() * rollouts.nEnvs();
    if (config.batchSize() > samples) {
      settings.note(
          "batch_size=%d is more than the %d samples of n_steps=%d and n_envs=%d; all of them are a batch"
              .formatted(config.batchSize(), samples, rollouts.nSteps(), rollouts.nEnvs()));
    }
    if (!(env.actionSpace() instanceof Space.Box)) {
      settings.idle("actions that are no Box", "log_std_init");
    }
    return new OnPolicy(
        rollouts, env, device, seed, (memory, random) -> new Ppo(config, env, memory, random));
  }

  private static Training sac(Settings settings, EnvSpec env, Device device, long seed) {
    var config = Sac.Config.of(settings);
    boolean discrete = env.actionSpace() instanceof Space.Discrete;
    var noise = settings.text("noise_type", "none");
    if (discrete && !noise.equals("none")) {
      throw new SettingException(
          "noise_type=%s does not fit %s: its actions are %s, not a Box; leave noise_type at none"
              .formatted(noise, env.id(), env.actionSpace()));
    }
    if (!discrete && !(env.actionSpace() instanceof Space.Box)) {
      throw new IllegalArgumentException(
          "sac does not fit %s: its actions are %s, but sac needs a Box or Discrete; ppo takes them"
              .formatted(env.id(), env.actionSpace()));
    }
    return offPolicy(
        settings,
        "none",
        env,
        device,
        seed,
        (memory, random) ->
            discrete
                ? new DiscreteSac(config, env, memory, random)
                : new Sac(config, env, memory, random));
  }

  private static Training offPolicy(
      Settings settings,
      String noise,
      EnvSpec env,
      Device device,
      long seed,
      OffPolicy.AgentMaker maker) {
    var config = OffPolicy.Config.of(settings);
    if (config.learningStarts() >= config.totalTimesteps()) {
      settings.note(
          "nothing is learnt: learning_starts=%d, and the run ends at total_timesteps=%d"
              .formatted(config.learningStarts(), config.totalTimesteps()));
    }
    var added = ExplorationNoise.Config.of(settings, noise, 0.1f);
    return new OffPolicy(config, added, env, device, seed, maker);
  }

  private Algorithms() {}

  public static List<String> names() {
    return List.copyOf(FACTORIES.keySet());
  }

  /**
   * A training at its beginning.
   *
   * @param env the environment as it is registered, without the settings' {@link Wrappers}
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
    var wrappers = Wrappers.of(settings);
    int own = env.maxEpisodeSteps();
    if (own > 0 && wrappers.timeLimit() >= own) {
      settings.idle("%s's own limit of %d".formatted(env.id(), own), "time_limit");
    }
    return factory.make(settings, wrappers.around(env), device, seed);
  }

  /** Hyperparameters known to work well for a pair, or none. */
  public static SequencedMap<String, String> preset(String algorithm, String env) {
    return Presets.of(algorithm, env);
  }

  /**
   * An algorithm's hyperparameters in a paper, as far as there are settings for them.
   *
   * @param name one of {@link #presets}
   * @throws IllegalArgumentException if there is no such preset, naming the nearest
   */
  public static SequencedMap<String, String> namedPreset(String algorithm, String name) {
    return Presets.named(algorithm, name);
  }

  /** An algorithm's presets by name: its papers', and "none" for its defaults. */
  public static List<String> presets(String algorithm) {
    return Presets.names(algorithm);
  }
}
