package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;

/**
 * The normal distribution with independent components: a policy on all of ℝᵈ.
 *
 * @param mean n × d
 * @param logStd logarithm of the standard deviation, n × d, or 1 × d for the same in every state
 */
public record DiagonalGaussian(Tensor mean, Tensor logStd) {
  private static final double HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);

  /** The same distribution, constant as far as derivatives are concerned. */
  public DiagonalGaussian stopGradient() {
    return new DiagonalGaussian(mean.stopGradient(), logStd.stopGradient());
  }

  /** μ + σ ε, n × d, with ε standard normal, n × d; its gradient goes to μ and σ. */
  public Tensor sample(Tensor noise) {
    return mean.plus(logStd.exp().times(noise));
  }

  /** The most likely action, μ. */
  public Tensor mode() {
    return mean;
  }

  /** log p(a) = Σ -½ ((a - μ) / σ)² - log σ - ½ log 2π, n × 1. */
  public Tensor logProb(Tensor action) {
    return action
        .minus(mean)
        .times(logStd.negate().exp())
        .square()
        .times(-0.5f)
        .minus(logStd)
        .plus((float) -HALF_LOG_2_PI)
        .sum(Axis.FEATURES);
  }

  /** Σ log σ + ½ + ½ log 2π, n × 1. */
  public Tensor entropy() {
    return logStd.plus((float) (0.5 + HALF_LOG_2_PI)).sum(Axis.FEATURES).broadcast(mean.rows(), 1);
  }

  /**
   * The Kullback-Leibler divergence of q from this p, KL(p ‖ q) = Σ log σ_q - log σ_p + ½ (σ_p² +
   * (μ_p - μ_q)²) / σ_q² - ½, n × 1.
   */
  public Tensor kl(DiagonalGaussian q) {
    var precision = q.logStd.times(-2).exp();
    return mean.minus(q.mean)
        .square()
        .plus(logStd.times(2).exp())
        .times(precision)
        .times(0.5f)
        .plus(q.logStd.minus(logStd))
        .minus(0.5f)
        .sum(Axis.FEATURES);
  }
}
