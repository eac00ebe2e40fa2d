package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/** Reward: Δx/dt - 0.0001 ‖a‖². It never terminates. */
record Swimmer(EnvSpec spec, Model model) implements Task {

  Swimmer() {
    this(
        Task.spec(
            "Swimmer-v5", 8, 2, 1, 1000, 360, "Swim along x as fast as possible, like a worm."),
        new Model("swimmer.xml", 5, 5, 2, 4, 0.01, 4));
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.1, qpos);
    Task.addUniform(random, 0.1, qvel);
  }

  @Override
  public double progress(Simulation s) {
    return s.q(0);
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return (progress(s) - before) / model.dt() - 0.0001 * s.effort();
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation.positions(s, 2).velocities(s);
  }
}
