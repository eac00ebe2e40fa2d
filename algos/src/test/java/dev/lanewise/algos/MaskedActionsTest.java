package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Environments that forbid some choices (Huang and Ontañón 2020, arXiv:2006.14171). */
class MaskedActionsTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "net_arch", "32",
          "batch_size", "64",
          "n_envs", "8",
          "n_steps", "32",
          "learning_rate", "5e-3",
          "gamma", "0.5");

  static List<Space> actions() {
    return List.of(Probes.DISCRETE, Probes.MULTI_DISCRETE, Probes.MULTI_BINARY);
  }

  /** The probe itself refuses what is forbidden, while learning and in the evaluation. */
  @ParameterizedTest
  @MethodSource("actions")
  void theBestOfWhatIsAllowedIsLearned(Space actions) {
    var spec = MaskedProbe.with(actions);
    try (var device = Device.cpu(1);
        var training = Algorithms.make("ppo", Settings.of(SETTINGS), spec, device, 1);
        var evaluator = new Evaluator(training, Environments.make(spec.id(), device, 20));
        var env = Environments.make(spec.id(), device, 8);
        var policy = training.policy(env)) {
      // Nobody has learnt anything yet: only the mask keeps the policy from what is forbidden.
      evaluator.evaluate(3);
      while (training.steps() < 12_000) {
        training.advance();
      }
      evaluator.evaluate(4);
      env.reset(5);
      for (int t = 0; t < 7; t++) {
        policy.run();
        for (int i = 0; i < 8; i++) {
          var action = new float[actions.size()];
          env.action().readRow(i, action);
          float seen = (float) env.observation().get(i, 0);
          assertThat(action)
              .as("action %d at %s", i, seen)
              .containsExactly(MaskedProbe.best(actions, seen));
        }
        env.step();
      }
    }
  }

  @Test
  void aPolicyIsNotRecordedWithoutTheMask() {
    var spec = MaskedProbe.with(Probes.DISCRETE);
    try (var device = Device.cpu(1);
        var training = Algorithms.make("ppo", Settings.of(SETTINGS), spec, device, 1);
        var env = Environments.make(spec.id(), device, 2)) {
      assertThatThrownBy(() -> training.policy(env.observation(), env.action()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Masked-Discrete-1-v0 masks its actions; give the policy the mask besides the"
                  + " observation");
    }
  }

  @Test
  void algorithmsThatDoNotTakeMasksSaySo() {
    var spec = MaskedProbe.with(Probes.DISCRETE);
    try (var device = Device.cpu(1)) {
      for (var algorithm : Algorithms.names()) {
        if (!algorithm.equals("ppo")) {
          assertThatThrownBy(
                  () -> Algorithms.make(algorithm, Settings.defaults(), spec, device, 1).close())
              .as(algorithm)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage(
                  "Masked-Discrete-1-v0 masks its actions, which algorithms with a replay memory"
                      + " do not take; ppo does");
        }
      }
    }
  }
}
