package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.opencl.OpenClDevices;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole tasks are learned on OpenCL to the scores that the processor reaches, at the latest when
 * the preset's steps are over.
 */
@Tag("slow")
class OpenClLearningTest {
  private static final int EPISODES = 20;
  private static final long SEED = 1_000_003;

  private static void learns(
      String device,
      String algorithm,
      String env,
      Map<String, String> more,
      int steps,
      double score) {
    if (device.equals("opencl")) {
      OpenClDevices.missing()
          .ifPresent(
              missing -> {
                System.out.println("SKIPPED, nothing was learned on OpenCL: " + missing);
                Assumptions.abort(missing);
              });
    }
    var given = new HashMap<String, String>(Algorithms.preset(algorithm, env));
    given.putAll(more);
    var settings = Settings.of(given);
    int total = Integer.parseInt(given.get("total_timesteps"));
    try (var on = Device.named(device, 1);
        var training = Algorithms.make(algorithm, settings, Environments.spec(env), on, 1);
        var evaluator = new Evaluator(training, Environments.make(env, on, EPISODES))) {
      double reached = Double.NEGATIVE_INFINITY;
      for (int next = steps; reached < score && training.steps() < total; next += steps) {
        while (training.steps() < next) {
          training.advance();
        }
        reached = evaluator.evaluate(SEED).meanReward();
        System.out.printf(
            "%s on %s on %s: %.1f after %d steps%n",
            algorithm, env, device, reached, training.steps());
      }
      assertThat(reached).isGreaterThanOrEqualTo(score);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl"})
  void ppoBalancesThePole(String device) {
    learns(device, "ppo", "CartPole-v1", Map.of(), 4096, 475);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "opencl"})
  void sacSwingsThePendulumUp(String device) {
    var small = Map.of("net_arch", "64,64", "total_timesteps", "20000");
    learns(device, "sac", "Pendulum-v1", small, 1000, -200);
  }
}
