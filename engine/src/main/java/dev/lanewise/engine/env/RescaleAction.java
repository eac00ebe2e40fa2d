package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;

/**
 * Actions in [-1, 1], which the environment inside gets stretched to bounds: low + (a + 1) / 2 ·
 * (high - low), in each dimension. An action outside [-1, 1] lands as far outside the bounds.
 */
public final class RescaleAction extends WrappedEnv {
  private final EnvSpec spec;
  private final Tensor action;
  private final Plan rescale;

  /** To the bounds of the environment's own actions. */
  public RescaleAction(BatchedEnv env) {
    this(env, box(env));
  }

  /**
   * To other bounds.
   *
   * @throws IllegalArgumentException if actions are not a {@link Space.Box}, or the bounds are
   *     infinite or of another size
   */
  public RescaleAction(BatchedEnv env, Space.Box bounds) {
    super(env, "rescale_action");
    int d = box(env).size();
    if (!bounds.isBounded() || bounds.size() != d) {
      throw new IllegalArgumentException(
          "the %d actions of %s cannot be rescaled to %s: give %d finite bounds"
              .formatted(d, env.spec().id(), bounds, d));
    }
    spec = env.spec().withActions(Space.Box.of(d, -1, 1));
    action = column("action", d);
    var half = device().dense("half the range", 1, d);
    var middle = device().dense("middle of the range", 1, d);
    for (int j = 0; j < d; j++) {
      half.set(0, j, ((double) bounds.high(j) - bounds.low(j)) / 2);
      middle.set(0, j, ((double) bounds.high(j) + bounds.low(j)) / 2);
    }
    rescale = device().record(step -> step.assign(env.action(), action.times(half).plus(middle)));
  }

  private static Space.Box box(BatchedEnv env) {
    if (env.spec().actionSpace() instanceof Space.Box box) {
      return box;
    }
    throw new IllegalArgumentException(
        "the actions of %s are %s; only those of a Box can be rescaled"
            .formatted(env.spec().id(), env.spec().actionSpace()));
  }

  @Override
  public void step() {
    rescale.enqueue();
    env.step();
  }

  @Override
  public EnvSpec spec() {
    return spec;
  }

  @Override
  public Tensor action() {
    return action;
  }

  @Override
  public void close() {
    rescale.close();
    super.close();
  }
}
