package dev.lanewise.algos;

import dev.lanewise.engine.env.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hyperparameters that go together under a name. */
final class Presets {
  /** No preset: every hyperparameter has its default. */
  static final String NONE = "none";

  /**
   * Those of the papers, but for how long to train: Lillicrap et al. 2016 section 7, Fujimoto et
   * al. 2018 supplement, Haarnoja et al. 2018 table 1, Schulman et al. 2017 table 3.
   */
  private static final String PAPERS =
      """
      ddpg lillicrap2016: learning_rate=1e-3 actor_learning_rate=1e-4 critic_weight_decay=0.01 \
      batch_size=64 buffer_size=1000000 gamma=0.99 tau=0.001 net_arch=400,300 \
      noise_type=ornstein-uhlenbeck noise_std=0.2
      ddpg fujimoto2018: learning_rate=1e-3 batch_size=100 buffer_size=1000000 gamma=0.99 \
      tau=0.005 net_arch=400,300 noise_type=normal noise_std=0.1 learning_starts=1000
      td3 fujimoto2018: learning_rate=1e-3 batch_size=100 buffer_size=1000000 gamma=0.99 \
      tau=0.005 net_arch=400,300 policy_delay=2 target_policy_noise=0.2 target_noise_clip=0.5 \
      noise_type=normal noise_std=0.1 learning_starts=1000
      sac haarnoja2018: learning_rate=3e-4 batch_size=256 buffer_size=1000000 gamma=0.99 \
      tau=0.005 net_arch=256,256 ent_coef=auto target_entropy=auto gradient_steps=1
      ppo schulman2017: learning_rate=3e-4 n_steps=2048 batch_size=64 n_epochs=10 gamma=0.99 \
      gae_lambda=0.95 clip_range=0.2 ent_coef=0 net_arch=64,64 activation_fn=tanh
      """;

  /**
   * Those that are known to work on an environment: RL Zoo's to begin with, changed where that
   * learnt more or sooner here; algos/RESULTS.md shows what came of them.
   */
  private static final String ENVIRONMENTS =
      """
      ddpg Pendulum-v1: total_timesteps=20000 gamma=0.98 buffer_size=200000 \
      learning_starts=1000 net_arch=64,64
      ddpg MountainCarContinuous-v0: total_timesteps=200000 n_envs=16 gradient_steps=8 \
      learning_starts=1000 net_arch=64,64 learning_rate=lin_1e-3 tau=0.01 \
      noise_type=ornstein-uhlenbeck noise_std=1
      ddpg HalfCheetah-v5: total_timesteps=1000000 learning_starts=10000 batch_size=128 \
      net_arch=256,256
      ddpg LunarLanderContinuous-v3: total_timesteps=300000 n_envs=4 gradient_steps=4 \
      buffer_size=100000 net_arch=64,64 learning_starts=10000 n_steps=10 learning_rate=lin_1e-3 \
      noise_std=lin_0.5
      ppo Acrobot-v1: total_timesteps=1000000 n_envs=16 n_steps=256 gae_lambda=0.94 n_epochs=4
      ppo CartPole-v1: total_timesteps=100000 n_envs=8 n_steps=32 batch_size=256 n_epochs=20 \
      gae_lambda=0.8 gamma=0.98 learning_rate=lin_1e-3 clip_range=lin_0.2
      ppo HalfCheetah-v5: total_timesteps=1000000 n_envs=16 n_steps=128 gamma=0.98 \
      gae_lambda=0.92 learning_rate=lin_3e-4 vf_coef=0.25 normalize=true log_std_init=-1
      ppo LunarLander-v3: total_timesteps=1000000 n_envs=16 n_steps=1024 gae_lambda=0.98 \
      gamma=0.999 n_epochs=8 learning_rate=lin_1e-3
      ppo LunarLanderContinuous-v3: total_timesteps=1000000 n_envs=16 n_steps=1024 \
      gae_lambda=0.98 gamma=0.999 n_epochs=8 learning_rate=lin_1e-3
      ppo MountainCarContinuous-v0: total_timesteps=100000 n_envs=16 n_steps=128 batch_size=256 \
      gamma=0.999 learning_rate=lin_1e-3 normalize=true use_sde=true log_std_init=-1
      ppo Pendulum-v1: total_timesteps=100000 n_envs=4 n_steps=1024 gamma=0.95 \
      learning_rate=lin_2e-3
      sac Acrobot-v1: total_timesteps=100000 n_envs=8 gradient_steps=4 net_arch=64,64 \
      learning_rate=lin_1e-3 tau=0.01 target_entropy=0.3 learning_starts=10000 \
      random_action_repeat=4
      sac CartPole-v1: total_timesteps=50000 net_arch=128,128 learning_rate=lin_1e-3 tau=0.01 \
      target_entropy=0.1 learning_starts=1000
      sac HalfCheetah-v5: total_timesteps=1000000 learning_starts=10000 batch_size=128 \
      learning_rate=1e-3
      sac LunarLanderContinuous-v3: total_timesteps=500000 n_envs=4 gradient_steps=4 \
      buffer_size=100000 net_arch=64,64 learning_starts=10000 n_steps=10 gamma=0.998 \
      learning_rate=lin_1e-3 tau=0.01
      sac MountainCarContinuous-v0: total_timesteps=50000 buffer_size=50000 batch_size=512 \
      ent_coef=0.1 train_freq=32 gradient_steps=32 gamma=0.9999 tau=0.01 learning_starts=0 \
      net_arch=64,64 use_sde=true log_std_init=-3.67
      sac Pendulum-v1: total_timesteps=10000 learning_rate=1e-3 net_arch=64,64
      td3 HalfCheetah-v5: total_timesteps=1000000 learning_starts=10000 batch_size=128 \
      net_arch=256,256
      td3 LunarLanderContinuous-v3: total_timesteps=300000 n_envs=4 gradient_steps=4 \
      net_arch=64,64 learning_starts=10000 n_steps=5 gamma=0.998 learning_rate=lin_1e-3 tau=0.01 \
      noise_type=ornstein-uhlenbeck noise_std=0.3
      td3 Pendulum-v1: total_timesteps=20000 gamma=0.98 buffer_size=200000 \
      learning_starts=1000 net_arch=64,64
      td3 MountainCarContinuous-v0: total_timesteps=200000 n_envs=16 gradient_steps=8 \
      learning_starts=1000 net_arch=64,64 learning_rate=lin_1e-3 tau=0.01 \
      noise_type=ornstein-uhlenbeck noise_std=1
      """;

