package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.Draws;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/** Reward: - distance from the fingertip to the target - ‖a‖². It never terminates. */
record Reacher(EnvSpec spec, Model model) implements Task {
  private static final int FINGERTIP = 3;
  private static final int TARGET = 4;

  Reacher() {
    this(
        Task.spec(
            "Reacher-v5", 10, 2, 1, 50, -3.75, "Bring the tip of an arm of two links to a target."),
        new Model("reacher.xml", 4, 4, 2, 5, 0.01, 2));
  }

  /** The target is uniform in the disc of radius 0.2. */
  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.1, qpos);
    Task.addUniform(random, 0.005, qvel);
    do {
      qpos[2] = Draws.uniform(random, -0.2, 0.2);
      qpos[3] = Draws.uniform(random, -0.2, 0.2);
    } while (Math.hypot(qpos[2], qpos[3]) >= 0.2);
    qvel[2] = 0;
    qvel[3] = 0;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    double x = toTarget(s, 0), y = toTarget(s, 1), z = toTarget(s, 2);
    return -Math.sqrt(x * x + y * y + z * z) - s.effort();
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation
        .add(Math.cos(s.q(0)))
        .add(Math.cos(s.q(1)))
        .add(Math.sin(s.q(0)))
        .add(Math.sin(s.q(1)))
        .add(s.q(2))
        .add(s.q(3))
        .add(s.v(0))
        .add(s.v(1))
        .add(toTarget(s, 0))
        .add(toTarget(s, 1));
  }

  private static double toTarget(Simulation s, int axis) {
    return s.position(FINGERTIP, axis) - s.position(TARGET, axis);
  }
}
