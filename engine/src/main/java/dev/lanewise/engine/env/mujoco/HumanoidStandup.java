package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;
import java.util.Optional;

/**
 * Reward: height over the time step - 0.1 ‖a‖² - at most 10 of 5e-7 ‖forces‖² + 1. It never
 * terminates.
 */
record HumanoidStandup(EnvSpec spec, Model model) implements Task {

  HumanoidStandup() {
    this(
        Task.spec("HumanoidStandup-v5", 348, 17, 0.4f, 1000, Double.NaN, "Stand up from lying."),
        new Model("humanoid_standup.xml", 24, 23, 17, 14, 0.003, 5));
  }

  @Override
  public Optional<String> caveat() {
    return Optional.of(Humanoid.UNSOLVED);
  }

  @Override
  public boolean needsForces() {
    return true;
  }

  @Override
  public void begin(Philox random, double[] qpos, double[] qvel) {
    Task.addUniform(random, 0.01, qpos);
    Task.addUniform(random, 0.01, qvel);
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return s.q(2) / model.timestep() - 0.1 * s.effort() - Humanoid.impact(s, model) + 1;
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    Humanoid.observeBody(s, model, observation);
  }
}
