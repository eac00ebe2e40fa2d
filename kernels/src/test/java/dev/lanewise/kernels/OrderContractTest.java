package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bits do not depend on the vector width, nor on the part of the work that a call does: orders of
 * summation are the documented ones, and parts put together are the whole.
 */
@ParameterizedClass(autoCloseArguments = false)
@MethodSource("dev.lanewise.kernels.Backends#all")
class OrderContractTest {
  private static final Shape SHAPE = new Shape(11, 150);
  private static final int[][] CUTS = {{0, 1, 150}, {0, 37, 64, 150}, {0, 16, 33, 96, 149, 150}};
  private static final int[][] ROW_CUTS = {{0, 1, 11}, {0, 4, 6, 7, 11}};

  private final Backend backend;

  OrderContractTest(Backend backend) {
    this.backend = backend;
  }

  /** A kernel on the lanes [from, to), or the rows, of what it writes. */
  private interface Part {
    Call bind(Trial.Side on, int from, int to);
  }

  private static void wholeEqualsParts(
      String what, Trial trial, Operand y, int[][] cuts, Part kernel) {
    int size = cuts[0][cuts[0].length - 1];
    trial.run(on -> kernel.bind(on, 0, size));
    float[] whole = trial.values(y);
    for (int[] cut : cuts) {
      trial.reset();
      for (int p = 1; p < cut.length; p++) {
        int from = cut[p - 1], to = cut[p];
        trial.run(on -> kernel.bind(on, from, to));
      }
      assertThat(trial.values(y)).as("%s in parts %s", what, cut).isEqualTo(whole);
      trial.assertUntouched(what, y);
    }
  }

  private static View stretched(View x) {
    return x.broadcast(SHAPE.rows(), SHAPE.lanes());
  }

  @Test
  void elementwiseInParts() {
    for (Unary f : Unary.values()) {
      try (var trial = new Trial(backend)) {
        var x = trial.in(SHAPE, Layout.ODD, Values.normal(SHAPE, 1));
        var y = trial.out(SHAPE, Layout.PADDED);
        wholeEqualsParts(
            f + " by lanes",
            trial,
            y,
            CUTS,
            (on, from, to) ->
                on.kernels().map(f, on.view(x).lanes(from, to), on.view(y).lanes(from, to)));
        wholeEqualsParts(
            f + " by rows",
            trial,
            y,
            ROW_CUTS,
            (on, from, to) ->
                on.kernels().map(f, on.view(x).rows(from, to), on.view(y).rows(from, to)));
      }
    }
    try (var trial = new Trial(backend)) {
      var a = trial.in(SHAPE, Layout.ODD, Values.normal(SHAPE, 1));
      var b = trial.in(new Shape(SHAPE.rows(), 1), Layout.ODD, Values.normal(SHAPE.rows(), 2));
      var y = trial.out(SHAPE, Layout.TIGHT);
      wholeEqualsParts(
          "division by lanes",
          trial,
          y,
          CUTS,
          (on, from, to) ->
              on.kernels()
                  .zip(
                      Binary.DIVIDE,
                      on.view(a).lanes(from, to),
                      stretched(on.view(b)).lanes(from, to),
                      on.view(y).lanes(from, to)));
    }
  }

  @Test
  void scanInParts() {
    try (var trial = new Trial(backend)) {
      var a = trial.in(SHAPE, Layout.ODD, Values.normal(SHAPE, 1));
      var b = trial.in(SHAPE, Layout.TIGHT, Values.normal(SHAPE, 2));
      var y = trial.out(SHAPE, Layout.PADDED);
      wholeEqualsParts(
          "scan",
          trial,
          y,
          CUTS,
          (on, from, to) ->
              on.kernels()
                  .scan(
                      on.view(a).lanes(from, to),
                      on.view(b).lanes(from, to),
                      on.view(y).lanes(from, to)));
    }
  }

  @Test
  void sumsOfRowsInParts() {
    try (var trial = new Trial(backend)) {
      var x = trial.in(SHAPE, Layout.ODD, Values.normal(SHAPE, 1));
      var y = trial.out(new Shape(1, SHAPE.lanes()), Layout.PADDED);
      wholeEqualsParts(
          "sum of rows",
          trial,
          y,
          CUTS,
          (on, from, to) ->
              on.kernels()
                  .reduceRows(
                      Reduction.SUM, on.view(x).lanes(from, to), on.view(y).lanes(from, to)));
    }
  }

  @Test
  void randomNumbersInParts() {
    var draw = new Draw(new Philox(5, 6), 2, SHAPE.lanes(), 0, 0);
    inParts("uniform", (kernels, bound) -> kernels::uniform, draw);
    inParts("normal", (kernels, bound) -> kernels::normal, draw);
    inParts("integers", (kernels, bound) -> (part, y) -> kernels.integers(part, bound, y), draw);
  }

  private void inParts(
      String what, BiFunction<Kernels, View, BiFunction<Draw, View, Call>> random, Draw draw) {
    try (var trial = new Trial(backend)) {
      var bound = trial.in(777);
      var y = trial.out(SHAPE, Layout.ODD);
      wholeEqualsParts(
          what + " by lanes",
          trial,
          y,
          CUTS,
          (on, from, to) ->
              random
                  .apply(on.kernels(), on.view(bound))
                  .apply(draw.lanes(from), on.view(y).lanes(from, to)));
      wholeEqualsParts(
          what + " by rows",
          trial,
          y,
          ROW_CUTS,
          (on, from, to) ->
              random
                  .apply(on.kernels(), on.view(bound))
                  .apply(draw.rows(from), on.view(y).rows(from, to)));
    }
  }

