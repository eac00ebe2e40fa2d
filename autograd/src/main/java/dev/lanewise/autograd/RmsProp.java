package dev.lanewise.autograd;

import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.Update;

/**
 * RMSProp (Tieleman and Hinton 2012, lecture 6.5): v ← ρ v + (1 - ρ) g², θ ← θ - α g / (√v + ε).
 */
public final class RmsProp extends Optimizer {

  /**
   * Settings with PyTorch's names and defaults.
   *
   * @param alpha ρ, how much of the mean square is kept
   * @param eps ε
   */
  public record Config(float alpha, float eps) {

    /** 0.99, 1e-8 */
    public static Config defaults() {
      return new Config(0.99f, 1e-8f);
    }
  }

  private final Config config;
  private final Tensor secondMoment = keep("second_moment");

  private RmsProp(
      Parameters parameters, Schedule learningRate, Config config, ClipByGlobalNorm clip) {
    super(parameters, learningRate, clip);
    this.config = config;
  }

  /** PyTorch's defaults, no clipping. */
  public static RmsProp of(Parameters parameters, double learningRate) {
    return of(
        parameters, Schedule.constant(learningRate), Config.defaults(), ClipByGlobalNorm.NONE);
  }

  public static RmsProp of(
      Parameters parameters, Schedule learningRate, Config config, ClipByGlobalNorm clip) {
    return new RmsProp(parameters, learningRate, config, clip);
  }

  @Override
  void update(Step step, Tensor parameter, Tensor gradient, Tensor learningRate) {
    step.update(
        new Update.RmsProp(
            parameter, gradient, secondMoment, learningRate, config.alpha(), config.eps()));
  }
}
