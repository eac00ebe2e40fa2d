package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.whole;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Watches over numbers. */
final class Checks {

  private Checks() {}

  static Call finite(View x, String name) {
    var view = Rows.tidied(x)[0];
    long x0 = bytes(view.address()), xRow = bytes(view.rowStride());
    int rows = view.rows(), n = Rows.isSplat(view) ? 1 : view.lanes();
    return () -> {
      for (int r = 0; r < rows; r++) {
        if (!isFinite(x0 + r * xRow, n)) {
          throw new NotFiniteException(name, firstNotFinite(x0 + r * xRow, n));
        }
      }
    };
  }

  /** 0 · x is 0 for finite numbers alone, and what is not 0 stays so in a sum. */
  private static boolean isFinite(long x, int n) {
    FloatVector zero = all(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    int i = 0;
    for (; i < n - 4 * COUNT + 1; i += 4 * COUNT) {
      s0 = at(x, i).fma(zero, s0);
      s1 = at(x, i + COUNT).fma(zero, s1);
      s2 = at(x, i + 2 * COUNT).fma(zero, s2);
      s3 = at(x, i + 3 * COUNT).fma(zero, s3);
    }
    for (; i < whole(n); i += COUNT) {
      s0 = at(x, i).fma(zero, s0);
    }
    if (i < n) {
      s1 = at(x, i, rest(n)).fma(zero, s1);
    }
    return s0.add(s1).add(s2.add(s3)).compare(VectorOperators.EQ, 0f).allTrue();
  }

  private static float firstNotFinite(long x, int n) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(get(x + bytes(i)))) {
        return get(x + bytes(i));
      }
    }
    throw new IllegalStateException("the number changed while it was looked at");
  }
}
