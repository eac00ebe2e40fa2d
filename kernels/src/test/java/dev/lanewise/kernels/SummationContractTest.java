package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums of floats are rounded in the documented order, to the bit. */
@ParameterizedClass(autoCloseArguments = false)
@MethodSource("dev.lanewise.kernels.Backends#ofFloats")
class SummationContractTest {
  private final Backend backend;

  SummationContractTest(Backend backend) {
    this.backend = backend;
  }

  /** Every element is summed by fused multiply-adds in the documented order. */
  @Test
  void productsSumInTheDocumentedOrder() {
    for (int k : new int[] {0, 1, 5, 16, 31, 33, 100, 700}) {
      for (Form form : Form.values()) {
        for (Shape shape : new Shape[] {new Shape(9, 70), new Shape(1, 40), new Shape(40, 1)}) {
          try (var trial = new Trial(backend)) {
            int m = shape.rows(), n = shape.lanes();
            var a = trial.in(new Shape(m, k), Layout.ODD, Values.normal(m * k, 1));
            var b = trial.in(new Shape(n, k), Layout.PADDED, Values.normal(n * k, 2));
            var initial = trial.in(shape, Layout.TIGHT, Values.normal(shape, 3));
            var c = trial.out(shape, Layout.ODD);
            float[] expected = new float[m * n];
            for (int r = 0; r < m; r++) {
              for (int i = 0; i < n; i++) {
                expected[r * n + i] =
                    form == Form.OUTER
                        ? oneAfterTheOther(initial.get(r, i), a, r, b, i)
                        : sixteenPartialSums(a, r, b, i) + initial.get(r, i);
              }
            }
            trial.run(
                on ->
                    on.kernels()
                        .gemm(
                            new Gemm(
                                on.view(a),
                                on.view(b).flipped(),
                                on.view(initial),
                                on.view(c),
                                Epilogue.NONE,
                                on.view(c),
                                form)));
            assertThat(trial.values(c)).as("%s, k = %d, %s", form, k, shape).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static float oneAfterTheOther(float initial, Operand a, int r, Operand b, int i) {
    float sum = initial;
    for (int j = 0; j < a.shape.lanes(); j++) {
      sum = Math.fma(a.get(r, j), b.get(i, j), sum);
    }
    return sum;
  }

  private static float sixteenPartialSums(Operand a, int r, Operand b, int i) {
    float[] partial = new float[16];
    for (int j = 0; j < a.shape.lanes(); j++) {
      partial[j % 16] = Math.fma(a.get(r, j), b.get(i, j), partial[j % 16]);
    }
    return tree(partial);
  }

  private static float tree(float[] partial) {
    for (int apart = 8; apart > 0; apart /= 2) {
      for (int p = 0; p < apart; p++) {
        partial[p] += partial[p + apart];
      }
    }
    return partial[0];
  }

  @Test
  void sumsOfLanesKeepSixteenPartialSums() {
    for (int lanes : Shape.LANES) {
      var shape = new Shape(5, lanes);
      try (var trial = new Trial(backend)) {
        var x = trial.in(shape, Layout.ODD, Values.normal(shape, 1));
        var y = trial.out(new Shape(5, 1), Layout.ODD);
        float[] expected = new float[5];
        for (int r = 0; r < 5; r++) {
          float[] partial = new float[16];
          for (int i = 0; i < lanes; i++) {
            partial[i % 16] += x.get(r, i);
          }
          expected[r] = tree(partial);
        }
        trial.run(on -> on.kernels().reduceLanes(Reduction.SUM, on.view(x), on.view(y)));
        assertThat(trial.values(y)).as("sums of %d lanes", lanes).isEqualTo(expected);
      }
    }
  }
}
