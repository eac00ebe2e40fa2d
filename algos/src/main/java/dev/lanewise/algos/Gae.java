package dev.lanewise.algos;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;

/**
 * Generalised advantage estimation (Schulman et al. 2016, arXiv:1506.02438, eq. 16), over T steps
 * of N environments, a row a step:
 *
 * <pre>
 * δ(t) = r(t) + γ (1 - terminated(t)) V(next(t)) - V(t)
 * A(t) = δ(t) + γ λ (1 - terminated(t)) (1 - truncated(t)) A(t + 1)
 * </pre>
 *
 * <p>What comes next is the final observation where an episode was truncated: its future is
 * bootstrapped, not taken from the next episode.
 *
 * @param advantages A, T × N
 * @param returns A + V, T × N: what a value function should have said
 */
public record Gae(Tensor advantages, Tensor returns) {

  /**
   * Records the estimate.
   *
   * @param reward T × N
   * @param value V of the observation that each step began with, T × N
   * @param lastValue V of the observation after the last step, 1 × N
   * @param finalValue V of the final observation where truncated, T × N; elsewhere not used
   * @param terminated T × N: 1 where there is no future, otherwise 0
   * @param truncated T × N: 1 where the future was cut off, otherwise 0
   */
  public static Gae of(
      Tensor reward,
      Tensor value,
      Tensor lastValue,
      Tensor finalValue,
      Tensor terminated,
      Tensor truncated,
      float gamma,
      float lambda) {
    int steps = value.rows();
    var following =
        steps == 1 ? lastValue : Tensor.concat(Axis.SAMPLES, value.rows(1, steps), lastValue);
    var next = truncated.select(finalValue, following);
    var alive = terminated.negate().plus(1);
    var delta = reward.plus(alive.times(gamma).times(next)).minus(value);
    var goesOn = alive.times(truncated.negate().plus(1));
    var advantages = delta.scan(goesOn.times(gamma * lambda));
    return new Gae(advantages, advantages.plus(value));
  }
}
