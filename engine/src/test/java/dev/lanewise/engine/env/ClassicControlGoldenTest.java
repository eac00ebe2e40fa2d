package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The classic control environments against Gymnasium's own numbers: every transition and whole
 * episodes; terminated and truncated exactly.
 *
 * <p>Gymnasium computes in double and observes floats, whose spacing is what the reference is off
 * by in observations, 6e-8 below 1; MountainCarContinuous keeps its state in floats, where the
 * reference may round to the other neighbour. On the cpu all is float: a state is off by the
 * rounding of what was set and of each operation, in Acrobot multiplied by what the stages of the
 * Runge-Kutta method make of speeds of up to 28 rad/s. An acrobot is chaotic: Gymnasium's own step
 * in double, with no more than its state rounded to floats after each, is 6e-2 off within these
 * episodes of 500 steps.
 */
class ClassicControlGoldenTest {

  /**
   * How far a number may be off, in units of its size where that is above 1.
   *
   * @param reference in one step
   * @param cpu in one step
   * @param referenceEpisode at any step of an episode, over which differences add up
   * @param cpuEpisode likewise
   */
  enum Golden {
    CART_POLE("CartPole-v1", 4, 4, 1e-15, 5e-7, 1e-7, 2e-6),
    MOUNTAIN_CAR("MountainCar-v0", 2, 2, 1e-15, 1.5e-7, 4e-8, 1e-6),
    MOUNTAIN_CAR_CONTINUOUS("MountainCarContinuous-v0", 2, 2, 1e-7, 1.5e-7, 2e-6, 2e-5),
    ACROBOT("Acrobot-v1", 4, 6, 1e-12, 1e-4, 5e-7, 6e-2);

    final String id;
    final int states;
    final int observed;
    final double reference;
    final double cpu;
    final double referenceEpisode;
    final double cpuEpisode;

    Golden(
        String id,
        int states,
        int observed,
        double reference,
        double cpu,
        double referenceEpisode,
        double cpuEpisode) {
      this.id = id;
      this.states = states;
      this.observed = observed;
      this.reference = reference;
      this.cpu = cpu;
      this.referenceEpisode = referenceEpisode;
      this.cpuEpisode = cpuEpisode;
    }
  }

  /** A float's half spacing, relative to its size: what observations are rounded by. */
  private static final double FLOAT = 0x1p-24;

  @ParameterizedTest
  @EnumSource
  void transitionsOnReference(Golden golden) {
    try (var device = Device.reference()) {
      transitions(golden, device, golden.reference);
    }
  }

  @ParameterizedTest
  @EnumSource
  void transitionsOnCpu(Golden golden) {
    try (var device = Device.cpu(1)) {
      transitions(golden, device, golden.cpu);
    }
  }

  @ParameterizedTest
  @EnumSource
  void episodesOnReference(Golden golden) {
    try (var device = Device.reference()) {
      episodes(golden, device, golden.referenceEpisode);
    }
  }

  @ParameterizedTest
  @EnumSource
  void episodesOnCpu(Golden golden) {
    try (var device = Device.cpu(1)) {
      episodes(golden, device, golden.cpuEpisode);
    }
  }

  private static void transitions(Golden golden, Device device, double tolerance) {
    var table = GoldenTable.of(golden.id + ".transitions");
    int n = table.rows();
    assertThat(n).isEqualTo(1000);
    try (var env = Environments.make(golden.id, device, n)) {
      env.reset(0);
      var state = env.state().tensors().get("state");
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < golden.states; j++) {
          state.set(i, j, table.at("state" + j, i));
        }
        env.action().set(i, 0, table.at("action0", i));
      }
      env.step();
      int ends = 0;
      for (int i = 0; i < n; i++) {
        assertThat(env.terminated().get(i, 0))
            .as("terminated of row %d", i)
            .isEqualTo(table.at("terminated", i));
        assertThat(env.truncated().get(i, 0)).isZero();
        if (table.at("terminated", i) == 1) {
          ends++;
          continue; // the state is the next episode's
        }
        for (int j = 0; j < golden.states; j++) {
          close(table, "next_state" + j, i, state, j, tolerance);
        }
        for (int j = 0; j < golden.observed; j++) {
          close(table, "obs" + j, i, env.observation(), j, tolerance + FLOAT);
        }
      }
      assertThat(ends).as("episodes that end").isBetween(40, 200);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < golden.observed; j++) {
          close(table, "obs" + j, i, env.finalObservation(), j, tolerance + FLOAT);
        }
        close(table, "reward", i, env.reward(), 0, tolerance);
      }
    }
  }

  private static void close(
      GoldenTable table, String column, int row, Tensor tensor, int feature, double tolerance) {
    double expected = table.at(column, row);
    assertThat(tensor.get(row, feature))
        .as("%s of row %d", column, row)
        .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
  }

  private static void episodes(Golden golden, Device device, double tolerance) {
    var table = GoldenTable.of(golden.id + ".episodes");
    int ends = 0;
    for (int start = 0; start < table.rows(); ) {
      int length = 1;
      while (start + length < table.rows() && table.at("t", start + length) != 1) {
        length++;
      }
      episode(golden, device, tolerance, table, start, length);
      ends++;
      start += length;
    }
    assertThat(ends).isEqualTo(2);
  }

  private static void episode(
      Golden golden, Device device, double tolerance, GoldenTable table, int start, int length) {
    try (var env = Environments.make(golden.id, device, 1)) {
      env.reset(0);
      var state = env.state().tensors().get("state");
      for (int j = 0; j < golden.states; j++) {
        state.set(0, j, table.at("start" + j, start));
      }
      double total = 0;
      for (int t = 0; t < length; t++) {
        int row = start + t;
        env.action().set(0, 0, table.at("action0", row));
        env.step();
        for (int j = 0; j < golden.observed; j++) {
          double expected = table.at("obs" + j, row);
          assertThat(env.finalObservation().get(0, j))
              .as("observation %d at step %d", j, t + 1)
              .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
        }
        assertThat(env.reward().get(0, 0)).isCloseTo(table.at("reward", row), within(1e-7));
        assertThat(env.terminated().get(0, 0)).isEqualTo(table.at("terminated", row));
        assertThat(env.truncated().get(0, 0)).isEqualTo(table.at("truncated", row));
        total += table.at("reward", row);
      }
      assertThat(env.terminated().get(0, 0) + env.truncated().get(0, 0)).isEqualTo(1);
      assertThat(env.endedLength().get(0, 0)).isEqualTo(length);
      assertThat(env.endedReturn().get(0, 0)).isCloseTo(total, within(1e-4));
    }
  }
}