  @Test
  void updatesInParts() {
    int lanes = SHAPE.lanes();
    var shape = new Shape(1, lanes);
    try (var trial = new Trial(backend)) {
      var theta = trial.inOut(shape, Layout.ODD, Values.normal(shape, 1));
      var g = trial.in(shape, Layout.TIGHT, Values.normal(shape, 2));
      var m = trial.inOut(shape, Layout.TIGHT, Values.normal(shape, 3));
      var v = trial.inOut(shape, Layout.TIGHT, Values.positive(shape, 4));
      var t = trial.in(3);
      var alpha = trial.in(0.1f);
      wholeEqualsParts(
          "adam",
          trial,
          theta,
          CUTS,
          (on, from, to) ->
              on.kernels()
                  .adam(
                      new Kernels.Adam(
                              on.view(theta),
                              on.view(g),
                              on.view(m),
                              on.view(v),
                              on.view(t),
                              on.view(alpha),
                              0.9,
                              0.999,
                              1e-8,
                              0.01)
                          .lanes(from, to)));
    }
  }

  @Test
  void pendulumInParts() {
    int lanes = SHAPE.lanes();
    try (var trial = new Trial(backend)) {
      var angle = trial.inOut(new Shape(1, lanes), Layout.ODD, Values.normal(lanes, 1));
      var action = trial.in(new Shape(1, lanes), Layout.TIGHT, Values.normal(lanes, 2));
      var seen = trial.inOut(new Shape(3, lanes), Layout.ODD, Values.normal(3 * lanes, 3));
      var last = trial.out(new Shape(3, lanes), Layout.PADDED);
      var reward = trial.out(new Shape(1, lanes), Layout.ODD);
      wholeEqualsParts(
          "pendulum",
          trial,
          last,
          CUTS,
          (on, from, to) ->
              on.kernels()
                  .pendulum(
                      new Kernels.Pendulum(
                              on.view(angle),
                              on.view(action),
                              on.view(seen),
                              on.view(last),
                              on.view(reward))
                          .lanes(from, to)));
    }
  }

  private interface MotionKernel {
    Call bind(Kernels kernels, Kernels.Motion motion);
  }

  @Test
  void motionsInParts() {
    motionInParts(Kernels::cartPole, 0, 4, 2);
    motionInParts(Kernels::mountainCar, 0, 2, 3);
    motionInParts(Kernels::mountainCarContinuous, 0, 2, 2);
    motionInParts(Kernels::acrobot, 2, 6, 3);
  }

  private void motionInParts(MotionKernel kernel, int hidden, int observed, int choices) {
    int lanes = SHAPE.lanes();
    try (var trial = new Trial(backend)) {
      var angles =
          trial.inOut(new Shape(hidden, lanes), Layout.ODD, Values.normal(hidden * lanes, 1));
      var action = trial.in(new Shape(1, lanes), Layout.TIGHT, Values.whole(lanes, choices, 2));
      var seen =
          trial.inOut(new Shape(observed, lanes), Layout.ODD, Values.normal(observed * lanes, 3));
      var last = trial.out(new Shape(observed, lanes), Layout.PADDED);
      var reward = trial.out(new Shape(1, lanes), Layout.ODD);
      var terminated = trial.out(new Shape(1, lanes), Layout.TIGHT);
      wholeEqualsParts(
          "motion",
          trial,
          last,
          CUTS,
          (on, from, to) ->
              kernel.bind(
                  on.kernels(),
                  new Kernels.Motion(
                          on.view(angles),
                          on.view(action),
                          on.view(seen),
                          on.view(last),
                          on.view(reward),
                          on.view(terminated))
                      .lanes(from, to)));
    }
  }

  @Test
  void productsInParts() {
    int m = SHAPE.rows(), n = SHAPE.lanes();
    for (int k : new int[] {1, 13, 40, 300}) {
      for (Form form : Form.values()) {
        for (boolean flipped : new boolean[] {false, true}) {
          if (form == Form.DOT && !flipped) {
            continue;
          }
          try (var trial = new Trial(backend)) {
            var a = trial.in(new Shape(m, k), Layout.ODD, Values.normal(m * k, 1));
            var b =
                trial.in(
                    flipped ? new Shape(n, k) : new Shape(k, n),
                    Layout.TIGHT,
                    Values.normal(k * n, 2));
            var bias = trial.in(Values.normal(n, 3));
            var c = trial.out(SHAPE, Layout.ODD);
            String what = "product, " + form + ", k = " + k + (flipped ? ", transposed" : "");
            wholeEqualsParts(
                what + " by lanes",
                trial,
                c,
                CUTS,
                (on, from, to) ->
                    on.kernels().gemm(product(on, a, b, flipped, bias, c, form).lanes(from, to)));
            wholeEqualsParts(
                what + " by rows",
                trial,
                c,
                ROW_CUTS,
                (on, from, to) ->
                    on.kernels().gemm(product(on, a, b, flipped, bias, c, form).rows(from, to)));
          }
        }
      }
    }
  }

  private static Gemm product(
      Trial.Side on, Operand a, Operand b, boolean flipped, Operand bias, Operand c, Form form) {
    return new Gemm(
        on.view(a),
        flipped ? on.view(b).flipped() : on.view(b),
        stretched(on.view(bias)),
        on.view(c),
        Epilogue.RELU,
        on.view(c),
        form);
  }
}
