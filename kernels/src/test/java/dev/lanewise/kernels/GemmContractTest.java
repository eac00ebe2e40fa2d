package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products on every backend: shapes, transposes, initial values, epilogues, aliases. */
@ParameterizedClass(autoCloseArguments = false)
@MethodSource("dev.lanewise.kernels.Backends#all")
class GemmContractTest {
  private static final boolean SLOW = Integer.getInteger("lanewise.vector.bits", 0) == 512;
  private static final int[] ROWS = {0, 1, 2, 3, 4, 5, 7, 8, 9, 17};
  private static final int[] DEPTHS = {0, 1, 2, 7, 16, 17, 33};
  private static final int[] LANES = {0, 1, 3, 6, 8, 16, 17, 31, 63, 64, 65, 97};

  private final Backend backend;

  GemmContractTest(Backend backend) {
    this.backend = backend;
  }

  @Test
  void gemm() {
    int turn = 0;
    for (int m : ROWS) {
      for (int k : DEPTHS) {
        for (int n : LANES) {
          for (boolean aFlipped : new boolean[] {false, true}) {
            for (boolean bFlipped : new boolean[] {false, true}) {
              product(m, k, n, aFlipped, bFlipped, turn++, Form.OUTER);
            }
          }
          product(m, k, n, false, true, turn++, Form.DOT);
        }
      }
    }
  }

  /** One of all combinations of layout, initial value and epilogue, each in its turn. */
  private void product(
      int m, int k, int n, boolean aFlipped, boolean bFlipped, int turn, Form form) {
    int layouts = Layout.values().length, initials = Initial.values().length;
    product(
        m,
        k,
        n,
        aFlipped,
        bFlipped,
        Layout.values()[turn % layouts],
        Initial.values()[turn / layouts % initials],
        Epilogue.values()[turn / layouts / initials % Epilogue.values().length],
        form);
  }

  @Test
  void everyInitialValueWithEveryEpilogue() {
    for (Initial initial : Initial.values()) {
      for (Epilogue epilogue : Epilogue.values()) {
        for (Form form : Form.values()) {
          product(6, 19, 37, false, true, Layout.ODD, initial, epilogue, form);
          product(1, 19, 70, false, true, Layout.PADDED, initial, epilogue, form);
          product(70, 19, 1, false, true, Layout.TIGHT, initial, epilogue, form);
        }
      }
    }
  }

  @Test
  void largeProducts() {
    int[][] sizes =
        SLOW
            ? new int[][] {{35, 90, 70}, {1, 300, 130}, {66, 20, 6}}
            : new int[][] {
              {256, 256, 256},
              {67, 1000, 130},
              {1, 700, 300},
              {300, 700, 1},
              {256, 300, 6},
              {5, 2050, 33},
              {130, 64, 64},
              {4, 3, 1500}
            };
    for (int[] size : sizes) {
      int m = size[0], k = size[1], n = size[2];
      for (boolean aFlipped : new boolean[] {false, true}) {
        for (boolean bFlipped : new boolean[] {false, true}) {
          var layout = Layout.values()[(m + k + (aFlipped ? 1 : 0)) % 3];
          product(m, k, n, aFlipped, bFlipped, layout, Initial.BIAS, Epilogue.RELU, Form.OUTER);
        }
      }
      product(m, k, n, false, true, Layout.ODD, Initial.BIAS, Epilogue.RELU, Form.DOT);
    }
  }

  /** Strides of A that are neither 1 nor those of a tight matrix, and a repeated row or column. */
  @Test
  void anyStridesOfA() {
    var shape = new Shape(20, 44);
    try (var trial = new Trial(backend)) {
      var a = trial.in(shape, Layout.ODD, Values.normal(shape, 1));
      var b = trial.in(new Shape(22, 37), Layout.ODD, Values.normal(22 * 37, 2));
      var zero = trial.in(0);
      var c = trial.out(new Shape(10, 37), Layout.ODD);
      trial.compare(
          "every second row and column of A",
          Allowed.ulps(4).plus(22 * 0x1p-20),
          on -> {
            View x = on.view(a);
            View half = new View(x.address(), 10, 22, 2 * x.rowStride(), 2);
            return product(on, half, on.view(b), zero, c);
          });
      trial.reset();
      trial.compare(
          "one row of A repeated",
          Allowed.ulps(4).plus(22 * 0x1p-20),
          on ->
              product(
                  on, on.view(a).rows(0, 1).lanes(0, 22).broadcast(10, 22), on.view(b), zero, c));
      trial.reset();
      trial.compare(
          "one column of A repeated",
          Allowed.ulps(4).plus(22 * 0x1p-20),
          on ->
              product(
                  on, on.view(a).rows(0, 10).lanes(0, 1).broadcast(10, 22), on.view(b), zero, c));
      trial.reset();
      trial.compare(
          "one row of B repeated",
          Allowed.ulps(4).plus(22 * 0x1p-20),
          on ->
              product(
                  on,
                  on.view(a).rows(0, 10).lanes(0, 22),
                  on.view(b).rows(0, 1).broadcast(22, 37),
                  zero,
                  c));
    }
  }

  private static Call product(Trial.Side on, View a, View b, Operand initial, Operand c) {
    View to = on.view(c);
    View from = on.view(initial).broadcast(to.rows(), to.lanes());
    return on.kernels().gemm(new Gemm(a, b, from, to, Epilogue.NONE, to, Form.OUTER));
  }

