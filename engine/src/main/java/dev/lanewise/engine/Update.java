package dev.lanewise.engine;

/** Changes of stored tensors in place, recorded with {@link Step#update}. */
public sealed interface Update {

  /**
   * See {@code Kernels.Adam}. All but the last two of the tensors are one row of equal length; the
   * last two are 1 × 1.
   */
  record Adam(
      Tensor parameter,
      Tensor gradient,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor stepCount,
      Tensor learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay)
      implements Update {}

  /** See {@code Kernels.RmsProp}. */
  record RmsProp(
      Tensor parameter,
      Tensor gradient,
      Tensor secondMoment,
      Tensor learningRate,
      float decay,
      float epsilon)
      implements Update {}

  /** See {@code Kernels.Sgd}. */
  record Sgd(
      Tensor parameter, Tensor gradient, Tensor velocity, Tensor learningRate, float momentum)
      implements Update {}

  /**
   * The rows of values, n × d, are written over the rows of the target, m × d, whose numbers are in
   * index, n × 1. Of equal numbers the last counts.
   */
  record Scatter(Tensor values, Tensor index, Tensor target) implements Update {}

  /** target ← target + tau (source - target) */
  record Lerp(Tensor source, Tensor target, float tau) implements Update {}
}
