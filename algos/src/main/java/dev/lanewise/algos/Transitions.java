package dev.lanewise.algos;

import dev.lanewise.engine.Tensor;

/**
 * A batch of n transitions, a row each.
 *
 * @param obs n × observation size
 * @param action n × action size, as the environment took it
 * @param reward n × 1
 * @param nextObs n × observation size: of the same episode, also where it ended
 * @param terminated n × 1: 1 where there is no future, otherwise 0
 * @param truncated n × 1: 1 where the future was cut off, otherwise 0
 */
public record Transitions(
    Tensor obs, Tensor action, Tensor reward, Tensor nextObs, Tensor terminated, Tensor truncated) {

  /** 1 where there is a future to bootstrap from, whether or not it was played: n × 1. */
  public Tensor alive() {
    return terminated.negate().plus(1);
  }

  /**
   * y = r + γ (1 - terminated) V(s'), n × 1, constant as far as derivatives are concerned.
   *
   * @param value V of the next observations, n × 1
   */
  public Tensor bootstrapped(float gamma, Tensor value) {
    return reward.plus(alive().times(gamma).times(value)).stopGradient();
  }
}
