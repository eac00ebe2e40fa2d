package dev.lanewise.engine.env;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What there is to know about an environment before making one.
 *
 * @param id name and version, as "Pendulum-v1"
 * @param observationSpace what is seen
 * @param actionSpace what can be chosen
 * @param maxEpisodeSteps steps after which an episode is truncated; 0 for no limit
 * @param rewardThreshold return at which the task counts as solved, where its authors say so
 * @param description one sentence
 * @param masksActions whether it says at each step which choices are allowed, {@link
 *     BatchedEnv#actionMask}
 */
public record EnvSpec(
    String id,
    Space observationSpace,
    Space actionSpace,
    int maxEpisodeSteps,
    OptionalDouble rewardThreshold,
    String description,
    boolean masksActions) {

  /** Of an environment where every choice is always allowed. */
  public EnvSpec(
      String id,
      Space observationSpace,
      Space actionSpace,
      int maxEpisodeSteps,
      OptionalDouble rewardThreshold,
      String description) {
    this(id, observationSpace, actionSpace, maxEpisodeSteps, rewardThreshold, description, false);
  }

  /** Steps are counted in floats, which are exact up to here. */
  private static final int LONGEST = 1 << 24;

  public EnvSpec {
    Objects.requireNonNull(id, "the id");
    Objects.requireNonNull(observationSpace, "the observation space");
    Objects.requireNonNull(actionSpace, "the action space");
    Objects.requireNonNull(rewardThreshold, "the reward threshold");
    Objects.requireNonNull(description, "the description");
    if (id.isBlank()) {
      throw new IllegalArgumentException("an environment needs an id; call it for example Mine-v0");
    }
    if (maxEpisodeSteps < 0) {
      throw new IllegalArgumentException(
          "%s: an episode cannot be limited to %d steps; 0 is no limit"
              .formatted(id, maxEpisodeSteps));
    }
    if (maxEpisodeSteps > LONGEST) {
      throw new IllegalArgumentException(
          "%s: steps are counted in floats up to 2^24; a limit of %d is never reached, 0 is none"
              .formatted(id, maxEpisodeSteps));
    }
    if (masksActions && actionSpace instanceof Space.Box) {
      throw new IllegalArgumentException(
          "%s: a mask forbids choices of discrete actions, not of %s".formatted(id, actionSpace));
    }
  }

  /** Without a time limit. */
  public static EnvSpec of(String id, Space observationSpace, Space actionSpace) {
    return of(id, observationSpace, actionSpace, 0);
  }

  /** With a time limit. */
  public static EnvSpec of(
      String id, Space observationSpace, Space actionSpace, int maxEpisodeSteps) {
    return new EnvSpec(
        id, observationSpace, actionSpace, maxEpisodeSteps, OptionalDouble.empty(), "");
  }

  /**
   * The same, of an environment whose {@link Env#actionMask} counts.
   *
   * @throws IllegalArgumentException if the actions are a {@link Space.Box}
   */
  public EnvSpec withActionMask() {
    return with(observationSpace, actionSpace, maxEpisodeSteps, true);
  }

  EnvSpec withObservations(Space space) {
    return with(space, actionSpace, maxEpisodeSteps, masksActions);
  }

  EnvSpec withActions(Space space) {
    return with(observationSpace, space, maxEpisodeSteps, masksActions);
  }

  EnvSpec withMaxEpisodeSteps(int steps) {
    return with(observationSpace, actionSpace, steps, masksActions);
  }

  private EnvSpec with(Space observations, Space actions, int steps, boolean masked) {
    return new EnvSpec(id, observations, actions, steps, rewardThreshold, description, masked);
  }
}
