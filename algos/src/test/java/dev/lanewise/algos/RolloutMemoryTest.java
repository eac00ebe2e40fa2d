package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RolloutMemoryTest {
  private static final int STEPS = 3, ENVS = 2;
  private static final EnvSpec SPEC =
      EnvSpec.of("Any-v0", Space.Box.of(2), new Space.Discrete(3)).withActionMask();

  private Device device;
  private RolloutMemory memory;
  private Tensor obs, mask, action, logProb, distribution;
  private Tensor value, reward, terminated, truncated, finalValue, lastValue;
  private Plan store, finish, estimate;

  @BeforeEach
  void open() {
    device = Device.reference();
    memory = new RolloutMemory(device, SPEC, STEPS, ENVS);
    memory.keepDistribution(2);
    obs = device.columns("obs", ENVS, 2);
    mask = device.columns("mask", ENVS, 3);
    distribution = device.columns("distribution", ENVS, 2);
    action = column("action");
    logProb = column("log_prob");
    value = column("value");
    reward = column("reward");
    terminated = column("terminated");
    truncated = column("truncated");
    finalValue = column("final value");
    lastValue = column("last value");
    store =
        device.record(
            step -> {
              var acted = new OnPolicy.Acted(action, action, logProb, distribution);
              memory.storeAction(step, obs, Optional.of(mask), acted, value);
              memory.storeOutcome(step, reward, terminated, truncated);
            });
    finish = device.record(step -> memory.storeFinalValue(step, finalValue));
    estimate = device.record(step -> memory.estimate(step, lastValue, 0.5f, 0.5f));
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor column(String name) {
    return device.columns(name, ENVS, 1);
  }

  private void step(int t, float[] values, float[] ends, float[] cuts) {
    memory.at(t);
    for (int i = 0; i < ENVS; i++) {
      int sample = t * ENVS + i;
      obs.writeRow(i, sample, -sample);
      mask.writeRow(i, sample % 2, 1, 0);
      distribution.writeRow(i, 30 + sample, 40 + sample);
      action.set(i, 0, 10 + sample);
      logProb.set(i, 0, 20 + sample);
    }
    value.write(values);
    reward.fill(1);
    terminated.write(ends);
    truncated.write(cuts);
    store.run();
  }

  private float[] all(Tensor ofSamples) {
    return device.evaluate(ofSamples);
  }

  private RolloutMemory.Batch batch(float... samples) {
    var index = device.columns("index", samples.length, 1);
    index.write(samples);
    return memory.sample(index);
  }

  /**
   * γ = λ = ½, all rewards 1. Environment 0: values 2, 4, 6, then 8 after the last step; its step 1
   * is truncated with V(final) = 10. Environment 1: values 1, 3, 5, then 8; its step 1 terminated.
   */
  private void fill() {
    float[] none = {0, 0};
    step(0, new float[] {2, 1}, none, none);
    step(1, new float[] {4, 3}, new float[] {0, 1}, new float[] {1, 0});
    finalValue.write(10, 99);
    finish.run();
    step(2, new float[] {6, 5}, none, none);
    lastValue.write(8, 8);
    estimate.run();
  }

  @Test
  void estimatesByHand() {
    fill();
    var batch = batch(0, 1, 2, 3, 4, 5);
    // Environment 0: δ = 1 + ½·4 - 2 = 1, 1 + ½·10 - 4 = 2, 1 + ½·8 - 6 = -1; cut behind step 1.
    // Environment 1: δ = 1 + ½·3 - 1 = 1.5, 1 - 3 = -2, 1 + ½·8 - 5 = 0; ended behind step 1.
    assertThat(all(batch.advantage())).containsExactly(1.5f, 1, 2, -2, -1, 0);
    assertThat(all(batch.target())).containsExactly(3.5f, 2, 6, 1, 5, 5);
    assertThat(all(batch.value())).containsExactly(2, 1, 4, 3, 6, 5);
    // Unexplained is the variance of the advantages, 1.97917; all is that of the targets, 3.14583.
    assertThat(estimate.value("train/explained_variance"))
        .isCloseTo(1 - 1.9791667 / 3.1458333, within(1e-6));
  }

  /** Both at once: nothing is bootstrapped, whatever the final value. */
  @Test
  void terminatedCountsMoreThanTruncated() {
    fill();
    float[] both = {1, 1};
    step(1, new float[] {4, 3}, both, both);
    finalValue.write(10, 99);
    finish.run();
    estimate.run();
    assertThat(all(batch(2, 3).advantage())).containsExactly(-3, -2);
  }

  @Test
  void aSampleIsAStepOfOneEnvironment() {
    fill();
    var batch = batch(5, 0, 5, 2);
    assertThat(all(batch.obs())).containsExactly(5, -5, 0, 0, 5, -5, 2, -2);
    assertThat(all(batch.action())).containsExactly(15, 10, 15, 12);
    assertThat(all(batch.logProb())).containsExactly(25, 20, 25, 22);
    assertThat(all(batch.mask().orElseThrow())).containsExactly(1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0);
    assertThat(all(batch.distribution().orElseThrow()))
        .containsExactly(35, 45, 30, 40, 35, 45, 32, 42);
    assertThat(memory.size()).isEqualTo(6);
  }

  /** The final value of an earlier rollout is still there, but does not count. */
  @Test
  void filledAnewItForgets() {
    fill();
    float[] none = {0, 0};
    for (int t = 0; t < STEPS; t++) {
      step(t, none, none, none);
    }
    lastValue.write(none);
    estimate.run();
    assertThat(all(batch(0, 1, 2, 3, 4, 5).advantage()))
        .containsExactly(1.3125f, 1.3125f, 1.25f, 1.25f, 1, 1);
  }

  @Test
  void whatIsNotNeededIsNotKept() {
    var plain = EnvSpec.of("Plain-v0", Space.Box.of(2), new Space.Discrete(3));
    var batch = new RolloutMemory(device, plain, STEPS, ENVS).sample(column("index"));
    assertThat(batch.mask()).isEmpty();
    assertThat(batch.distribution()).isEmpty();
  }

  @Test
  void moreSamplesThanCanBeCountedAreRefused() {
    assertThatThrownBy(() -> new RolloutMemory(device, SPEC, 1 << 13, (1 << 11) + 1))
        .isInstanceOf(SettingException.class)
        .hasMessage("n_steps=8192 of n_envs=2049 are more than 16777216 samples");
  }
}
