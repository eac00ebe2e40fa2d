package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/** Reward: 1 while healthy: everything finite, the pole within ± 0.2 of upright. */
record InvertedPendulum(EnvSpec spec, Model model) implements Task {

  InvertedPendulum() {
    this(
        Task.spec("InvertedPendulum-v5", 4, 1, 3, 1000, 950, "Balance a pole on a cart."),
        new Model("inverted_pendulum.xml", 2, 2, 1, 3, 0.02, 2));
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.01, qpos);
    Task.addUniform(random, 0.01, qvel);
  }

  @Override
  public boolean healthy(Simulation s) {
    return Double.isFinite(s.q(0))
        && Double.isFinite(s.v(0))
        && Double.isFinite(s.v(1))
        && Math.abs(s.q(1)) <= 0.2;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return healthy ? 1 : 0;
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observation.positions(s, 0).velocities(s);
  }
}
