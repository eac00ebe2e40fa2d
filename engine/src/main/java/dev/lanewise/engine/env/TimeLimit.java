package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Map;

/**
 * Truncates episodes after so many steps of this environment, as Gymnasium's TimeLimit; a limit of
 * the environment inside stays in force. Whole kernels count; environments are looked at one by one
 * only in a step in which some episode reaches the limit.
 */
public final class TimeLimit extends WrappedEnv {
  private final EnvSpec spec;
  private final int limit;
  private final Tensor length;
  private final Tensor reached;
  private final Tensor someReached;
  private final Plan count;

  /**
   * @param maxEpisodeSteps from 1 to 2²⁴
   */
  public TimeLimit(BatchedEnv env, int maxEpisodeSteps) {
    super(env, "time_limit");
    if (maxEpisodeSteps < 1 || maxEpisodeSteps > 1 << 24) {
      throw new IllegalArgumentException("a time limit is 1 to 2^24 steps, not " + maxEpisodeSteps);
    }
    limit = maxEpisodeSteps;
    spec = around(env.spec(), limit);
    length = column("length", 1);
    reached = column("reached", 1);
    someReached = device().scalar("some reached", 0);
    count =
        device()
            .record(
                step -> {
                  var now = length.plus(1);
                  var over = now.greaterEqual(Tensor.constant(limit));
                  step.assign(reached, over);
                  step.assign(someReached, over.sum());
                  step.assign(length, ended(env).select(Tensor.constant(0), now));
                });
  }

  /** The spec of a limited environment. */
  public static EnvSpec around(EnvSpec spec, int maxEpisodeSteps) {
    int inside = spec.maxEpisodeSteps();
    return spec.withMaxEpisodeSteps(
        inside == 0 ? maxEpisodeSteps : Math.min(inside, maxEpisodeSteps));
  }

  @Override
  public EnvSpec spec() {
    return spec;
  }

  @Override
  public void step() {
    env.step();
    count.enqueue();
    if (someReached.get() != 0) {
      for (int i = 0; i < size(); i++) {
        if (reached.get(i, 0) != 0) {
          truncate(i);
        }
      }
    }
  }

  @Override
  void begun() {
    length.fill(0);
  }

  @Override
  void begun(int i) {
    length.set(i, 0, 0);
  }

  @Override
  Map<String, Tensor> tensors() {
    return Map.of("length", length);
  }

  @Override
  public void close() {
    count.close();
    super.close();
  }
}
