package dev.lanewise.engine.env;

import static dev.lanewise.engine.env.KernelDynamics.value;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Interval;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Gymnasium's CartPole-v1: a force of 10 N to the left (0) or right (1) on a cart holds up the pole
 * on it, which has fallen beyond 12 degrees, or when the cart is 2.4 m off. The physics is {@link
 * Kernels#cartPole}. An episode begins with all of x, ẋ, θ, θ̇ uniform in (-0.05, 0.05).
 */
final class CartPole {
  /** Twice the angle of termination; infinite are the speeds. */
  private static final float ANGLE = (float) (2 * 12 * 2 * Math.PI / 360);

  private static final float ANY = Float.POSITIVE_INFINITY;

  static final EnvSpec SPEC =
      new EnvSpec(
          "CartPole-v1",
          new Space.Box(
              new float[] {-4.8f, -ANY, -ANGLE, -ANY}, new float[] {4.8f, ANY, ANGLE, ANY}),
          new Space.Discrete(2),
          500,
          OptionalDouble.of(475),
          "Hold up a pole by pushing the cart that it stands on.");

  private static final Interval START = new Interval(-0.05f, 0.05f);

  private static final KernelDynamics.Definition DEFINITION =
      new KernelDynamics.Definition(
          SPEC,
          List.of(START, START, START, START),
          0,
          List.of(value(0), value(1), value(2), value(3)),
          Kernels::cartPole);

  private CartPole() {}

  static BatchedEnv make(Device device, int n) {
    return KernelDynamics.make(DEFINITION, device, n);
  }
}
