package dev.lanewise.kernels;

/** Functions of one number. NaN gives NaN unless it says otherwise. */
public enum Unary {
  /** -x */
  NEGATE,
  /** |x| */
  ABS,
  /** x² */
  SQUARE,
  /** √x; NaN below 0 */
  SQRT,
  /** 1 / x */
  RECIPROCAL,
  /** eˣ; overflows to +∞, underflows to 0 */
  EXP,
  /** ln x; -∞ at 0, NaN below */
  LOG,
  /** tanh x */
  TANH,
  /** 1 / (1 + e⁻ˣ) */
  SIGMOID,
  /** ln(1 + eˣ), without overflow */
  SOFTPLUS,
  /** max(x, 0); NaN gives NaN */
  RELU,
  /** 1 where x &gt; 0, otherwise 0; NaN gives 0 */
  STEP,
  /** -1, 0 or 1; NaN gives NaN */
  SIGN,
  /** x where x &gt; 0, otherwise eˣ - 1 */
  ELU,
  /** x · sigmoid(x) */
  SILU,
  /** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the tanh form of GELU */
  GELU_TANH,
  /** sin x, x in radians; full accuracy for |x| up to 8192, NaN for ±∞ */
  SIN,
  /** cos x, x in radians; full accuracy for |x| up to 8192, NaN for ±∞ */
  COS,
  /** the largest integer not above x */
  FLOOR
}
