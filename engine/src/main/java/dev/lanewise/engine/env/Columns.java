package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;

/**
 * What a step of N environments reads and writes.
 *
 * @param action N × action size, read
 * @param observation N × observation size: what the step led to
 * @param reward N × 1
 * @param terminated N × 1, 0 or 1
 * @param truncated N × 1, 0 or 1, written by environments that truncate themselves
 */
public record Columns(
    EnvSpec spec,
    Device device,
    Tensor action,
    Tensor observation,
    Tensor reward,
    Tensor terminated,
    Tensor truncated) {

  /** New ones, of zeros, for n environments. */
  public static Columns of(EnvSpec spec, Device device, int n) {
    if (n < 1) {
      throw new IllegalArgumentException(
          "a batch of %s has 1 environment or more, not %d".formatted(spec.id(), n));
    }
    return new Columns(
        spec,
        device,
        device.columns(spec.id() + " action", n, spec.actionSpace().size()),
        device.columns(spec.id() + " final observation", n, spec.observationSpace().size()),
        device.columns(spec.id() + " reward", n, 1),
        device.columns(spec.id() + " terminated", n, 1),
        device.columns(spec.id() + " truncated", n, 1));
  }

  /** N. */
  public int size() {
    return reward.rows();
  }
}
