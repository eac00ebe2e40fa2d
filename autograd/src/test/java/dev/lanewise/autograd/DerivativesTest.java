package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.autograd.CentralDifference.Expression;
import dev.lanewise.autograd.CentralDifference.Input;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Op;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Every entry of the table of derivatives, twice differentiated, against central differences. */
class DerivativesTest {
  private static final Philox STREAM = new Philox(7, 1);

  private static final Input A = new Input(3, 2, 0.3, -1.2, 2.1, 0.7, -0.4, 1.6);
  private static final Input B = new Input(3, 2, -0.8, 0.5, 1.1, -2.2, 0.9, 0.35);
  private static final Input ROW = new Input(1, 2, 0.6, -1.4);
  private static final Input COLUMN = new Input(3, 1, -0.9, 1.3, 0.45);
  private static final Input ONE = new Input(1, 1, 0.85);
  private static final Input INDEX = new Input(3, 1, 1, 0, 1);
  private static final Input BOUND = new Input(1, 1, 5);
  private static final Input SQUARE = new Input(2, 2, 0.4, -1.1, 0.95, 1.7);
  private static final Input POSITIVE = new Input(2, 3, 0.3, 0.8, 1.4, 2.3, 3.1, 0.55);

  /** Away from 0 and the whole numbers, where some functions have no derivative. */
  private static final Input MIXED = new Input(2, 3, -2.3, -0.6, 0.15, 0.7, 1.4, -1.25);

