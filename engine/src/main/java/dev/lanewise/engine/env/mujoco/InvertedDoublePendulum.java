package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;

/**
 * Reward, of the tip at (x, z) and the poles' speeds: - 0.01 x² - (z - 2)² - 0.001 ω₁² - 0.005 ω₂²,
 * and 10 while healthy: z above 1.
 */
record InvertedDoublePendulum(EnvSpec spec, Model model) implements Task {

  InvertedDoublePendulum() {
    this(
        Task.spec(
            "InvertedDoublePendulum-v5",
            9,
            1,
            1,
            1000,
            9100,
            "Balance a pole on a pole on a cart."),
        new Model("inverted_double_pendulum.xml", 3, 3, 1, 4, 0.01, 5));
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.1, qpos);
    Task.addNormal(random, 0.1, qvel);
  }

  @Override
  public boolean healthy(Simulation s) {
    return s.site(2) > 1;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    double x = s.site(0), below = s.site(2) - 2;
    return (healthy ? 10 : 0)
        - (0.01 * x * x + below * below)
        - (0.001 * s.v(1) * s.v(1) + 0.005 * s.v(2) * s.v(2));
  }

  /** Of the constraint forces the cart's alone: the poles have none. */
  @Override
  public void observe(Simulation s, Observation observation) {
    observation
        .add(s.q(0))
        .add(Math.sin(s.q(1)))
        .add(Math.sin(s.q(2)))
        .add(Math.cos(s.q(1)))
        .add(Math.cos(s.q(2)))
        .velocities(s, 10)
        .add(Math.clamp(s.constraint(0), -10, 10));
  }
}
