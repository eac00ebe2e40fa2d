package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ActionScaleTest {

  /** The float sum of middle and half can lie beyond the bound. */
  @Test
  void reachesEachBoundAndNeverExceedsIt() {
    int d = 2000;
    var random = new SplittableRandom(1);
    float[] low = new float[d], high = new float[d];
    for (int j = 0; j < d; j++) {
      float a = (float) random.nextDouble(-10, 10), b = (float) random.nextDouble(-1, 1);
      low[j] = Math.min(a, b);
      high[j] = Math.max(a, b);
    }
    var box = new Space.Box(low, high);
    try (var device = Device.cpu(1)) {
      var spec = EnvSpec.of("Wide-v0", Space.Box.of(1), box);
      var scale = ActionScale.of("any", spec, device);
      var unit = device.columns("unit", 3, d);
      for (int j = 0; j < d; j++) {
        unit.set(0, j, -1);
        unit.set(1, j, 1);
      }
      var actions = device.evaluate(scale.toEnv(unit));
      for (int j = 0; j < d; j++) {
        assertThat(actions[j]).isBetween(low[j], high[j]).isCloseTo(low[j], within(2e-6f));
        assertThat(actions[d + j]).isBetween(low[j], high[j]).isCloseTo(high[j], within(2e-6f));
        assertThat(actions[2 * d + j]).isCloseTo((low[j] + high[j]) / 2, within(2e-6f));
      }
      var back = device.evaluate(scale.toUnit(scale.toEnv(unit)));
      for (int j = 0; j < d; j++) {
        assertThat(back[d + j]).isCloseTo(1, within(1e-5f / (high[j] - low[j])));
      }
    }
  }

  @Test
  void aDimensionWithoutAChoice() {
    var box = new Space.Box(new float[] {-1, 0.3f}, new float[] {3, 0.3f});
    try (var device = Device.cpu(1)) {
      var scale = ActionScale.of("any", EnvSpec.of("Half-v0", Space.Box.of(1), box), device);
      var unit = device.columns("unit", 2, 2);
      unit.write(-1, -1, 0.5f, 0.7f);
      var actions = scale.toEnv(unit);
      assertThat(device.evaluate(actions)).containsExactly(-1, 0.3f, 2, 0.3f);
      assertThat(device.evaluate(scale.toUnit(actions))).containsExactly(-1, 0, 0.5f, 0);
    }
  }
}
