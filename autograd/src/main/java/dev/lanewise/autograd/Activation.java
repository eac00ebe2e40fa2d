package dev.lanewise.autograd;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Unary;

/** Functions between the layers of a network. */
public enum Activation {
  /** max(x, 0) */
  RELU,
  TANH,
  /** x where x &gt; 0, otherwise eˣ - 1 */
  ELU,
  /** x · sigmoid(x) */
  SILU,
  /** The tanh form of GELU, as torch.nn.GELU(approximate="tanh"). */
  GELU_TANH,
  SIGMOID,
  /** ln(1 + eˣ) */
  SOFTPLUS,
  /** x */
  IDENTITY;

  public Tensor apply(Tensor x) {
    return switch (this) {
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case ELU -> x.map(Unary.ELU);
      case SILU -> x.map(Unary.SILU);
      case GELU_TANH -> x.map(Unary.GELU_TANH);
      case SIGMOID -> x.sigmoid();
      case SOFTPLUS -> x.softplus();
      case IDENTITY -> x;
    };
  }
}
