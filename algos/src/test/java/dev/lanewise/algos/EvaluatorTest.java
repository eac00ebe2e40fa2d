package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private final String env = CountingEnv.register();

  /**
   * The stub's action, and so the reward, is half the number of steps made: episodes of 2, 3 and 4
   * steps earn 0 + 1/2, 0 + 1/2 + 1 and 0 + 1/2 + 1 + 3/2.
   */
  @Test
  void countsTheFirstEpisodeOfEachEnvironment() {
    try (var device = Device.cpu(1);
        var training = stub(device);
        var evaluator = new Evaluator(training, Environments.make(env, device, 3))) {
      var evaluation = evaluator.evaluate(1);
      assertThat(evaluation.episodes()).isEqualTo(3);
      assertThat(evaluation.meanReward()).isEqualTo(5.0 / 3, within(1e-6));
      assertThat(evaluation.stdReward())
          .isEqualTo(Math.sqrt((0.25 + 2.25 + 9) / 3 - 25.0 / 9), within(1e-6));
      assertThat(evaluation.minReward()).isEqualTo(0.5);
      assertThat(evaluation.maxReward()).isEqualTo(3);
      assertThat(evaluation.meanEpLength()).isEqualTo(3);
    }
  }

  @Test
  void isTheSameForTheSameSeed() {
    try (var device = Device.cpu(1);
        var training =
            Algorithms.make("sac", small(), Environments.spec("Pendulum-v1"), device, 1);
        var evaluator = new Evaluator(training, Environments.make("Pendulum-v1", device, 4))) {
      var first = evaluator.evaluate(7);
      assertThat(evaluator.evaluate(8)).isNotEqualTo(first);
      assertThat(evaluator.evaluate(7)).isEqualTo(first);
    }
  }

  @Test
  void canBeStopped() {
    try (var device = Device.cpu(1);
        var training = stub(device);
        var evaluator = new Evaluator(training, Environments.make(env, device, 3))) {
      var questions = new int[1];
      assertThat(evaluator.evaluate(1, () -> ++questions[0] == 3)).isEmpty();
      assertThat(evaluator.evaluate(1, () -> false)).isPresent();
    }
  }

  private static Settings small() {
    return Settings.of(java.util.Map.of("net_arch", "8", "buffer_size", "100"));
  }

  private static Training stub(Device device) {
    return StubTraining.make(Settings.defaults(), CountingEnv.SPEC, device, 1);
  }
}
