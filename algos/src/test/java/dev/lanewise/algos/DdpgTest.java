package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is DDPG's own; the rest is in AlgorithmContractTest and LearningTest. */
class DdpgTest {
  private static final EnvSpec ENV = EnvSpec.of("Line-v0", Space.Box.of(1), Space.Box.of(1, -1, 1));

  /** The critic's parameters before an update, and the gradients that it followed. */
  private record Updated(float[] critic, float[] gradients) {
    static Updated with(String weightDecay) {
      var settings =
          Settings.of(
              Map.of("critic_weight_decay", weightDecay, "net_arch", "6,5", "batch_size", "4"));
      try (var device = Device.reference()) {
        var memory = new ReplayMemory(device, ENV, 10);
        for (int i = 0; i < 10; i++) {
          memory.add(new float[] {i}, new float[] {0.3f}, i, new float[] {i + 1}, i == 9, false);
        }
        var ddpg = new Ddpg(Ddpg.Config.of(settings), ENV, memory, RandomStream.of(1));
        var critic = ddpg.networks().get(1);
        var before = critic.flat().toArray();
        ddpg.update(1);
        return new Updated(before, ddpg.optimizers().getFirst().gradients().flat().toArray());
      }
    }
  }

  @Test
  void weightDecayAddsToTheCriticsGradient() {
    var without = Updated.with("0");
    var with = Updated.with("0.25");
    assertThat(with.critic).isEqualTo(without.critic);
    for (int i = 0; i < with.critic.length; i++) {
      double expected = without.gradients[i] + 0.25 * with.critic[i];
      assertThat((double) with.gradients[i]).isCloseTo(expected, within(1e-5));
    }
    assertThat(with.gradients).isNotEqualTo(without.gradients);
  }

  @Test
  void theActorMayHaveALearningRateOfItsOwn() {
    assertThat(rates(Map.of())).containsExactly(5e-4, 5e-4);
    assertThat(rates(Map.of("actor_learning_rate", "1e-4"))).containsExactly(5e-4, 1e-4);
    assertThat(rates(Map.of("actor_learning_rate", "lin_1e-4"))).containsExactly(5e-4, 5e-5);
    assertThat(rates(Map.of("actor_learning_rate", "lin_1e-4", "learning_rate", "2e-3")))
        .containsExactly(2e-3, 5e-5);
  }

  /** Those of critic and actor, in the middle of a run. */
  private static List<Double> rates(Map<String, String> given) {
    var settings = new HashMap<>(Map.of("learning_rate", "lin_1e-3", "net_arch", "4"));
    settings.putAll(Map.of("total_timesteps", "100", "learning_starts", "10"));
    settings.putAll(given);
    try (var device = Device.cpu(1);
        var training =
            Algorithms.make(
                "ddpg", Settings.of(settings), Environments.spec("Pendulum-v1"), device, 1)) {
      while (training.steps() < 50) {
        training.advance();
      }
      var snapshot = new Snapshot();
      training.save(snapshot);
      var rates =
          Stream.of("critic", "actor")
              .map(name -> snapshot.array("optimizer." + name + ".learning_rate").values()[0])
              .map(rate -> Math.round(rate * 1e9) / 1e9)
              .toList();
      assertThat(training.metrics().get("train/learning_rate"))
          .isCloseTo(rates.getFirst(), within(1e-9));
      return rates;
    }
  }
}
