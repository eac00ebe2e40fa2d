package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.Draws;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import dev.lanewise.kernels.Philox;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one of Gymnasium's MuJoCo environments has that another has not: how an episode begins, what
 * is seen, what is rewarded and when it is over. It keeps nothing: one object serves all
 * environments, on several threads at once. {@code dt} is the time of one action.
 */
interface Task {

  EnvSpec spec();

  Model model();

  /** What whoever compares it with Gymnasium's numbers should know, in one sentence. */
  default Optional<String> caveat() {
    return Optional.empty();
  }

  /** Whether it looks at {@link Simulation#force}. */
  default boolean needsForces() {
    return false;
  }

  /** Begins an episode: adds noise to the initial positions and velocities. */
  void begin(Philox random, double[] qpos, double[] qvel);

  /** How far forward it is, in metres; the reward is told the same of before the step. */
  default double progress(Simulation s) {
    return 0;
  }

  /** Whether the episode goes on. */
  default boolean healthy(Simulation s) {
    return true;
  }

  /**
   * Of a step.
   *
   * @param before {@link #progress} before it
   * @param healthy whether it is so after it
   */
  double reward(Simulation s, double before, boolean healthy);

  void observe(Simulation s, Observation observation);

  /** Spaces without bounds for what is seen, with the actuators' for what is done. */
  static EnvSpec spec(
      String id, int observed, int actions, float bound, int steps, double threshold, String what) {
    return new EnvSpec(
        id,
        Space.Box.of(observed),
        Space.Box.of(actions, -bound, bound),
        steps,
        Double.isNaN(threshold) ? OptionalDouble.empty() : OptionalDouble.of(threshold),
        what);
  }

  /** Adds to every number one that is uniform within ± scale. */
  static void addUniform(Philox random, double scale, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += Draws.uniform(random, -scale, scale);
    }
  }

  /** Adds to every number a normal one of this standard deviation. */
  static void addNormal(Philox random, double scale, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += scale * Draws.normal(random);
    }
  }
}
