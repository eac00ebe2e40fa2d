package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/**
 * Reward: Δx/dt - 0.001 ‖a‖², and 1 while healthy: height above 0.7, angle within ± 0.2, everything
 * else but x within ± 100.
 */
record Hopper(EnvSpec spec, Model model) implements Task {

  Hopper() {
    this(
        Task.spec("Hopper-v5", 11, 3, 1, 1000, 3800, "Hop forward on one leg without falling."),
        new Model("hopper.xml", 6, 6, 3, 5, 0.002, 4));
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
    for (int i = 2; i < model.nq(); i++) {
      if (!(Math.abs(s.q(i)) < 100)) {
        return false;
      }
    }
    for (int i = 0; i < model.nv(); i++) {
      if (!(Math.abs(s.v(i)) < 100)) {
        return false;
      }
    }
    return s.q(1) > 0.7 && Math.abs(s.q(2)) < 0.2;
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
