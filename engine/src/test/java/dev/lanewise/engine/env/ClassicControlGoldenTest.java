package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The classic control environments against Gymnasium's own numbers: every transition and whole
 * episodes; terminated and truncated exactly.
 *
 * <p>Gymnasium computes in double and observes floats, whose spacing is what the reference is off
 * by in observations, 6e-8 below 1; MountainCarContinuous keeps its state in floats, where the
 * reference may round to the other neighbour. In Pendulum, 3u and 0.001u² are floats as the action
 * is: half a unit in the last place of 3u ≤ 6, times dt, is the 1.2e-8 that the speed differs by in
 * double. On the cpu all is float: a state is off by the rounding of what was set and of each
 * operation, in Acrobot multiplied by what the stages of the Runge-Kutta method make of speeds of
 * up to 28 rad/s. An acrobot is chaotic: Gymnasium's own step in double, with no more than its
 * state rounded to floats after each, is 6e-2 off within these episodes of 500 steps.
 */
class ClassicControlGoldenTest {

  /**
   * How far a number may be off, in units of its size where that is above 1.
   *
   * @param ends of the transitions that end an episode
   * @param reference in one step
   * @param cpu in one step
   * @param referenceEpisode at any step of an episode, over which differences add up
   * @param cpuEpisode likewise
   */
  enum Golden {
    PENDULUM("Pendulum-v1", 2, 3, 0, 1.3e-8, 4e-7, 2e-6, 5e-5),
    CART_POLE("CartPole-v1", 4, 4, 65, 1e-15, 5e-7, 1e-7, 2e-6),
    MOUNTAIN_CAR("MountainCar-v0", 2, 2, 43, 1e-15, 1.5e-7, 4e-8, 1e-6),
    MOUNTAIN_CAR_CONTINUOUS("MountainCarContinuous-v0", 2, 2, 57, 1e-7, 1.5e-7, 2e-6, 2e-5),
    ACROBOT("Acrobot-v1", 4, 6, 174, 1e-12, 1e-4, 5e-7, 6e-2);

    final String id;
    final int states;
    final int observed;
    final int ends;
    final double reference;
    final double cpu;
    final double referenceEpisode;
    final double cpuEpisode;

    Golden(
        String id,
        int states,
        int observed,
        int ends,
        double reference,
        double cpu,
        double referenceEpisode,
        double cpuEpisode) {
      this.id = id;
      this.states = states;
      this.observed = observed;
      this.ends = ends;
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

  private static Conformance.Report replayed(Golden golden, String what, Device device) {
    var name = golden.id + "." + what;
    try (var in =
        ClassicControlGoldenTest.class.getResourceAsStream("/golden/gymnasium/" + name + ".csv")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Conformance.replay(
          Recording.of(name, text.lines().toList()),
          (where, n) -> Environments.make(golden.id, where, n),
          device);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void transitions(Golden golden, Device device, double tolerance) {
    var report = replayed(golden, "transitions", device);
    assertThat(report.rows()).isEqualTo(1000);
    check(report, golden.states + golden.observed + 1, tolerance);
    assertThat(report.mismatches()).hasSize(1);
    for (var d : report.deviations()) {
      if (d.column().startsWith("next_")) {
        assertThat(1000 - d.compared()).as("episodes that end").isEqualTo(golden.ends);
      } else {
        assertThat(d.compared()).isEqualTo(1000);
      }
    }
  }

  private static void episodes(Golden golden, Device device, double tolerance) {
    var report = replayed(golden, "episodes", device);
    check(report, golden.observed + 1, tolerance);
    assertThat(report.mismatches()).hasSize(2);
    assertThat(report.deviations()).allMatch(d -> d.compared() == report.rows());
  }

  private static void check(Conformance.Report report, int columns, double tolerance) {
    assertThat(report.deviations()).hasSize(columns);
    for (var d : report.deviations()) {
      assertThat(d.largest())
          .as(d.toString())
          .isLessThanOrEqualTo(tolerance + (d.column().startsWith("obs") ? FLOAT : 0));
    }
    assertThat(report.mismatches()).allMatch(m -> m.lines().isEmpty());
  }
}
