package dev.lanewise.autograd;

import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.Update;

/** Gradient descent with momentum, as torch.optim.SGD: v ← μ v + g, θ ← θ - α v. */
public final class SgdMomentum extends Optimizer {
  private final float momentum;
  private final Tensor velocity = keep("velocity");

  private SgdMomentum(
      Parameters parameters, Schedule learningRate, float momentum, ClipByGlobalNorm clip) {
    super(parameters, learningRate, clip);
    this.momentum = momentum;
  }

  /** Momentum μ = 0.9, no clipping. */
  public static SgdMomentum of(Parameters parameters, double learningRate) {
    return of(parameters, Schedule.constant(learningRate), 0.9f, ClipByGlobalNorm.NONE);
  }

  /** With momentum μ; 0 is plain gradient descent. */
  public static SgdMomentum of(
      Parameters parameters, Schedule learningRate, float momentum, ClipByGlobalNorm clip) {
    return new SgdMomentum(parameters, learningRate, momentum, clip);
  }

  @Override
  void update(Step step, Tensor parameter, Tensor gradient, Tensor learningRate) {
    step.update(new Update.Sgd(parameter, gradient, velocity, learningRate, momentum));
  }
}
