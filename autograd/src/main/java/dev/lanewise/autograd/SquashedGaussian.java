package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Tensor;

/**
 * The distribution of a = tanh(u), u normal with independent components: a policy on (-1, 1)
 * (Haarnoja et al. 2018, arXiv:1812.05905, appendix C).
 *
 * @param mean of u, n × d
 * @param logStd logarithm of u's standard deviation, n × d
 */
public record SquashedGaussian(Tensor mean, Tensor logStd) {
  /** The bounds of the logarithm of the standard deviation. */
  public static final float MIN_LOG_STD = -20, MAX_LOG_STD = 2;

  /**
   * An action and the logarithm of its density.
   *
   * @param action n × d
   * @param logProb n × 1
   */
  public record Sample(Tensor action, Tensor logProb) {}

  /** From a network's output, n × 2d: the mean, then the logarithm of the standard deviation. */
  public static SquashedGaussian of(Tensor output) {
    int d = output.columns() / 2;
    if (output.columns() != 2 * d) {
      throw new ShapeException(
          "a squashed Gaussian needs mean and log_std side by side, not " + output.shape());
    }
    return new SquashedGaussian(
        output.columns(0, d), output.columns(d, 2 * d).clamp(MIN_LOG_STD, MAX_LOG_STD));
  }

  /**
   * Reparameterised: u = μ + σ ε. Its density (appendix C, eq. 26), with 1 - tanh² u written
   * without cancellation as log(1 - tanh² u) = 2 (log 2 - u - softplus(-2u)):
   *
   * <pre>
   * log π(a) = Σ -½ ε² - log σ - ½ log 2π - 2 (log 2 - u - softplus(-2u))
   * </pre>
   *
   * @param noise ε, standard normal, n × d
   */
  public Sample sample(Tensor noise) {
    var u = mean.plus(logStd.exp().times(noise));
    float constants = (float) (-0.5 * Math.log(2 * Math.PI) - 2 * Math.log(2));
    var logProb =
        noise
            .square()
            .times(-0.5f)
            .minus(logStd)
            .plus(u.plus(u.times(-2).softplus()).times(2))
            .plus(constants)
            .sum(Axis.FEATURES);
    return new Sample(u.tanh(), logProb);
  }

  /** tanh μ, n × d: the action without noise. */
  public Tensor mode() {
    return mean.tanh();
  }
}
