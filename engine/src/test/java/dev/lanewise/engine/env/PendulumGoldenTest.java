package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Pendulum-v1 against Gymnasium's own numbers.
 *
 * <p>Gymnasium computes in double but for 3u and 0.001u², which are floats as the action is: half a
 * unit in the last place of 3u ≤ 6, times dt, is the 1.2e-8 that the speed differs by in double.
 */
class PendulumGoldenTest {

  @Test
  void transitionsOnReference() throws IOException {
    try (var device = Device.reference()) {
      transitions(device, 1e-9, 1.3e-8, 7.5e-8, 1e-9);
    }
  }

  @Test
  void transitionsOnCpu() throws IOException {
    try (var device = Device.cpu(1)) {
      transitions(device, 1.5e-7, 2e-7, 5e-7, 4e-7);
    }
  }

  /** Over 200 steps small differences add up. */
  @Test
  void episodesOnReference() throws IOException {
    try (var device = Device.reference()) {
      episodes(device, 2e-6);
    }
  }

  @Test
  void episodesOnCpu() throws IOException {
    try (var device = Device.cpu(1)) {
      episodes(device, 5e-5);
    }
  }

  private static Conformance.Report replayed(String name, Device device) throws IOException {
    try (InputStream in =
        PendulumGoldenTest.class.getResourceAsStream("/golden/gymnasium/" + name + ".csv")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Conformance.replay(
          Recording.of(name, text.lines().toList()),
          (where, n) -> Environments.make("Pendulum-v1", where, n),
          device);
    }
  }

  private static void transitions(
      Device device, double angle, double speed, double observation, double reward)
      throws IOException {
    var report = replayed("Pendulum-v1.transitions", device);
    assertThat(report.rows()).isEqualTo(1000);
    assertThat(report.deviations()).hasSize(6).allMatch(d -> d.compared() == 1000);
    assertThat(report.largest("next_state0")).isPositive().isLessThan(angle);
    assertThat(report.largest("next_state1")).isPositive().isLessThan(speed);
    for (int j = 0; j < 3; j++) {
      assertThat(report.largest("obs" + j)).isPositive().isLessThan(observation);
    }
    assertThat(report.largest("reward")).isPositive().isLessThan(reward);
    assertThat(report.within(1e-6)).as("no mismatch of terminated").isTrue();
  }

  private static void episodes(Device device, double tolerance) throws IOException {
    var report = replayed("Pendulum-v1.episodes", device);
    assertThat(report.rows()).isEqualTo(400);
    assertThat(report.deviations()).hasSize(4).allMatch(d -> d.compared() == 400);
    assertThat(report.mismatches()).hasSize(2);
    assertThat(report.within(tolerance)).as(report.toString()).isTrue();
  }
}
