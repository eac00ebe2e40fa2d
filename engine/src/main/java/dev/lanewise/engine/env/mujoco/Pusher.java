package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.Draws;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;
import java.util.Arrays;

/**
 * Reward: - distance from the object to the goal - half that from it to the fingertip - 0.1 ‖a‖².
 * It never terminates.
 */
record Pusher(EnvSpec spec, Model model) implements Task {
  private static final int ARM = 7;
  private static final int FINGERTIP = 10;
  private static final int OBJECT = 11;
  private static final int GOAL = 12;

  Pusher() {
    this(
        Task.spec("Pusher-v5", 23, 7, 2, 100, 0, "Push a cylinder to a goal with an arm."),
        new Model("pusher.xml", 11, 11, 7, 13, 0.01, 5));
  }

  /** The object is at least 0.17 m from the goal. */
  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    do {
      qpos[ARM] = Draws.uniform(random, -0.3, 0);
      qpos[ARM + 1] = Draws.uniform(random, -0.2, 0.2);
    } while (Math.hypot(qpos[ARM], qpos[ARM + 1]) <= 0.17);
    Task.addUniform(random, 0.005, qvel);
    Arrays.fill(qvel, ARM, qvel.length, 0);
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return -distance(s, OBJECT, GOAL) - 0.1 * s.effort() - 0.5 * distance(s, OBJECT, FINGERTIP);
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    for (int i = 0; i < ARM; i++) {
      observation.add(s.q(i));
    }
    for (int i = 0; i < ARM; i++) {
      observation.add(s.v(i));
    }
    for (int body = FINGERTIP; body <= GOAL; body++) {
      for (int axis = 0; axis < 3; axis++) {
        observation.add(s.position(body, axis));
      }
    }
  }

  private static double distance(Simulation s, int one, int other) {
    double squares = 0;
    for (int axis = 0; axis < 3; axis++) {
      double d = s.position(one, axis) - s.position(other, axis);
      squares += d * d;
    }
    return Math.sqrt(squares);
  }
}