  private static final Map<String, SequencedMap<String, String>> OF_PAPERS = table(PAPERS);
  private static final Map<String, SequencedMap<String, String>> OF_ENVIRONMENTS =
      table(ENVIRONMENTS);

  private static final SequencedMap<String, String> NOTHING = new LinkedHashMap<>();

  private Presets() {}

  /** For an environment, or none. */
  static SequencedMap<String, String> of(String algorithm, String env) {
    return new LinkedHashMap<>(OF_ENVIRONMENTS.getOrDefault(algorithm + " " + env, NOTHING));
  }

  /**
   * By name: of a paper, or {@link #NONE}.
   *
   * @throws IllegalArgumentException if the algorithm has none of that name
   */
  static SequencedMap<String, String> named(String algorithm, String name) {
    if (!names(algorithm).contains(name)) {
      throw new IllegalArgumentException(
          Nearest.unknown("preset of " + algorithm, name, names(algorithm)));
    }
    return new LinkedHashMap<>(OF_PAPERS.getOrDefault(algorithm + " " + name, NOTHING));
  }

  /** Those of the papers, and {@link #NONE}. */
  static List<String> names(String algorithm) {
    return Stream.concat(
            OF_PAPERS.keySet().stream()
                .filter(key -> key.startsWith(algorithm + " "))
                .map(key -> key.substring(algorithm.length() + 1)),
            Stream.of(NONE))
        .toList();
  }

  private static Map<String, SequencedMap<String, String>> table(String text) {
    return text.lines()
        .map(line -> line.split(": "))
        .collect(Collectors.toMap(parts -> parts[0], parts -> settings(parts[1])));
  }

  private static SequencedMap<String, String> settings(String pairs) {
    var settings = new LinkedHashMap<String, String>();
    for (var pair : pairs.split(" ")) {
      int equals = pair.indexOf('=');
      settings.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return settings;
  }
}
