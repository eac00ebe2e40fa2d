package dev.lanewise.engine.env;

import static dev.lanewise.engine.env.KernelDynamics.value;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Interval;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Gymnasium's MountainCarContinuous-v0: {@link MountainCar} with a force of -1 to 1, clipped to
 * that, and a reward that counts it. The physics is {@link Kernels#mountainCarContinuous}. An
 * episode begins at rest at a position uniform in (-0.6, -0.4).
 */
final class MountainCarContinuous {
  static final EnvSpec SPEC =
      new EnvSpec(
          "MountainCarContinuous-v0",
          new Space.Box(new float[] {-1.2f, -0.07f}, new float[] {0.6f, 0.07f}),
          Space.Box.of(1, -1, 1),
          999,
          OptionalDouble.of(90),
          "Drive a car that is too weak up a hill, by swinging, with little force.");

  private static final KernelDynamics.Definition DEFINITION =
      new KernelDynamics.Definition(
          SPEC,
          List.of(new Interval(-0.6f, -0.4f), new Interval(0, 0)),
          0,
          List.of(value(0), value(1)),
          Kernels::mountainCarContinuous);

  private MountainCarContinuous() {}

  static BatchedEnv make(Device device, int n) {
    return KernelDynamics.make(DEFINITION, device, n);
  }
}
