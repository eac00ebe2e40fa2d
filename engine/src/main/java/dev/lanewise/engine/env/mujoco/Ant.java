package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/**
 * Reward: Δx/dt of the torso - 0.5 ‖a‖² - 0.0005 ‖forces within ± 1‖², and 1 while healthy:
 * everything finite, height in [0.2, 1].
 */
record Ant(EnvSpec spec, Model model) implements Task {
  private static final int TORSO = 1;

  Ant() {
    this(
        Task.spec("Ant-v5", 105, 8, 1, 1000, 6000, "Walk forward on four legs."),
        new Model("ant.xml", 15, 14, 8, 14, 0.01, 5));
  }

  @Override
  public boolean needsForces() {
    return true;
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.1, qpos);
    Task.addNormal(random, 0.1, qvel);
  }

  @Override
  public double progress(Simulation s) {
    return s.position(TORSO, 0);
  }

  @Override
  public boolean healthy(Simulation s) {
    for (int i = 0; i < model.nq(); i++) {
      if (!Double.isFinite(s.q(i))) {
        return false;
      }
    }
    for (int i = 0; i < model.nv(); i++) {
      if (!Double.isFinite(s.v(i))) {
        return false;
      }
    }
    return s.q(2) >= 0.2 && s.q(2) <= 1;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    double contact = 0;
    for (int i = 0; i < 6 * model.nbody(); i++) {
      contact += force(s, i) * force(s, i);
    }
    return (progress(s) - before) / model.dt()
        + (healthy ? 1 : 0)
        - 0.5 * s.effort()
        - 0.0005 * contact;
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation.positions(s, 2).velocities(s);
    for (int i = 6; i < 6 * model.nbody(); i++) { // without the world's
      observation.add(force(s, i));
    }
  }

  private static double force(Simulation s, int i) {
    return Math.clamp(s.force(i), -1, 1);
  }
}