  record Case(String name, Class<? extends Op> covers, Expression f, Input... inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Case> CASES =
      List.of(
          of("constant", Op.Constant.class, x -> x.get(0).times(1.7f).plus(0.4f).square(), A),
          of("map", Op.Map.class, x -> x.get(0).tanh(), A),
          of("zip", Op.Zip.class, x -> x.get(0).times(x.get(1)), A, B),
          of("stored", Op.Stored.class, x -> x.get(0), A),
          of(
              "select",
              Op.Select.class,
              x -> x.get(0).greater(x.get(1)).select(x.get(0).square(), x.get(1).exp()),
              A,
              B),
          of(
              "select stretched",
              Op.Select.class,
              x -> x.get(0).map(Unary.STEP).select(x.get(1).square(), x.get(2).exp()),
              COLUMN,
              ROW,
              ONE),
          of("sum of samples", Op.Reduce.class, x -> x.get(0).square().sum(Axis.SAMPLES), A),
          of("sum of features", Op.Reduce.class, x -> x.get(0).square().sum(Axis.FEATURES), A),
          of("max of samples", Op.Reduce.class, x -> x.get(0).square().max(Axis.SAMPLES), A),
          of("max of features", Op.Reduce.class, x -> x.get(0).square().max(Axis.FEATURES), A),
          of(
              "argmax",
              Op.Reduce.class,
              x -> x.get(0).argmax(Axis.FEATURES).times(x.get(0).square()),
              A),
          of("matmul", Op.MatMul.class, x -> x.get(0).matmul(x.get(1)), A, SQUARE),
          of(
              "matmul of itself",
              Op.MatMul.class,
              x -> x.get(0).matmul(x.get(0)).matmul(x.get(0)),
              SQUARE),
          of(
              "linear layer",
              Op.MatMul.class,
              x -> x.get(0).matmul(x.get(1).transpose()).plus(x.get(2)).tanh(),
              A,
              SQUARE,
              ROW),
          of(
              "product of transposes",
              Op.Transpose.class,
              x -> x.get(0).transpose().matmul(x.get(1)).transpose().square(),
              A,
              B),
          of("transpose", Op.Transpose.class, x -> x.get(0).square().transpose().exp(), A),
          of(
              "slices that divide up",
              Op.Slice.class,
              x -> x.get(0).square().columns(0, 1).times(x.get(0).square().columns(1, 2)),
              A),
          of(
              "slices that overlap",
              Op.Slice.class,
              x -> {
                var y = x.get(0).square();
                return y.rows(0, 2).times(y.rows(1, 3)).plus(y.rows(1, 2));
              },
              A),
          of(
              "slices of both axes and the whole",
              Op.Slice.class,
              x -> {
                var y = x.get(0).exp();
                return y.times(y.rows(1, 2)).times(y.columns(1, 2));
              },
              A),
          of("broadcast", Op.Broadcast.class, x -> x.get(0).square().broadcast(4, 2).exp(), ROW),
          of("broadcast one", Op.Broadcast.class, x -> x.get(0).exp().broadcast(4, 3), ONE),
          of(
              "concat along samples",
              Op.Concat.class,
              x -> Tensor.concat(Axis.SAMPLES, x.get(0), x.get(1), x.get(0)).square(),
              A,
              ROW),
          of(
              "concat along features",
              Op.Concat.class,
              x -> Tensor.concat(Axis.FEATURES, x.get(1), x.get(0)).square(),
              A,
              COLUMN),
          of("pick", Op.Pick.class, x -> x.get(0).square().pick(indices(x.get(0))), A),
          of(
              "one-hot",
              Op.OneHot.class,
              x -> indices(x.get(0)).oneHot(2).times(x.get(0).square()),
              A),
          of("gather", Op.Gather.class, x -> x.get(0).square().gather(indices(x.get(0))), A),
          of("uniform", Op.Uniform.class, x -> x.get(0).times(Tensor.uniform(STREAM, 3, 2)), A),
          of(
              "normal",
              Op.Normal.class,
              x -> x.get(0).square().times(Tensor.normal(STREAM, 3, 2)),
              A),
          of(
              "integers",
              Op.Integers.class,
              x -> x.get(0).exp().times(Tensor.integers(STREAM, Tensor.constant(9), 3, 2)),
              A));

  /** Entries whose derivative is missing or zero on purpose, checked by tests of their own. */
  private static final Set<Class<? extends Op>> ELSEWHERE =
      Set.of(Op.StopGradient.class, Op.Scan.class);

  private static Case of(String name, Class<? extends Op> covers, Expression f, Input... inputs) {
    return new Case(name, covers, f, inputs);
  }

  /** 0 or 1 for each row of x. */
  private static Tensor indices(Tensor x) {
    return x.columns(0, 1).map(Unary.STEP);
  }

  @ParameterizedTest
  @FieldSource("CASES")
  void operations(Case c) {
    var y = CentralDifference.check(c.f(), () -> STREAM.seek(0), c.inputs());
    assertThat(operationsIn(y)).contains(c.covers());
  }

  @Test
  void everyOperationHasACase() {
    var covered = new HashSet<Class<?>>(ELSEWHERE);
    CASES.forEach(c -> covered.add(c.covers()));
    assertThat(covered).containsExactlyInAnyOrder(Op.class.getPermittedSubclasses());
  }

  private static Set<Class<? extends Op>> operationsIn(Tensor y) {
    var found = new HashSet<Class<? extends Op>>();
    found.add(y.op().getClass());
    y.inputs().forEach(x -> found.addAll(operationsIn(x)));
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfOne(Unary f) {
    var input =
        switch (f) {
          case SQRT, LOG -> POSITIVE;
          case NEGATE,
              ABS,
              SQUARE,
              RECIPROCAL,
              EXP,
              TANH,
              SIGMOID,
              SOFTPLUS,
              RELU,
              STEP,
              SIGN,
              ELU,
              SILU,
              GELU_TANH,
              SIN,
              COS,
              FLOOR ->
              MIXED;
        };
    CentralDifference.check(x -> x.get(0).map(f), () -> {}, input);
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfTwo(Binary f) {
    for (var b : List.of(B, ROW, COLUMN, ONE)) {
      CentralDifference.check(x -> x.get(0).zip(f, x.get(1)), () -> {}, A, b);
      CentralDifference.check(x -> x.get(1).zip(f, x.get(0)), () -> {}, A, b);
    }
    CentralDifference.check(x -> x.get(0).zip(f, x.get(1)), () -> {}, ROW, COLUMN);
    CentralDifference.check(x -> x.get(0).zip(f, x.get(0).times(0.3f).plus(0.7f)), () -> {}, MIXED);
  }

  @ParameterizedTest
  @EnumSource
  void reductions(Reduction reduction) {
    for (var axis : Axis.values()) {
      CentralDifference.check(x -> x.get(0).exp().reduce(reduction, axis), () -> {}, A);
    }
  }

  @Test
  void composed() {
    var weight = new Input(2, 2, 0.3, 0.9, -0.5, 0.2);
    CentralDifference.check(
        x -> Categorical.of(x.get(0).matmul(x.get(1))).entropy(), () -> {}, A, weight);
    CentralDifference.check(
        x -> new LayerNorm(x.get(1), x.get(2)).forward(x.get(0)),
        () -> {},
        MIXED,
        new Input(1, 3, 0.9, 1.2, 0.7),
        new Input(1, 3, 0.1, -0.2, 0.3));
    CentralDifference.check(
        x -> {
          var sample = SquashedGaussian.of(x.get(0)).sample(x.get(1));
          return Tensor.concat(Axis.FEATURES, sample.action(), sample.logProb());
        },
        () -> {},
        A,
        COLUMN);
    CentralDifference.check(
        x -> new DiagonalGaussian(x.get(0), x.get(1)).kl(new DiagonalGaussian(x.get(2), x.get(0))),
        () -> {},
        A,
        ROW,
        B);
  }

  // --- the conventions at kinks

  @Test
  void clampHasDerivativeOneOnItsBounds() {
    assertThat(gradient(x -> x.clamp(-1, 1), -2, -1, 0, 1, 2)).containsExactly(0, 1, 1, 1, 0);
  }

  @Test
  void maximumAndMinimumOfEqualTensorsShareTheGradient() {
    try (var device = Device.reference()) {
      var a = CentralDifference.stored(device, new Input(1, 3, 1, 2, 3));
      var b = CentralDifference.stored(device, new Input(1, 3, 3, 2, 1));
      var max = Gradients.of(a.max(b).sum(), List.of(a, b));
      assertThat(device.evaluate(max.get(0))).containsExactly(0, 0.5f, 1);
      assertThat(device.evaluate(max.get(1))).containsExactly(1, 0.5f, 0);
      var min = Gradients.of(a.min(b).sum(), List.of(a, b));
      assertThat(device.evaluate(min.get(0))).containsExactly(1, 0.5f, 0);
      assertThat(device.evaluate(min.get(1))).containsExactly(0, 0.5f, 1);
    }
  }

  @Test
  void maximumAlongAnAxisSharesTheGradientAmongEquals() {
    assertThat(gradient(x -> x.max(Axis.FEATURES), 3, 1, 3, 2)).containsExactly(0.5f, 0, 0.5f, 0);
  }

  @Test
  void reluAndAbsHaveDerivativeZeroAtZero() {
    assertThat(gradient(Tensor::relu, -1, 0, 1)).containsExactly(0, 0, 1);
    assertThat(gradient(Tensor::abs, -1, 0, 1)).containsExactly(-1, 0, 1);
  }

  @Test
  void stepsHaveDerivativeZero() {
    assertThat(gradient(x -> x.map(Unary.FLOOR), 0.5, 1)).containsExactly(0, 0);
    assertThat(gradient(x -> x.greater(Tensor.constant(0)), 0, 1)).containsExactly(0, 0);
    assertThat(gradient(x -> x.transpose().oneHot(3), 0, 1)).containsExactly(0, 0);
  }

  @Test
  void stopGradientStops() {
    assertThat(gradient(x -> x.times(x.stopGradient()), 2, 3)).containsExactly(2, 3);
  }

  private static float[] gradient(UnaryOperator<Tensor> f, double... at) {
    try (var device = Device.reference()) {
      var x = CentralDifference.stored(device, new Input(1, at.length, at));
      return device.evaluate(Gradients.of(f.apply(x).sum(), List.of(x)).getFirst());
    }
  }

  // --- what has no derivative says so

  static final List<Case> MISSING =
      List.of(
          of("scan", Op.Scan.class, x -> x.get(0).scan(x.get(1)), A, B),
          of("integers", Op.Integers.class, x -> Tensor.integers(STREAM, x.get(0), 2, 2), BOUND),
          of("pick", Op.Pick.class, x -> x.get(0).pick(x.get(1)), A, INDEX),
          of("gather", Op.Gather.class, x -> x.get(0).gather(x.get(1)), A, INDEX));

  @ParameterizedTest
  @FieldSource("MISSING")
  void missingDerivativesAreOneSentence(Case c) {
    try (var device = Device.reference()) {
      var x = Stream.of(c.inputs()).map(i -> CentralDifference.stored(device, i)).toList();
      var loss = c.f().apply(x).sum();
      assertThatThrownBy(() -> Gradients.of(loss, x))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageMatching(
              c.name() + "\\(\\) has no derivative.*; call stopGradient\\(\\) on .*");
      var other = device.dense("other", 1, 1);
      assertThat(device.evaluate(Gradients.of(loss.times(other), List.of(other)).getFirst()))
          .hasSize(1);
    }
  }
}
