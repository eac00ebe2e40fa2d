package dev.lanewise.autograd;

/** {@link Adam} with decoupled weight decay, by PyTorch's default 0.01. */
public final class AdamW {
  private static final float WEIGHT_DECAY = 0.01f;

  private AdamW() {}

  /** PyTorch's defaults, no clipping. */
  public static Adam of(Parameters parameters, double learningRate) {
    return of(parameters, Schedule.constant(learningRate), WEIGHT_DECAY, ClipByGlobalNorm.NONE);
  }

  public static Adam of(
      Parameters parameters, Schedule learningRate, float weightDecay, ClipByGlobalNorm clip) {
    return Adam.of(parameters, learningRate, Adam.Config.defaults().weightDecay(weightDecay), clip);
  }
}
