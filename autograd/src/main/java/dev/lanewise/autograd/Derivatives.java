package dev.lanewise.autograd;

import static dev.lanewise.engine.Tensor.constant;

import dev.lanewise.autograd.Derivative.Flows;
import dev.lanewise.autograd.Derivative.Missing;
import dev.lanewise.autograd.Derivative.Part;
import dev.lanewise.autograd.Derivative.Zero;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Op;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import java.util.function.UnaryOperator;

/**
 * The derivative of every {@link Op}, in one table: with y the output, x an input and g = ∂L/∂y,
 * what is ∂L/∂x? The answers are written with the same tensor operations, so they have derivatives
 * too.
 *
 * <p>Where a function has a kink, the answer is PyTorch's:
 *
 * <ul>
 *   <li>RELU and ABS: 0 at 0.
 *   <li>MIN and MAX with a {@linkplain Op.Constant constant} are bounds, as in torch.clamp: 1 on
 *       the bound. Between two other tensors, as torch.minimum: where both are equal each gets
 *       half.
 *   <li>The maximum along an axis, as torch.amax: equal shares to all that are the largest.
 *   <li>Steps (STEP, SIGN, FLOOR, comparisons, argmax, one-hot): zero everywhere.
 * </ul>
 */
final class Derivatives {
  private static final Derivative ZERO = new Zero();

  private Derivatives() {}

  /** The derivative of {@code y} with respect to {@code y.inputs().get(input)}. */
  static Derivative of(Tensor y, int input) {
    return switch (y.op()) {
      case Op.Map(var f) -> map(f, y.inputs().get(0), y);
      case Op.Zip(var f) -> zip(f, y.inputs().get(input), y.inputs().get(1 - input), y, input == 0);
      case Op.Select() -> select(y.inputs().get(0), input);
      case Op.Reduce(var reduction, var axis) -> reduce(reduction, axis, y.inputs().get(0), y);
      case Op.MatMul() -> matmul(y.inputs().get(1 - input), input == 0);
      case Op.Transpose() -> flows(Derivatives::transposed);
      case Op.Slice(var axis, var from, var to) -> new Part(axis, from, to);
      case Op.Broadcast() -> flows(g -> g);
      case Op.StopGradient() -> ZERO;
      case Op.Concat(var axis) -> concat(axis, y, input);
      case Op.Pick() -> pick(y.inputs().get(0), y.inputs().get(1), input);
      case Op.OneHot() -> ZERO;
      case Op.Gather() -> gather(y.inputs().get(0), y.inputs().get(1), input);
      case Op.Scan() ->
          new Missing("scan() has no derivative; call stopGradient() on its result or its inputs");
      case Op.Integers _ ->
          new Missing("integers() has no derivative; call stopGradient() on its bound");
      case Op.Stored _, Op.Constant _, Op.Uniform _, Op.Normal _ ->
          throw new IllegalArgumentException(y + " has no inputs");
    };
  }

  private static Derivative map(Unary f, Tensor x, Tensor y) {
    return switch (f) {
      case NEGATE -> flows(Tensor::negate);
      case ABS -> flows(g -> g.times(x.map(Unary.SIGN)));
      case SQUARE -> flows(g -> g.times(x).times(2));
      case SQRT -> flows(g -> g.over(y).times(0.5f));
      case RECIPROCAL -> flows(g -> g.times(y.square()).negate());
      case EXP -> flows(g -> g.times(y));
      case LOG -> flows(g -> g.over(x));
      case TANH -> flows(g -> g.times(oneMinus(y.square())));
      case SIGMOID -> flows(g -> g.times(y.times(oneMinus(y))));
      case SOFTPLUS -> flows(g -> g.times(x.sigmoid()));
      case RELU -> flows(g -> g.times(y.map(Unary.STEP)));
      case STEP, SIGN, FLOOR -> ZERO;
      // 1 above 0, eˣ = y + 1 below
      case ELU -> flows(g -> g.times(y.min(constant(0)).plus(1)));
      case SILU -> flows(g -> g.times(silu(x, y)));
      case GELU_TANH -> flows(g -> g.times(geluTanh(x, y)));
      case SIN -> flows(g -> g.times(x.map(Unary.COS)));
      case COS -> flows(g -> g.times(x.map(Unary.SIN)).negate());
    };
  }

