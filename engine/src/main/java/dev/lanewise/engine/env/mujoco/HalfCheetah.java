package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/** Reward: Δx/dt - 0.1 ‖a‖². It never terminates. */
record HalfCheetah(EnvSpec spec, Model model) implements Task {

  HalfCheetah() {
    this(
        Task.spec(
            "HalfCheetah-v5",
            17,
            6,
            1,
            1000,
            4800,
            "Run as fast as possible on two legs in a plane."),
        new Model("half_cheetah.xml", 9, 9, 6, 8, 0.01, 5));
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.1, qpos);
    Task.addNormal(random, 0.1, qvel);
  }

  @Override
  public double progress(Simulation s) {
    return s.q(0);
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return (progress(s) - before) / model.dt() - 0.1 * s.effort();
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation.positions(s, 1).velocities(s);
  }
}
