package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffPolicyTest {

  /** Counts its steps and is cut off after three. */
  private static final class Counter implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of("Counter-v0", Space.Box.of(1, 0, 3), Space.Box.of(1, -1, 1), 3);
    private int steps;

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      steps = 0;
      return new float[] {0};
    }

    @Override
    public Outcome step(float[] action) {
      steps++;
      return new Outcome(new float[] {steps}, 1, false, false);
    }
  }

  static {
    Environments.register(Counter.SPEC, (device, n) -> BatchedEnv.of(Counter::new, n, device));
  }

  private static Snapshot after(int steps, String noise) {
    return after(steps, Map.of("noise_type", noise));
  }

  private static Snapshot after(int steps, Map<String, String> given) {
    var more = new LinkedHashMap<>(Map.of("net_arch", "4", "buffer_size", "50"));
    more.putAll(given);
    var settings = Settings.of(more);
    try (var device = Device.cpu(1);
        var training = Algorithms.make("td3", settings, Counter.SPEC, device, 1)) {
      while (training.steps() < steps) {
        training.advance();
      }
      var snapshot = new Snapshot();
      training.save(snapshot);
      return snapshot;
    }
  }

  @Test
  void remembersWhereAnEpisodeWasCutOffAndNotWhereTheNextBegan() {
    var rows = after(7, "none").array("replay.transitions.0").values();
    int width = rows.length / 7; // obs, action, next obs, reward, terminated, truncated
    assertThat(width).isEqualTo(6);
    for (int i = 0; i < 7; i++) {
      assertThat(rows[width * i]).as("observation %d", i).isEqualTo(i % 3);
      assertThat(rows[width * i + 2]).as("next observation %d", i).isEqualTo(i % 3 + 1);
      assertThat(rows[width * i + 4]).as("terminated %d", i).isZero();
      assertThat(rows[width * i + 5]).as("truncated %d", i).isEqualTo(i % 3 == 2 ? 1 : 0);
    }
  }

  /** The counter does not tell its state, so an episode ends where the run was interrupted. */
  @Test
  void aRunThatGoesOnWithNewEpisodesSaysSoAndDoesNotJoinThem(@TempDir Path folder)
      throws IOException {
    var settings = new LinkedHashMap<>(Map.of("net_arch", "4", "buffer_size", "50"));
    settings.put("total_timesteps", "7");
    settings.put("n_eval_episodes", "1");
    settings.put("learning_rate", "lin_1e-3");
    var request = new RunRequest("td3", Counter.SPEC.id(), 1, settings, new LinkedHashMap<>());
    var run = folder.resolve("run");
    var notices = new ArrayList<String>();
    var listener =
        new RunListener() {
          @Override
          public void notice(String sentence) {
            notices.add(sentence);
          }
        };
    try (var device = Device.cpu(1);
        var runner = Runner.begin(run, request, device)) {
      runner.run(listener);
    }
    assertThat(notices).containsExactly(NOTHING_LEARNT.formatted(7));
    notices.clear();
    try (var device = Device.cpu(1);
        var runner = Runner.resume(run, OptionalLong.of(9), device)) {
      runner.run(listener);
      var snapshot = new Snapshot();
      runner.training().save(snapshot);
      var rows = snapshot.array("replay.transitions.0").values();
      assertThat(rows).hasSize(9 * 6);
      assertThat(rows[6 * 6 + 5]).as("truncated, the last one before").isEqualTo(1);
      assertThat(rows[7 * 6]).as("observation, the first one after").isEqualTo(0);
    }
    assertThat(notices)
        .containsExactly(
            "what falls with the run (lin_) goes by total_timesteps=9 from here on; a run begun"
                + " with that many differs",
            Counter.SPEC.id()
                + " does not tell its state, so new episodes begin here; a run without the"
                + " interruption differs");
  }

  private static final String NOTHING_LEARNT =
      "nothing is learnt: learning_starts=100, and the run ends at total_timesteps=%d";

  private static void sacOnCartPoleRefuses(String name, String value, String message) {
    var settings = Settings.of(Map.of(name, value, "buffer_size", "50"));
    try (var device = Device.cpu(1)) {
      assertThatThrownBy(
              () -> Algorithms.make("sac", settings, Environments.spec("CartPole-v1"), device, 1))
          .isInstanceOf(SettingException.class)
          .hasMessage(message);
    }
  }

  @Test
  void numberedActionsTakeNoNoise() {
    sacOnCartPoleRefuses(
        "noise_type",
        "normal",
        "noise_type=normal does not fit CartPole-v1: its actions are Discrete(2), not a Box;"
            + " leave noise_type at none");
  }

  /** TD3's actor learns at every second update. */
  @Test
  void whatHasNotRunReportsNothing() {
    var settings = Settings.of(Map.of("learning_starts", "1", "buffer_size", "50"));
    try (var device = Device.cpu(1);
        var training = Algorithms.make("td3", settings, Counter.SPEC, device, 1)) {
      training.advance();
      assertThat(training.metrics()).containsEntry("train/critic_loss", Double.NaN);
      training.advance();
      assertThat(training.metrics().get("train/critic_loss")).isFinite();
      assertThat(training.metrics()).containsEntry("train/actor_loss", Double.NaN);
      training.advance();
      assertThat(training.metrics().get("train/actor_loss")).isFinite();
    }
  }

  @Test
  void numberedActionsHaveOnlySoMuchEntropy() {
    sacOnCartPoleRefuses(
        "target_entropy", "0.7", "target_entropy=0.7 is more than 2 actions can have, 0.693");
  }

  @Test
  void aRandomActionIsKeptAsLongAsAsked() {
    var snapshot = after(12, Map.of("random_action_repeat", "4"));
    var rows = snapshot.array("replay.transitions.0").values();
    for (int i = 0; i < 12; i++) {
      var action = assertThat(rows[6 * i + 1]).as("action %d", i);
      if (i % 4 != 0) {
        action.isEqualTo(rows[6 * i - 5]);
      } else if (i > 0) {
        action.isNotEqualTo(rows[6 * i - 5]);
      }
    }
  }

  /**
   * A policy that learns nothing acts by its noise, whose σ is to be that of the step. In later
   * steps of an episode an Ornstein-Uhlenbeck process has the σ of earlier ones in it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"normal", "ornstein-uhlenbeck"})
  void noiseFallsWithTheRun(String type) {
    float[] none = actions("none", "0"), same = actions(type, "0.01");
    var falling = actions(type, "lin_0.01");
    int noisy = 0;
    for (int t = 0; t < STEPS; t += 3) {
      double noise = same[t] - none[t], fallen = falling[t] - none[t];
      assertThat(fallen).isCloseTo(noise * (STEPS - t) / STEPS, within(1e-6));
      noisy += Math.abs(noise) > 1e-4 ? 1 : 0;
    }
    assertThat(noisy).isGreaterThan(STEPS / 6);
  }

  private static final int STEPS = 48;

  private static float[] actions(String noiseType, String std) {
    var given = new LinkedHashMap<>(Map.of("noise_type", noiseType, "noise_std", std));
    given.putAll(Map.of("learning_rate", "0", "learning_starts", "0"));
    given.put("total_timesteps", "" + STEPS);
    var rows = after(STEPS, given).array("replay.transitions.0").values();
    var actions = new float[STEPS];
    for (int t = 0; t < STEPS; t++) {
      actions[t] = rows[6 * t + 1];
    }
    return actions;
  }

  @Test
  void theNoiseOfANewEpisodeBeginsAtZero() {
    // random actions do not move the noise: from step 100 on, and episodes end with every third
    assertThat(after(101, "ornstein-uhlenbeck").array("noise.process").values()[0]).isNotZero();
    assertThat(after(102, "ornstein-uhlenbeck").array("noise.process").values()[0]).isZero();
    assertThat(after(103, "ornstein-uhlenbeck").array("noise.process").values()[0]).isNotZero();
  }
}
