package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Pendulum-v1 against Gymnasium's own numbers.
 *
 * <p>Gymnasium computes in double but for 3u and 0.001u², which are floats as the action is: half a
 * unit in the last place of 3u ≤ 6, times dt, is the 1.2e-8 that the speed differs by in double.
 */
class PendulumGoldenTest {

  /**
   * How far a column may be off, in units of the golden value's size where that is above 1.
   *
   * @param angle of the next θ
   * @param speed of the next θ̇
   * @param observation of each observed number, which Gymnasium gives as floats
   * @param reward of the reward, up to 16 in size
   */
  private record Tolerance(double angle, double speed, double observation, double reward) {}

  @Test
  void transitionsOnReference() {
    try (var device = Device.reference()) {
      transitions(device, new Tolerance(1e-9, 1.3e-8, 7.5e-8, 1e-9));
    }
  }

  @Test
  void transitionsOnCpu() {
    try (var device = Device.cpu(1)) {
      transitions(device, new Tolerance(1.5e-7, 2e-7, 5e-7, 4e-7));
    }
  }

  @Test
  void episodesOnReference() {
    try (var device = Device.reference()) {
      episodes(device, 1e-6, 2e-6);
    }
  }

  @Test
  void episodesOnCpu() {
    try (var device = Device.cpu(1)) {
      episodes(device, 2e-5, 5e-5);
    }
  }

  private static void transitions(Device device, Tolerance tolerance) {
    var golden = GoldenTable.of("Pendulum-v1.transitions");
    int n = golden.rows();
    assertThat(n).isEqualTo(1000);
    try (var env = Environments.make("Pendulum-v1", device, n)) {
      env.reset(0);
      var state = env.state().tensors().get("state");
      for (int i = 0; i < n; i++) {
        state.set(i, 0, golden.at("state0", i));
        state.set(i, 1, golden.at("state1", i));
        env.action().set(i, 0, golden.at("action0", i));
      }
      env.step();
      compare(golden, "next_state0", state, 0, tolerance.angle);
      compare(golden, "next_state1", state, 1, tolerance.speed);
      for (int j = 0; j < 3; j++) {
        compare(golden, "obs" + j, env.observation(), j, tolerance.observation);
        compare(golden, "obs" + j, env.finalObservation(), j, tolerance.observation);
      }
      compare(golden, "reward", env.reward(), 0, tolerance.reward);
      compare(golden, "terminated", env.terminated(), 0, 0);
    }
  }

  private static void compare(
      GoldenTable golden, String column, Tensor tensor, int feature, double tolerance) {
    for (int i = 0; i < golden.rows(); i++) {
      double expected = golden.at(column, i);
      assertThat(tensor.get(i, feature))
          .as("%s of row %d", column, i)
          .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
    }
  }

  /** Two whole episodes, over whose 200 steps small differences add up. */
  private static void episodes(Device device, double observation, double reward) {
    var golden = GoldenTable.of("Pendulum-v1.episodes");
    try (var env = Environments.make("Pendulum-v1", device, 2)) {
      env.reset(0);
      var state = env.state().tensors().get("state");
      for (int i = 0; i < 2; i++) {
        state.set(i, 0, golden.at("start0", 200 * i));
        state.set(i, 1, golden.at("start1", 200 * i));
      }
      for (int t = 0; t < 200; t++) {
        env.action().set(0, 0, golden.at("action0", t));
        env.action().set(1, 0, golden.at("action0", 200 + t));
        env.step();
        for (int i = 0; i < 2; i++) {
          int row = 200 * i + t;
          for (int j = 0; j < 3; j++) {
            assertThat(env.finalObservation().get(i, j))
                .as("observation %d of episode %d, step %d", j, i, t + 1)
                .isCloseTo(golden.at("obs" + j, row), within(observation));
          }
          assertThat(env.reward().get(i, 0))
              .as("reward of episode %d, step %d", i, t + 1)
              .isCloseTo(golden.at("reward", row), within(reward));
          assertThat(env.terminated().get(i, 0)).isEqualTo(golden.at("terminated", row));
          assertThat(env.truncated().get(i, 0)).isEqualTo(golden.at("truncated", row));
        }
      }
      assertThat(golden.at("truncated", 199)).isEqualTo(1);
    }
  }
}