  /** y = f(x, other), or f(other, x) if x is not the first. */
  private static Derivative zip(Binary f, Tensor x, Tensor other, Tensor y, boolean first) {
    return switch (f) {
      case ADD -> flows(g -> g);
      case SUBTRACT -> first ? flows(g -> g) : flows(Tensor::negate);
      case MULTIPLY ->
          flows(g -> isOne(g) ? other.broadcast(g.rows(), g.columns()) : g.times(other));
      case DIVIDE -> first ? flows(g -> g.over(other)) : flows(g -> g.times(y).over(x).negate());
      case MIN -> flows(g -> g.times(share(other, x, other)));
      case MAX -> flows(g -> g.times(share(x, other, other)));
      case GREATER, GREATER_EQUAL, EQUAL -> ZERO;
    };
  }

  /** 1 where a &gt; b, 0 where a &lt; b; where a = b, 1 against a constant bound, otherwise ½. */
  private static Tensor share(Tensor a, Tensor b, Tensor other) {
    var notLess = a.greaterEqual(b);
    return other.op() instanceof Op.Constant ? notLess : notLess.plus(a.greater(b)).times(0.5f);
  }

  private static Derivative select(Tensor condition, int input) {
    return switch (input) {
      case 0 -> ZERO;
      case 1 -> flows(g -> condition.select(g, constant(0)));
      default -> flows(g -> condition.select(constant(0), g));
    };
  }

  private static Derivative reduce(Reduction reduction, Axis axis, Tensor x, Tensor y) {
    return switch (reduction) {
      case SUM -> flows(g -> g.broadcast(x.rows(), x.columns()));
      case MAX ->
          flows(
              g -> {
                var largest = x.equal(y);
                return largest.times(g.over(largest.sum(axis)));
              });
      case ARGMAX -> ZERO;
    };
  }

  /** ∂L/∂A = g · Bᵀ, ∂L/∂B = Aᵀ · g */
  private static Derivative matmul(Tensor other, boolean first) {
    return first
        ? flows(g -> g.matmul(transposed(other)))
        : flows(g -> transposed(other).matmul(g));
  }

  /**
   * xᵀ without a copy of a product: (Xᵀ)ᵀ = X and (A · B)ᵀ = Bᵀ · Aᵀ. It makes the gradient of a
   * layer's weight, y = x · Wᵀ, the product gᵀ · x in the shape of W.
   */
  private static Tensor transposed(Tensor x) {
    return switch (x.op()) {
      case Op.Transpose() -> x.inputs().get(0);
      case Op.MatMul() -> transposed(x.inputs().get(1)).matmul(transposed(x.inputs().get(0)));
      default -> x.transpose();
    };
  }

  private static Derivative concat(Axis axis, Tensor y, int input) {
    boolean samples = axis == Axis.SAMPLES;
    int from =
        y.inputs().subList(0, input).stream()
            .mapToInt(samples ? Tensor::rows : Tensor::columns)
            .sum();
    var x = y.inputs().get(input);
    return samples
        ? flows(g -> g.rows(from, from + x.rows()))
        : flows(g -> g.columns(from, from + x.columns()));
  }

  private static Derivative pick(Tensor x, Tensor index, int input) {
    return input == 0
        ? flows(g -> index.oneHot(x.columns()).times(g))
        : new Missing("pick() has no derivative by its index; call stopGradient() on the index");
  }

  /** Row i of y is row index(i) of x, that is y = E · x with E the index as one-hot rows. */
  private static Derivative gather(Tensor x, Tensor index, int input) {
    return input == 0
        ? flows(g -> index.oneHot(x.rows()).transpose().matmul(g))
        : new Missing("gather() has no derivative by its index; call stopGradient() on the index");
  }

  /** With s = sigmoid(x): s + x s (1 - s) = s + y (1 - s) */
  private static Tensor silu(Tensor x, Tensor y) {
    var s = x.sigmoid();
    return s.plus(y.times(oneMinus(s)));
  }

  /**
   * With v = 2 √(2/π) (x + 0.044715 x³) and s = sigmoid(v), y is x s, for ½ (1 + tanh(v/2)) = s; so
   * the derivative is s + y (1 - s) v'.
   */
  private static Tensor geluTanh(Tensor x, Tensor y) {
    double c = 2 * Math.sqrt(2 / Math.PI), cubic = 0.044715;
    var x2 = x.square();
    var s = x2.times((float) (c * cubic)).plus((float) c).times(x).sigmoid();
    var slope = x2.times((float) (3 * c * cubic)).plus((float) c);
    return s.plus(y.times(oneMinus(s)).times(slope));
  }

  private static Tensor oneMinus(Tensor x) {
    return constant(1).minus(x);
  }

  private static boolean isOne(Tensor g) {
    return g.op() instanceof Op.Constant(var value) && value == 1;
  }

  private static Derivative flows(UnaryOperator<Tensor> pullback) {
    return new Flows(pullback);
  }
}
