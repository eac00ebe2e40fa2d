package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Map;

/**
 * Every action taken n times in a row; the reward is the sum. The observation in between is not
 * seen.
 *
 * <p>In an environment whose episode ends before the n-th time, the rest of the repeats does not
 * happen: the next episode has begun already and waits, at its first observation, while the other
 * environments of the batch finish their repeats. An action is an answer to an observation, so it
 * may not be carried over into an episode whose first observation nobody has answered yet; and what
 * an environment does depends on its own episode alone, not on how the others' repeats went.
 *
 * <p>It goes directly around an environment, below all other wrappers, because only there can some
 * environments of a batch wait. {@link #endedLength} counts the environment's own steps, and so
 * does the time limit of its spec; a {@link TimeLimit} around this counts whole repeats.
 */
public final class ActionRepeat extends WrappedEnv {
  private final ColumnEnv inside;
  private final int repeats;
  private final Tensor reward;
  private final Tensor terminated;
  private final Tensor truncated;
  private final Tensor finalObservation;
  private final Tensor held;
  private final Tensor someHeld;
  private final Plan first;
  private final Plan further;

  /**
   * @param repeats n, at least 1
   * @throws IllegalArgumentException if there is another wrapper in between, or actions are masked
   */
  public ActionRepeat(BatchedEnv env, int repeats) {
    super(env, "action_repeat");
    if (repeats < 1 || repeats > 1024) {
      throw new IllegalArgumentException("an action is taken 1 to 1024 times, not " + repeats);
    }
    if (!(env instanceof ColumnEnv columns)) {
      throw new IllegalArgumentException(
          "ActionRepeat goes directly around %s, not around its %s; put the others around it"
              .formatted(env.spec().id(), env.getClass().getSimpleName()));
    }
    if (env.spec().masksActions()) {
      throw new IllegalArgumentException(
          "%s masks its actions; what is allowed once may not be allowed %d times in a row"
              .formatted(env.spec().id(), repeats));
    }
    inside = columns;
    this.repeats = repeats;
    reward = column("reward", 1);
    terminated = column("terminated", 1);
    truncated = column("truncated", 1);
    finalObservation = column("final observation", env.finalObservation().columns());
    held = column("held", 1);
    someHeld = device().scalar("some held", 0);
    first = plan(true);
    further = plan(false);
  }

  private Plan plan(boolean first) {
    return device()
        .record(
            step -> {
              var last = env.finalObservation();
              if (first) {
                step.assign(reward, env.reward());
                step.assign(terminated, env.terminated());
                step.assign(truncated, env.truncated());
                step.assign(finalObservation, last);
              } else {
                step.assign(reward, reward.plus(env.reward()));
                step.assign(terminated, terminated.max(env.terminated()));
                step.assign(truncated, truncated.max(env.truncated()));
                step.assign(finalObservation, held.select(finalObservation, last));
              }
              step.assign(held, terminated.max(truncated));
              step.assign(someHeld, held.sum());
            });
  }

  @Override
  public void step() {
    env.step();
    first.enqueue();
    for (int k = 1; k < repeats; k++) {
      if (someHeld.get() == 0) {
        env.step();
      } else {
        inside.step(held);
      }
      further.enqueue();
    }
  }

  @Override
  public void truncate(int i) {
    if (terminated.get(i, 0) == 0 && truncated.get(i, 0) == 0) {
      env.truncate(i);
    }
    truncated.set(i, 0, 1);
  }

  @Override
  void begun() {
    reward.fill(0);
    terminated.fill(0);
    truncated.fill(0);
    finalObservation.write(env.finalObservation().toArray());
  }

  @Override
  public Tensor reward() {
    return reward;
  }

  @Override
  public Tensor terminated() {
    return terminated;
  }

  @Override
  public Tensor truncated() {
    return truncated;
  }

  @Override
  public Tensor finalObservation() {
    return finalObservation;
  }

  @Override
  Map<String, Tensor> tensors() {
    return Map.of(
        "reward", reward,
        "terminated", terminated,
        "truncated", truncated,
        "final_observation", finalObservation);
  }

  @Override
  public void close() {
    first.close();
    further.close();
    super.close();
  }
}
