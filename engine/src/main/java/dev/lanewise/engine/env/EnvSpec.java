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
 */
public record EnvSpec(
    String id,
    Space observationSpace,
    Space actionSpace,
    int maxEpisodeSteps,
    OptionalDouble rewardThreshold,
    String description) {

  public EnvSpec {
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

  EnvSpec withObservations(Space space) {
    return new EnvSpec(id, space, actionSpace, maxEpisodeSteps, rewardThreshold, description);
  }

  EnvSpec withActions(Space space) {
    return new EnvSpec(id, observationSpace, space, maxEpisodeSteps, rewardThreshold, description);
  }

  EnvSpec withMaxEpisodeSteps(int steps) {
    return new EnvSpec(id, observationSpace, actionSpace, steps, rewardThreshold, description);
  }
}
