package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;

/**
 * The distribution over the whole numbers 0, 1, ..., k - 1 with given logarithms of probabilities:
 * a policy over k actions. An action is such a number, in an n × 1 tensor.
 *
 * @param logProbs log p, n × k
 */
public record Categorical(Tensor logProbs) {
  /** The logit of an action that a mask forbids: its probability is 0, its p log p too. */
  private static final float FORBIDDEN = -1e8f;

  /** From logits, n × k: log p = x - max x - log Σ exp(x - max x). */
  public static Categorical of(Tensor logits) {
    var shifted = logits.minus(logits.max(Axis.FEATURES).stopGradient());
    return new Categorical(shifted.minus(shifted.exp().sum(Axis.FEATURES).log()));
  }

  /**
   * From logits, without the actions whose mask is 0.
   *
   * @param mask n × k or 1 × k; a row of zeros only allows all actions alike
   */
  public static Categorical of(Tensor logits, Tensor mask) {
    return of(masked(logits, mask));
  }

  /** Logits, n × k, of which those whose mask is 0 stand for a probability of 0. */
  public static Tensor masked(Tensor logits, Tensor mask) {
    return mask.select(logits, Tensor.constant(FORBIDDEN));
  }

  /** The same distribution, constant as far as derivatives are concerned. */
  public Categorical stopGradient() {
    return new Categorical(logProbs.stopGradient());
  }

  /** p, n × k. */
  public Tensor probabilities() {
    return logProbs.exp();
  }

  /**
   * An action with these probabilities, n × 1, by the Gumbel-max trick: argmax log p - log(-log u).
   *
   * @param uniform u, uniform in (0, 1), n × k
   */
  public Tensor sample(Tensor uniform) {
    return logProbs.minus(uniform.log().negate().log()).argmax(Axis.FEATURES);
  }

  /** The most likely action, the first of equals, n × 1. */
  public Tensor mode() {
    return logProbs.argmax(Axis.FEATURES);
  }

  /** log p(a), n × 1. */
  public Tensor logProb(Tensor action) {
    return logProbs.pick(action);
  }

  /** -Σ p log p, n × 1. */
  public Tensor entropy() {
    return logProbs.exp().times(logProbs).sum(Axis.FEATURES).negate();
  }

  /** The Kullback-Leibler divergence of q from this p, KL(p ‖ q) = Σ p (log p - log q), n × 1. */
  public Tensor kl(Categorical q) {
    return logProbs.exp().times(logProbs.minus(q.logProbs)).sum(Axis.FEATURES);
  }
}
