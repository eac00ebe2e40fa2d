package dev.lanewise.engine.env;

import static dev.lanewise.engine.env.KernelDynamics.value;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Interval;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Gymnasium's MountainCar-v0: a car too weak for the hill on its right has to swing up, pushed to
 * the left (0), not (1) or to the right (2). It terminates on the hill. The physics is {@link
 * Kernels#mountainCar}. An episode begins at rest at a position uniform in (-0.6, -0.4).
 */
final class MountainCar {
  static final EnvSpec SPEC =
      new EnvSpec(
          "MountainCar-v0",
          new Space.Box(new float[] {-1.2f, -0.07f}, new float[] {0.6f, 0.07f}),
          new Space.Discrete(3),
          200,
          OptionalDouble.of(-110),
          "Drive a car that is too weak up a hill, by swinging.");

  private static final KernelDynamics.Definition DEFINITION =
      new KernelDynamics.Definition(
          SPEC,
          List.of(new Interval(-0.6f, -0.4f), new Interval(0, 0)),
          0,
          List.of(value(0), value(1)),
          Kernels::mountainCar);

  private MountainCar() {}

  static BatchedEnv make(Device device, int n) {
    return KernelDynamics.make(DEFINITION, device, n);
  }
}