  /** 0 · ∞ is NaN, NaN stays NaN through RELU, and a NaN gate is shut. */
  @Test
  void infinitiesAndNaN() {
    for (Form form : Form.values()) {
      for (Epilogue epilogue : Epilogue.values()) {
        try (var trial = new Trial(backend)) {
          var a = trial.in(new Shape(9, 5), Layout.ODD, Values.infinite(new Shape(9, 5), 1));
          var b = trial.in(new Shape(35, 5), Layout.ODD, Values.infinite(new Shape(35, 5), 2));
          var shape = new Shape(9, 35);
          var initial = trial.in(shape, Layout.ODD, Values.infinite(shape, 3));
          var gate = trial.in(shape, Layout.ODD, Values.mixed(shape, 4));
          var c = trial.out(shape, Layout.ODD);
          trial.compare(
              "product of special values, " + epilogue + " " + form,
              Allowed.ulps(4).plus(1e-5),
              on ->
                  on.kernels()
                      .gemm(
                          new Gemm(
                              on.view(a),
                              on.view(b).flipped(),
                              on.view(initial),
                              on.view(c),
                              epilogue,
                              on.view(gate),
                              form)));
        }
      }
    }
  }

  /** Where the sum starts. */
  private enum Initial {
    ZERO,
    BIAS,
    COLUMN,
    FULL,
    C
  }

  private void product(
      int m,
      int k,
      int n,
      boolean aFlipped,
      boolean bFlipped,
      Layout layout,
      Initial from,
      Epilogue epilogue,
      Form form) {
    String what =
        "(%d, %d%s) · (%d, %d%s) from %s, %s, %s, %s"
            .formatted(
                m,
                k,
                aFlipped ? ", transposed" : "",
                k,
                n,
                bFlipped ? ", transposed" : "",
                from,
                epilogue,
                form,
                layout);
    try (var trial = new Trial(backend)) {
      var aShape = aFlipped ? new Shape(k, m) : new Shape(m, k);
      var bShape = bFlipped ? new Shape(n, k) : new Shape(k, n);
      var cShape = new Shape(m, n);
      var a = trial.in(aShape, layout, Values.normal(aShape, 1));
      var b = trial.in(bShape, layout, Values.normal(bShape, 2));
      var gate = trial.in(cShape, layout, Values.normal(cShape, 3));
      var c =
          from == Initial.C
              ? trial.inOut(cShape, layout, Values.normal(cShape, 4))
              : trial.out(cShape, layout);
      var initialShape =
          switch (from) {
            case ZERO -> new Shape(1, 1);
            case BIAS -> new Shape(1, n);
            case COLUMN -> new Shape(m, 1);
            case FULL, C -> cShape;
          };
      float[] start = from == Initial.ZERO ? new float[] {0} : Values.normal(initialShape, 5);
      var initial = from == Initial.C ? c : trial.in(initialShape, layout, start);

      double[] magnitude = new double[m * n];
      for (int r = 0; r < m; r++) {
        for (int i = 0; i < n; i++) {
          double sum = Math.abs(initial.get(r % initialShape.rows(), i % initialShape.lanes()));
          for (int j = 0; j < k; j++) {
            float left = aFlipped ? a.get(j, r) : a.get(r, j);
            float right = bFlipped ? b.get(i, j) : b.get(j, i);
            sum += Math.abs(left * right);
          }
          float g = gate.get(r, i);
          magnitude[r * n + i] = epilogue == Epilogue.TANH_GATE ? sum * (1 + g * g) : sum;
        }
      }
      trial.compare(
          what,
          (r, i, expected) -> (k + 3) * 0x1p-24 * magnitude[r * n + i],
          on ->
              on.kernels()
                  .gemm(
                      new Gemm(
                          aFlipped ? on.view(a).flipped() : on.view(a),
                          bFlipped ? on.view(b).flipped() : on.view(b),
                          on.view(initial).broadcast(m, n),
                          on.view(c),
                          epilogue,
                          epilogue.isGated() ? on.view(gate) : on.view(c),
                          form)));
    }
  }

  /** The gate may be the output, as where a gradient takes the place of its activation. */
  @Test
  void theGateMayBeC() {
    for (Form form : Form.values()) {
      for (int k : new int[] {0, 5, 600}) {
        assertThat(gatedInPlace(Epilogue.RELU_GATE, form, k)).contains(0f);
        gatedInPlace(Epilogue.TANH_GATE, form, k);
      }
    }
  }

  private float[] gatedInPlace(Epilogue epilogue, Form form, int k) {
    var shape = new Shape(13, 70);
    try (var trial = new Trial(backend)) {
      var a = trial.in(new Shape(13, k), Layout.ODD, Values.normal(13 * k, 1));
      var b = trial.in(new Shape(70, k), Layout.ODD, Values.normal(70 * k, 2));
      var one = trial.in(1);
      var c = trial.inOut(shape, Layout.ODD, Values.normal(shape, 3));
      double slope = epilogue == Epilogue.TANH_GATE ? 16 : 1; // gates are below 4
      trial.compare(
          epilogue + " in place, " + form,
          Allowed.ulps(4).plus(slope * (k * 0x1p-19 + 0x1p-23)),
          on ->
              on.kernels()
                  .gemm(
                      new Gemm(
                          on.view(a),
                          on.view(b).flipped(),
                          on.view(one).broadcast(13, 70),
                          on.view(c),
                          epilogue,
                          on.view(c),
                          form)));
      return trial.values(c);
    }
  }
}
