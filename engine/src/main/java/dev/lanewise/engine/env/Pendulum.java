package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Philox;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Gymnasium's Pendulum-v1: a torque of -2 to 2 N m, clipped to that, swings a pendulum up. It never
 * terminates; the physics is {@link Kernels.Pendulum}. An episode begins at an angle θ uniform in
 * (-π, π), 0 being upright, turning at a speed uniform in (-1, 1) rad/s.
 */
final class Pendulum implements Dynamics {
  static final EnvSpec SPEC =
      new EnvSpec(
          "Pendulum-v1",
          new Space.Box(new float[] {-1, -1, -8}, new float[] {1, 1, 8}),
          Space.Box.of(1, -2, 2),
          200,
          OptionalDouble.empty(),
          "Swing a pendulum up and hold it upright with little torque.");

  private final Tensor state;
  private final Call step;

  private Pendulum(Columns columns) {
    var device = columns.device();
    state = device.columns(SPEC.id() + " state", columns.size(), 2);
    step =
        device
            .backend()
            .kernels()
            .pendulum(
                new Kernels.Pendulum(
                    state.view(),
                    columns.action().view(),
                    columns.observation().view(),
                    columns.reward().view()));
  }

  static BatchedEnv make(Device device, int n) {
    var columns = Columns.of(SPEC, device, n);
    return new ColumnEnv(columns, new Pendulum(columns));
  }

  @Override
  public boolean step(long clock) {
    step.run();
    return false;
  }

  /** The state is rounded to floats, so that an episode begins alike on every device. */
  @Override
  public void begin(int i, Philox random, Tensor observation) {
    float theta = (float) Draws.uniform(random, -Math.PI, Math.PI);
    float speed = (float) Draws.uniform(random, -1, 1);
    state.set(i, 0, theta);
    state.set(i, 1, speed);
    observation.set(i, 0, Math.cos(theta));
    observation.set(i, 1, Math.sin(theta));
    observation.set(i, 2, speed);
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of("state", state);
  }
}
