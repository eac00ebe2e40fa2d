package dev.lanewise.autograd;

import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Tensor;

/** Distances between a prediction and a target of the same shape, as 1 × 1. */
public final class Losses {

  private Losses() {}

  /** The mean squared error, of (y - target)². */
  public static Tensor mse(Tensor y, Tensor target) {
    return error(y, target).square().mean();
  }

  /**
   * The mean of ½ e² where |e| = |y - target| is at most δ, otherwise δ (|e| - ½ δ) (Huber 1964; as
   * torch.nn.HuberLoss). With c = min(|e|, δ) both are c (|e| - ½ c).
   */
  public static Tensor huber(Tensor y, Tensor target, float delta) {
    var error = error(y, target).abs();
    var c = error.min(Tensor.constant(delta));
    return c.times(error.minus(c.times(0.5f))).mean();
  }

  private static Tensor error(Tensor y, Tensor target) {
    if (y.rows() != target.rows() || y.columns() != target.columns()) {
      throw new ShapeException(
          "the prediction is %s but the target %s".formatted(y.shape(), target.shape()));
    }
    return y.minus(target);
  }
}
