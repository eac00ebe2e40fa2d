package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PpoTest {
  private static final Map<String, String> SMALL =
      Map.of("net_arch", "8", "n_envs", "4", "n_steps", "16", "batch_size", "64");

  private static Training training(Device device, String env, String... more) {
    var settings = new HashMap<>(SMALL);
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return Algorithms.make("ppo", Settings.of(settings), Environments.spec(env), device, 1);
  }

  private static List<float[]> weights(Training training) {
    return training.networks().stream().map(block -> block.flat().toArray()).toList();
  }

  /** The first update starts from the policy that acted; the second, once measured, is left out. */
  @Test
  void learningEndsBeforeTheUpdateThatIsTooFarAway() {
    try (var device = Device.cpu(1);
        var once = training(device, "Pendulum-v1", "n_epochs", "1");
        var stopped = training(device, "Pendulum-v1", "n_epochs", "5", "target_kl", "1e-9");
        var on = training(device, "Pendulum-v1", "n_epochs", "5", "target_kl", "1e6");
        var free = training(device, "Pendulum-v1", "n_epochs", "5")) {
      for (var training : List.of(once, stopped, on, free)) {
        training.advance();
      }
      assertThat(stopped.metrics()).containsEntry("train/n_updates", 1.0);
      assertThat(weights(stopped)).usingRecursiveComparison().isEqualTo(weights(once));
      assertThat(on.metrics()).containsEntry("train/n_updates", 5.0);
      assertThat(weights(on)).usingRecursiveComparison().isEqualTo(weights(free));
    }
  }

  /** Schulman et al. 2017, section 4, with a target of 0.03. */
  @ParameterizedTest
  @CsvSource({
    "4, 0.0199, 2",
    "4, 0.0201, 4",
    "4, 0.0449, 4",
    "4, 0.0451, 8",
    "1e-9, 0, 0.93132257461547851562e-9",
    "1e9, 1, 1.073741824e9"
  })
  void theCoefficientFollowsTheTarget(double beta, double divergence, double expected) {
    var settings = Map.of("objective", "adaptive_kl", "kl_target", "0.03");
    assertThat(Ppo.adapted(beta, divergence, Ppo.Config.of(Settings.of(settings))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Pendulum-v1", "CartPole-v1"})
  void thePenaltyIsReportedAndAdapts(String env) {
    try (var device = Device.cpu(1);
        var fixed = training(device, env, "objective", "kl", "kl_coef", "3");
        var high = training(device, env, "objective", "adaptive_kl", "kl_target", "100");
        var low = training(device, env, "objective", "adaptive_kl", "kl_target", "1e-9")) {
      assertThat(fixed.metrics()).containsEntry("train/kl_coef", 3.0);
      var coefficients = new ArrayList<Double>();
      for (int round = 0; round < 3; round++) {
        for (var training : List.of(fixed, high, low)) {
          training.advance();
          coefficients.add(training.metrics().get("train/kl_coef"));
          assertThat(training.metrics().get("train/kl")).isGreaterThan(1e-8).isLessThan(10);
        }
      }
      assertThat(coefficients).containsExactly(3.0, 0.5, 2.0, 3.0, 0.25, 4.0, 3.0, 0.125, 8.0);
    }
  }

  /** The stronger the penalty, the nearer. */
  @Test
  void thePenaltyHolds() {
    var divergences = new ArrayList<Double>();
    try (var device = Device.cpu(1)) {
      for (var coefficient : new String[] {"0", "10", "1000"}) {
        try (var training =
            training(
                device,
                "Pendulum-v1",
                "objective",
                "kl",
                "kl_coef",
                coefficient,
                "n_epochs",
                "40",
                "learning_rate",
                "3e-3")) {
          training.advance();
          divergences.add(training.metrics().get("train/kl"));
        }
      }
    }
    assertThat(divergences.get(1)).isLessThan(0.5 * divergences.get(0));
    assertThat(divergences.get(2)).isLessThan(0.5 * divergences.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kl", "adaptive_kl"})
  void itLearnsByPenalties(String objective) {
    var spec = Probes.Kind.ACT_ON_SIGHT.with(Probes.DISCRETE);
    var settings =
        Map.of(
            "net_arch", "32",
            "n_envs", "8",
            "n_steps", "32",
            "learning_rate", "5e-3",
            "objective", objective);
    try (var device = Device.cpu(1);
        var training = Algorithms.make("ppo", Settings.of(settings), spec, device, 1)) {
      while (training.steps() < 18_000) {
        training.advance();
      }
      var obs = device.columns("obs", 4, 1);
      obs.write(-0.8f, -0.4f, 0.4f, 0.8f);
      var action = device.columns("action", 4, 1);
      training.policy(obs, action).run();
      assertThat(action.toArray()).containsExactly(5, 5, 7, 7);
    }
  }

  @Test
  void impossibleSettings() {
    assertThatThrownBy(
            () -> Ppo.Config.of(Settings.of(Map.of("objective", "adaptive_kl", "kl_coef", "0"))))
        .isInstanceOf(SettingException.class)
        .hasMessage("kl_coef=0 stays 0 with objective=adaptive_kl; begin with a positive one");
    assertThatThrownBy(() -> Ppo.Config.of(Settings.of(Map.of("objective", "trpo"))))
        .isInstanceOf(SettingException.class)
        .hasMessage("objective=trpo is none of clip, kl, adaptive_kl");
  }
}
