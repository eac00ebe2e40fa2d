package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnPolicyTest {

  @Test
  void thePolicySeesObservationsAsItWasTrainedOnThem() {
    var settings =
        Settings.of(Map.of("normalize", "true", "n_steps", "64", "n_envs", "4", "net_arch", "8"));
    try (var device = Device.cpu(1);
        var training =
            Algorithms.make("ppo", settings, Environments.spec("Pendulum-v1"), device, 1)) {
      training.advance();
      var observation = device.columns("observation", 1, 3);
      var action = device.columns("action", 1, 1);
      var policy = training.policy(observation, action);
      float[] raw = {0.5f, -0.3f, 2};
      observation.write(raw);
      policy.run();
      double acted = action.get();

      var moments = training.networks().getLast();
      assertThat(moments.names()).containsExactly("obs_rms.mean", "obs_rms.var", "obs_rms.count");
      assertThat(moments.get("obs_rms.count").get()).isGreaterThan(250);
      var mean = moments.get("obs_rms.mean");
      var variance = moments.get("obs_rms.var");
      var normalized = new float[3];
      for (int j = 0; j < 3; j++) {
        double std = Math.sqrt(variance.get(0, j) + 1e-8);
        normalized[j] = (float) ((raw[j] - mean.get(0, j)) / std);
      }
      mean.fill(0);
      variance.fill(1);
      observation.write(normalized);
      policy.run();
      assertThat(action.get()).isCloseTo(acted, within(1e-5)).isNotZero();
      observation.write(raw);
      policy.run();
      assertThat(action.get()).isNotCloseTo(acted, within(1e-4));
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void observationsAndRewardsAreNormalizedEachForItself(boolean obs, boolean reward) {
    var settings =
        Settings.of(
            Map.of(
                "normalize", "true",
                "norm_obs", "" + obs,
                "norm_reward", "" + reward,
                "n_steps", "8",
                "net_arch", "8"));
    try (var device = Device.cpu(1);
        var training =
            Algorithms.make("ppo", settings, Environments.spec("Pendulum-v1"), device, 1)) {
      training.advance();
      var names = training.networks().stream().flatMap(n -> n.names().stream()).toList();
      assertThat(names.contains("obs_rms.mean")).isEqualTo(obs);
      var snapshot = new Snapshot();
      training.save(snapshot);
      var kept = snapshot.arrays().keySet();
      assertThat(kept.stream().anyMatch(name -> name.contains("normalize_reward")))
          .isEqualTo(reward);
      assertThat(kept.stream().anyMatch(name -> name.contains("normalize_observation")))
          .isEqualTo(obs);
    }
  }

  /** As Stable-Baselines3: 1 - n / total once n steps are collected, and so 0 in the last round. */
  @Test
  void schedulesCountTheStepsThatAreLearntFrom() {
    var settings =
        Settings.of(
            Map.of(
                "n_steps", "8",
                "n_envs", "2",
                "net_arch", "8",
                "total_timesteps", "64",
                "learning_rate", "lin_1e-3",
                "clip_range", "lin_0.2",
                "clip_range_vf", "lin_4"));
    try (var device = Device.cpu(1);
        var training =
            Algorithms.make("ppo", settings, Environments.spec("CartPole-v1"), device, 1)) {
      for (double remaining : new double[] {0.75, 0.5, 0.25, 0}) {
        training.advance();
        var metrics = training.metrics();
        assertThat(metrics.get("train/learning_rate")).isCloseTo(1e-3 * remaining, within(1e-9));
        assertThat(metrics.get("train/clip_range")).isCloseTo(0.2 * remaining, within(1e-7));
        assertThat(metrics.get("train/clip_range_vf")).isCloseTo(4 * remaining, within(1e-6));
        assertThat(metrics.get("train/loss")).isFinite();
      }
    }
  }
}
