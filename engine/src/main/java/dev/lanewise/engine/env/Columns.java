package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Dynamics.Part;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;

/**
 * What a step of N environments reads and writes.
 *
 * @param action N × action size, read
 * @param observation N × observation size: what the step led to, and then what begins where that
 *     ended an episode
 * @param finalObservation N × observation size: what the step led to, which stays
 * @param reward N × 1
 * @param terminated N × 1, 0 or 1
 * @param truncated N × 1, 0 or 1, written by environments that truncate themselves
 */
public record Columns(
    EnvSpec spec,
    Device device,
    Tensor action,
    Tensor observation,
    Tensor finalObservation,
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
        device.columns(spec.id() + " observation", n, spec.observationSpace().size()),
        device.columns(spec.id() + " final observation", n, spec.observationSpace().size()),
        device.columns(spec.id() + " reward", n, 1),
        device.columns(spec.id() + " terminated", n, 1),
        device.columns(spec.id() + " truncated", n, 1));
  }

  /** Observes what was written into the final observation. */
  public Call settle(Part part) {
    return kernels().copy(part.of(finalObservation), part.of(observation));
  }

  /** The same where held (N × 1) is 0. */
  public Call settle(Part part, Tensor held) {
    var now = part.of(observation);
    return kernels().select(part.of(held), now, part.of(finalObservation), now);
  }

  private Kernels kernels() {
    return device.backend().kernels();
  }

  /** N. */
  public int size() {
    return reward.rows();
  }
}
