package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;

/**
 * Between a policy's actions in [-1, 1] and an environment's own bounds, each dimension by itself.
 *
 * @param middle 1 × d: (high + low) / 2
 * @param half 1 × d: (high - low) / 2, and 1 where that is nothing: there the policy's action is 0,
 *     the environment's the one that there is
 * @param low 1 × d: what no action is below, nor by the rounding of middle - half
 * @param high 1 × d: what no action is above
 */
public record ActionScale(Tensor middle, Tensor half, Tensor low, Tensor high) {

  /**
   * @param algorithm for the message
   * @throws IllegalArgumentException if the actions are not a bounded box
   */
  public static ActionScale of(String algorithm, EnvSpec env, Device device) {
    if (!(env.actionSpace() instanceof Space.Box box)) {
      throw new IllegalArgumentException(
          "%s does not fit %s: its actions are %s, but %s needs continuous ones (a Box)"
              .formatted(algorithm, env.id(), env.actionSpace(), algorithm));
    }
    if (!box.isBounded()) {
      throw new IllegalArgumentException(
          "%s does not fit %s: the bounds of %s are not finite; rescale its actions"
              .formatted(algorithm, env.id(), box));
    }
    int d = box.size();
    float[] middle = new float[d], half = new float[d];
    for (int j = 0; j < d; j++) {
      middle[j] = (float) (((double) box.high(j) + box.low(j)) / 2);
      half[j] = box.low(j) == box.high(j) ? 1 : (float) (((double) box.high(j) - box.low(j)) / 2);
    }
    var scale = on(device, d);
    scale.middle.write(middle);
    scale.half.write(half);
    scale.low.write(box.low());
    scale.high.write(box.high());
    return scale;
  }

  private static ActionScale on(Device device, int d) {
    return new ActionScale(
        device.dense("action middle", 1, d),
        device.dense("action half", 1, d),
        device.dense("lowest action", 1, d),
        device.dense("highest action", 1, d));
  }

  /**
   * The scale of a box; for numbered actions, from 0, 1, ... to the space's own numbers.
   *
   * @throws IllegalArgumentException if a box is not bounded
   */
  static ActionScale of(EnvSpec env, Device device) {
    if (env.actionSpace() instanceof Space.Box) {
      return of("this algorithm", env, device);
    }
    var numbers = on(device, env.actionSpace().size());
    numbers.half.fill(1);
    numbers.middle.fill(
        env.actionSpace() instanceof Space.Discrete discrete ? discrete.start() : 0);
    numbers.low.fill(Double.NEGATIVE_INFINITY);
    numbers.high.fill(Double.POSITIVE_INFINITY);
    return numbers;
  }

  /** From [-1, 1] to the environment's bounds, n × d. */
  public Tensor toEnv(Tensor unit) {
    return unit.times(half).plus(middle).max(low).min(high);
  }

  /** From the environment's bounds to [-1, 1], n × d. */
  public Tensor toUnit(Tensor action) {
    return action.minus(middle).over(half);
  }
}
