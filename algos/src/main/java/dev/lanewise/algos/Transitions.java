package dev.lanewise.algos;

import dev.lanewise.engine.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A batch of n transitions, a row each: of one step, or of h steps of the same episode (Sutton and
 * Barto 2018, chapter 7).
 *
 * @param obs n × observation size: s
 * @param action n × action size, as the environment took it: the first of the h
 * @param reward n × 1: r₀ + γ r₁ + ... + γʰ⁻¹ rₕ₋₁
 * @param nextObs n × observation size: s' after h steps, of the same episode, also where it ended
 * @param terminated n × 1: 1 where there is no future after s', otherwise 0
 * @param truncated n × 1: 1 where the future after s' was cut off, otherwise 0
 * @param discount n × 1: γʰ (1 - terminated), what the value of s' counts
 * @param weight n × 1: how much the errors here count, against the bias of prioritised draws; empty
 *     if all count the same
 */
public record Transitions(
    Tensor obs,
    Tensor action,
    Tensor reward,
    Tensor nextObs,
    Tensor terminated,
    Tensor truncated,
    Tensor discount,
    Optional<Tensor> weight) {

  /**
   * y = r + γʰ (1 - terminated) V(s'), n × 1, constant as far as derivatives are concerned.
   *
   * @param value V of the next observations, n × 1
   */
  public Tensor bootstrapped(Tensor value) {
    return reward.plus(discount.times(value)).stopGradient();
  }

  /**
   * The weighted mean of each critic's squared errors, all critics together, 1 × 1.
   *
   * @param errors Q(s, a) - y of every critic, n × 1 each
   */
  public Tensor squaredError(List<Tensor> errors) {
    return errors.stream().map(this::squaredError).reduce(Tensor::plus).orElseThrow();
  }

  private Tensor squaredError(Tensor error) {
    var square = error.square();
    return weight.map(square::times).orElse(square).mean();
  }
}
