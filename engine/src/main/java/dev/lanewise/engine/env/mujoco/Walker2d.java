package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/** Reward: Δx/dt - 0.001 ‖a‖², and 1 while healthy: height in (0.8, 2), angle within ± 1. */
record Walker2d(EnvSpec spec, Model model) implements Task {

  Walker2d() {
    this(
        Task.spec(
            "Walker2d-v5", 17, 6, 1, 1000, Double.NaN, "Walk forward on two legs in a plane."),
        new Model("walker2d.xml", 9, 9, 6, 8, 0.002, 4));
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.005, qpos);
    Task.addUniform(random, 0.005, qvel);
  }

  @Override
  public double progress(Simulation s) {
    return s.q(0);
  }

  @Override
  public boolean healthy(Simulation s) {
    return s.q(1) > 0.8 && s.q(1) < 2 && Math.abs(s.q(2)) < 1;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return (progress(s) - before) / model.dt() + (healthy ? 1 : 0) - 0.001 * s.effort();
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation.positions(s, 1).velocities(s, 10);
  }
}
