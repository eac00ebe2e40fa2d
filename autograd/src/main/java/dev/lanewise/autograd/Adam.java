package dev.lanewise.autograd;

import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.Update;

/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1), and with a weight decay AdamW
 * (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2):
 *
 * <pre>
 * θ ← θ (1 - α λ)
 * m ← β₁ m + (1 - β₁) g,  v ← β₂ v + (1 - β₂) g²
 * θ ← θ - α / (1 - β₁ᵗ) · m / (√(v / (1 - β₂ᵗ)) + ε)
 * </pre>
 */
public final class Adam extends Optimizer {

  /**
   * Settings with PyTorch's names and defaults.
   *
   * @param beta1 β₁
   * @param beta2 β₂
   * @param eps ε
   * @param weightDecay λ
   */
  public record Config(float beta1, float beta2, float eps, float weightDecay) {

    /** 0.9, 0.999, 1e-8, no weight decay. */
    public static Config defaults() {
      return new Config(0.9f, 0.999f, 1e-8f, 0);
    }

    public Config eps(float other) {
      return new Config(beta1, beta2, other, weightDecay);
    }

    public Config weightDecay(float other) {
      return new Config(beta1, beta2, eps, other);
    }
  }

  private final Config config;
  private final Tensor firstMoment = keep("first_moment");
  private final Tensor secondMoment = keep("second_moment");
  private final Tensor stepCount = keepScalar("step");

  private Adam(Parameters parameters, Schedule learningRate, Config config, ClipByGlobalNorm clip) {
    super(parameters, learningRate, clip);
    this.config = config;
  }

  /** PyTorch's defaults, no clipping. */
  public static Adam of(Parameters parameters, double learningRate) {
    return of(parameters, Schedule.constant(learningRate));
  }

  /** The same with a learning rate that follows {@link #anneal}. */
  public static Adam of(Parameters parameters, Schedule learningRate) {
    return of(parameters, learningRate, Config.defaults(), ClipByGlobalNorm.NONE);
  }

  public static Adam of(
      Parameters parameters, Schedule learningRate, Config config, ClipByGlobalNorm clip) {
    return new Adam(parameters, learningRate, config, clip);
  }

  @Override
  void update(Step step, Tensor parameter, Tensor gradient, Tensor learningRate) {
    step.assign(stepCount, stepCount.plus(1));
    step.update(
        new Update.Adam(
            parameter,
            gradient,
            firstMoment,
            secondMoment,
            stepCount,
            learningRate,
            config.beta1(),
            config.beta2(),
            config.eps(),
            config.weightDecay()));
  }
}
