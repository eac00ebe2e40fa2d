package dev.lanewise.engine.env;

import java.util.Optional;

/**
 * One environment, for users who write their own; {@link BatchedEnv#of} makes batches of it,
 * applies the time limit of its {@link #spec} and begins the episodes. An object is used by one
 * thread at a time, others of its class by other threads meanwhile.
 */
public interface Env extends AutoCloseable {

  /** The same for every instance. */
  EnvSpec spec();

  /**
   * Begins an episode.
   *
   * @param seed of everything random in this episode
   * @return the first observation, as many numbers as the observation space has columns
   */
  float[] reset(long seed);

  /**
   * One step.
   *
   * @param action as many numbers as the action space has columns, those of discrete spaces whole;
   *     those of a {@link Space.Box} can lie outside its bounds and are the environment's to clip.
   *     The array is used again: copy it to keep it.
   */
  Outcome step(float[] action);

  /**
   * What a step led to.
   *
   * @param observation as many numbers as the observation space has columns; the array may be used
   *     again by the environment
   * @param terminated whether the episode is over by the environment's own rules
   * @param truncated whether the episode is cut off although it could go on
   */
  record Outcome(float[] observation, double reward, boolean terminated, boolean truncated) {}

  /**
   * Which choices the next action may be made of. It is asked for only if the spec says so ({@link
   * EnvSpec#withActionMask}), after each reset and each step that did not end the episode; the
   * action of {@link #step} is then always allowed.
   *
   * @return true for what is allowed, for all choices of all columns of the action in order: n of a
   *     {@link Space.Discrete}, the sum of nvec of a {@link Space.MultiDiscrete}, 0 and 1 of each
   *     column of a {@link Space.MultiBinary}; at least one for each column. The array may be used
   *     again by the environment.
   */
  default boolean[] actionMask() {
    throw new UnsupportedOperationException(
        spec().id() + " masks its actions by its spec, but not which; override Env.actionMask");
  }

  /**
   * All that the environment has to remember, as numbers, for checkpoints. Without it, resuming a
   * run begins new episodes.
   */
  default Optional<double[]> state() {
    return Optional.empty();
  }

  /** Goes back to a {@link #state}, possibly that of another instance. */
  default void restore(double[] state) {
    throw new UnsupportedOperationException(
        spec().id() + " gives its state away but does not take it back; override Env.restore");
  }

  @Override
  default void close() {}
}
