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
 * Gymnasium's Pendulum-v1: a torque of -2 to 2 N m, clipped to that, swings a pendulum up. It never
 * terminates; the physics is {@link Kernels.Pendulum}. An episode begins at an angle θ uniform in
 * (-π, π), 0 being upright, turning at a speed uniform in (-1, 1) rad/s.
 */
final class Pendulum {
  static final EnvSpec SPEC =
      new EnvSpec(
          "Pendulum-v1",
          new Space.Box(new float[] {-1, -1, -8}, new float[] {1, 1, 8}),
          Space.Box.of(1, -2, 2),
          200,
          OptionalDouble.empty(),
          "Swing a pendulum up and hold it upright with little torque.");

  private static final KernelDynamics.Definition DEFINITION =
      new KernelDynamics.Definition(
          SPEC,
          List.of(new Interval((float) -Math.PI, (float) Math.PI), new Interval(-1, 1)),
          1,
          List.of(cosine(0), sine(0), value(1)),
          (kernels, m) ->
              kernels.pendulum(
                  new Kernels.Pendulum(
                      m.hidden(), m.action(), m.observation(), m.finalObservation(), m.reward())));

  private Pendulum() {}

  static BatchedEnv make(Device device, int n) {
    return KernelDynamics.make(DEFINITION, device, n);
  }
}
