package dev.lanewise.autograd;

import dev.lanewise.engine.Tensor;

/**
 * Limits the Euclidean norm of all gradients together (Pascanu et al. 2013), with PyTorch's
 * coefficient (torch.nn.utils.clip_grad_norm_): g ← g · min(1, max / (‖g‖ + 1e-6)).
 *
 * @param max the largest norm; infinite for no limit
 */
public record ClipByGlobalNorm(float max) {
  /** No limit. */
  public static final ClipByGlobalNorm NONE = new ClipByGlobalNorm(Float.POSITIVE_INFINITY);

  public ClipByGlobalNorm {
    if (!(max > 0)) {
      throw new IllegalArgumentException("a gradient is clipped to a norm above 0, not " + max);
    }
  }

  /** The clipped gradients; the very same tensor if there is no limit. */
  public Tensor clip(Tensor gradients) {
    if (max == Float.POSITIVE_INFINITY) {
      return gradients;
    }
    return gradients.times(
        Tensor.constant(max).over(norm(gradients).plus(1e-6f)).min(Tensor.constant(1)));
  }

  /** √(Σ g²), 1 × 1. */
  public static Tensor norm(Tensor gradients) {
    return gradients.square().sum().sqrt();
  }
}
