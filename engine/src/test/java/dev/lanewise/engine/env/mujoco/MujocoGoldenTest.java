package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Conformance;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every environment against Gymnasium 1.3's own numbers, computed by MuJoCo 3.14: 50 steps each
 * from a state that is set, every tenth with an action out of bounds.
 *
 * <p>Tolerances are in units of the golden value's size where that is above 1. Ours are those of
 * MuJoCo 2.2.2 and 3.5.0: they differ by rounding (9e-14 and 6e-14 at most), but for the two
 * humanoids, where Gymnasium has 50 iterations of a solver that is not done by then, and 3.14
 * begins it elsewhere ({@code src/test/js/mujoco3.mjs} asks 3.14 itself: 6e-14 for all of them).
 * Observations and rewards are floats here, and Gymnasium squares actions as floats.
 */
class MujocoGoldenTest {

  /** Of positions, velocities, observations and the reward, in that order. */
  private record Tolerance(double qpos, double qvel, double observation, double reward) {
    static Tolerance of(String id) {
      return switch (id) {
        case "Humanoid-v5" -> new Tolerance(5e-7, 2e-5, 5e-3, 2e-4);
        case "HumanoidStandup-v5" -> new Tolerance(5e-6, 1e-3, 4e-2, 2e-5);
        default -> new Tolerance(1e-13, 1e-12, 6.5e-8, 4e-7);
      };
    }

    double of(Conformance.Deviation deviation) {
      return switch (deviation.column().replaceAll("[0-9]", "")) {
        case "next_qpos" -> qpos;
        case "next_qvel" -> qvel;
        case "obs" -> observation;
        case "reward" -> reward;
        default -> throw new AssertionError("no tolerance for " + deviation.column());
      };
    }
  }

  @BeforeAll
  static void installed() {
    Installed.assume(MujocoGoldenTest.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ant-v5",
        "HalfCheetah-v5",
        "Hopper-v5",
        "Humanoid-v5",
        "HumanoidStandup-v5",
        "InvertedDoublePendulum-v5",
        "InvertedPendulum-v5",
        "Pusher-v5",
        "Reacher-v5",
        "Swimmer-v5",
        "Walker2d-v5"
      })
  void transitions(String id) throws IOException {
    var name = id + ".transitions";
    try (var device = Device.cpu(2);
        var in = getClass().getResourceAsStream("/golden/gymnasium/" + name + ".csv")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var report =
          Conformance.replay(
              Recording.of(name, text.lines().toList()),
              (where, n) -> Environments.make(id, where, n),
              device);
      assertThat(report.rows()).isEqualTo(50);
      var columns = report.deviations().stream().map(Conformance.Deviation::column).toList();
      int observed = Environments.spec(id).observationSpace().size();
      assertThat(columns).contains("next_qpos0", "next_qvel0", "obs" + (observed - 1), "reward");
      var tolerance = Tolerance.of(id);
      for (var deviation : report.deviations()) {
        assertThat(deviation.largest())
            .as(deviation.toString())
            .isLessThanOrEqualTo(tolerance.of(deviation));
      }
      assertThat(report.mismatches()).hasSize(1).allMatch(m -> m.lines().isEmpty());
    }
  }
}
