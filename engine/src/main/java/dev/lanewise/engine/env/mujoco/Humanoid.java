package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;
import java.util.Optional;

/**
 * Reward: 1.25 Δx/dt of the centre of mass - 0.1 ‖a‖² - at most 10 of 5e-7 ‖forces‖², and 5 while
 * healthy: height in (1, 2).
 */
record Humanoid(EnvSpec spec, Model model) implements Task {
  static final String UNSOLVED =
      "Gymnasium stops MuJoCo's solver after 50 iterations, before it is done, and releases begin"
          + " it at different places: another release than 3.14, which Gymnasium's numbers are"
          + " from, gives other forces, and observations that are off by up to 0.015";

  Humanoid() {
    this(
        Task.spec("Humanoid-v5", 348, 17, 0.4f, 1000, Double.NaN, "Walk forward upright."),
        new Model("humanoid.xml", 24, 23, 17, 14, 0.003, 5));
  }

  @Override
  public Optional<String> caveat() {
    return Optional.of(UNSOLVED);
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
  public double progress(Simulation s) {
    return s.centreOfMass(0);
  }

  @Override
  public boolean healthy(Simulation s) {
    return s.q(2) > 1 && s.q(2) < 2;
  }

  @Override
  public double reward(Simulation s, double before, boolean healthy) {
    return 1.25 * (progress(s) - before) / model.dt()
        + (healthy ? 5 : 0)
        - 0.1 * s.effort()
        - impact(s, model);
  }

  @Override
  public void observe(Simulation s, Observation observation) {
    observeBody(s, model, observation);
  }

  static double impact(Simulation s, Model model) {
    double squares = 0;
    for (int i = 0; i < 6 * model.nbody(); i++) {
      squares += s.force(i) * s.force(i);
    }
    return Math.min(5e-7 * squares, 10);
  }

  /** Everything but where it is on the floor, of the world, and of the free joint's actuation. */
  static void observeBody(Simulation s, Model model, Observation observation) {
    observation.positions(s, 2).velocities(s);
    for (int i = 10; i < 10 * model.nbody(); i++) {
      observation.add(s.inertia(i));
    }
    for (int i = 6; i < 6 * model.nbody(); i++) {
      observation.add(s.velocity(i));
    }
    for (int i = 6; i < model.nv(); i++) {
      observation.add(s.actuation(i));
    }
    for (int i = 6; i < 6 * model.nbody(); i++) {
      observation.add(s.force(i));
    }
  }
}
