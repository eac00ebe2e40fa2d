package dev.lanewise.engine.env;

import static dev.lanewise.engine.env.KernelDynamics.cosine;
import static dev.lanewise.engine.env.KernelDynamics.sine;
import static dev.lanewise.engine.env.KernelDynamics.value;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Interval;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Gymnasium's Acrobot-v1: a torque of -1, 0 or 1 N m (actions 0, 1, 2) between two links that hang
 * down swings the end of the lower one a link's length above the upper one's joint, where it
 * terminates. The physics is {@link Kernels#acrobot}. An episode begins with both angles and both
 * speeds uniform in (-0.1, 0.1).
 */
final class Acrobot {
  private static final float SPEED_1 = (float) (4 * Math.PI), SPEED_2 = (float) (9 * Math.PI);

  static final EnvSpec SPEC =
      new EnvSpec(
          "Acrobot-v1",
          new Space.Box(
              new float[] {-1, -1, -1, -1, -SPEED_1, -SPEED_2},
              new float[] {1, 1, 1, 1, SPEED_1, SPEED_2}),
          new Space.Discrete(3),
          500,
          OptionalDouble.of(-100),
          "Swing the end of two links up, by the joint between them.");

  private static final Interval START = new Interval(-0.1f, 0.1f);

  private static final KernelDynamics.Definition DEFINITION =
      new KernelDynamics.Definition(
          SPEC,
          List.of(START, START, START, START),
          2,
          List.of(cosine(0), sine(0), cosine(1), sine(1), value(2), value(3)),
          Kernels::acrobot);

  private Acrobot() {}

  static BatchedEnv make(Device device, int n) {
    return KernelDynamics.make(DEFINITION, device, n);
  }
}
