package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplorationNoiseTest {
  private static final int ENVS = 4096;

  private static ExplorationNoise noise(String type, String std, Tensor action) {
    var settings = Settings.of(Map.of("noise_type", type, "noise_std", std));
    return ExplorationNoise.Config.of(settings, "none", 0.1f).on(action, RandomStream.of(1));
  }

  private static double meanProduct(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (double) x[i] * y[i];
    }
    return sum / x.length;
  }

  /** x(t + 1) = a x(t) + σ √dt ε with a = 1 - θ dt: variance σ² dt / (1 - a²), correlation aᵏ. */
  @Test
  void ornsteinUhlenbeckHasItsVarianceAndMemory() {
    try (var device = Device.cpu(1)) {
      var unit = device.columns("unit", ENVS, 1);
      var noisy = device.columns("noisy", ENVS, 1);
      var noise = noise("ornstein-uhlenbeck", "0.1", unit);
      double a = 1 - 0.15 * 0.01;
      double stationary = 0.1 * Math.sqrt(0.01 / (1 - a * a));
      var process = noise.state().get("process");
      try (var plan = device.record(step -> step.assign(noisy, noise.add(step, unit)))) {
        plan.run();
        var first = process.toArray();
        assertThat(Math.sqrt(meanProduct(first, first))).isCloseTo(0.01, within(0.0005));
        for (int t = 1; t < 4000; t++) {
          plan.run();
        }
        var x = process.toArray();
        assertThat(noisy.toArray()).as("the noise is the process").containsExactly(x);
        assertThat(meanProduct(x, ones())).isCloseTo(0, within(5 * stationary / 64));
        // The standard error of a standard deviation is σ / √(2 n) = 1.1 %.
        double std = Math.sqrt(meanProduct(x, x));
        assertThat(std).isCloseTo(stationary, within(0.055 * stationary));
        for (int t = 0; t < 400; t++) {
          plan.run();
        }
        var later = process.toArray();
        double correlation = meanProduct(x, later) / std / Math.sqrt(meanProduct(later, later));
        assertThat(correlation).isCloseTo(Math.pow(a, 400), within(0.05));
      }
    }
  }

  private static float[] ones() {
    var ones = new float[ENVS];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void onlyAnEndedEpisodeForgetsItsProcess() {
    try (var device = Device.cpu(1)) {
      var unit = device.columns("unit", 3, 2);
      var noise = noise("ornstein-uhlenbeck", "0.5", unit);
      var noisy = device.columns("noisy", 3, 2);
      try (var plan = device.record(step -> step.assign(noisy, noise.add(step, unit)))) {
        plan.run();
      }
      var before = noise.state().get("process").toArray();
      var ended = device.columns("ended", 3, 1);
      ended.write(0, 1, 0);
      device.record(step -> noise.reset(step, ended)).run();
      before[2] = 0;
      before[3] = 0;
      assertThat(noise.state().get("process").toArray()).containsExactly(before);
      assertThat(before[0] * before[1] * before[4] * before[5]).isNotZero();
    }
  }

  @Test
  void normalNoiseIsIndependentAndStaysWithinTheBorders() {
    try (var device = Device.cpu(1)) {
      var unit = device.columns("unit", ENVS, 1);
      var noisy = device.columns("noisy", ENVS, 1);
      var noise = noise("normal", "0.2", unit);
      assertThat(noise.state()).isEmpty();
      try (var plan = device.record(step -> step.assign(noisy, noise.add(step, unit)))) {
        plan.run();
        var first = noisy.toArray();
        plan.run();
        var second = noisy.toArray();
        assertThat(Math.sqrt(meanProduct(first, first))).isCloseTo(0.2, within(0.011));
        assertThat(meanProduct(first, second) / 0.04).isCloseTo(0, within(5.0 / 64));
        unit.fill(1);
        plan.run();
        int atBorder = 0;
        for (float value : noisy.toArray()) {
          assertThat(value).isBetween(-1f, 1f);
          atBorder += value == 1 ? 1 : 0;
        }
        assertThat(atBorder / (double) ENVS).isCloseTo(0.5, within(5 * 0.5 / 64));
      }
    }
  }

  @Test
  void noneIsNone() {
    try (var device = Device.cpu(1)) {
      var unit = device.columns("unit", 3, 1);
      var noise = noise("none", "0.2", unit);
      device.record(step -> assertThat(noise.add(step, unit)).isSameAs(unit)).close();
    }
  }
}
