package dev.lanewise.algos;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Hyperparameters that are known to work for an algorithm on an environment: RL Zoo's to begin
 * with, changed where that learnt more or sooner here; algos/RESULTS.md shows what came of them.
 */
final class Presets {
  private static final String TEXT =
      """
      ddpg Pendulum-v1: total_timesteps=20000 gamma=0.98 buffer_size=200000 \
      learning_starts=1000 net_arch=64,64
      ddpg MountainCarContinuous-v0: total_timesteps=200000 n_envs=16 gradient_steps=8 \
      learning_starts=1000 net_arch=64,64 learning_rate=lin_1e-3 tau=0.01 \
      noise_type=ornstein-uhlenbeck noise_std=1
      ddpg HalfCheetah-v5: total_timesteps=1000000 learning_starts=10000 batch_size=128 \
      net_arch=256,256
      ddpg LunarLanderContinuous-v3: total_timesteps=300000 n_envs=4 gradient_steps=4 \
      net_arch=256,256 learning_starts=10000 n_steps=5 learning_rate=lin_1e-3
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
      net_arch=64,64 learning_starts=10000 n_steps=5 gamma=0.998 learning_rate=lin_1e-3 tau=0.01
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

  private static final Map<String, SequencedMap<String, String>> TABLE =
      TEXT.lines()
          .map(line -> line.split(": "))
          .collect(Collectors.toMap(parts -> parts[0], parts -> settings(parts[1])));

  private Presets() {}

  static SequencedMap<String, String> of(String algorithm, String env) {
    return new LinkedHashMap<>(TABLE.getOrDefault(algorithm + " " + env, new LinkedHashMap<>()));
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
