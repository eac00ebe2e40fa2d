package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Watches over numbers. */
final class Checks {

  /** Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number, up to 2²². */
  private static final FloatVector ROUND = all(0x1.8p23f);

  private static final int ROUNDS = 1 << 22;

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
    FloatVector zero = broadcast(F, 0), s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    int i = 0;
    for (; i < n - 4 * COUNT + 1; i += 4 * COUNT) {
      s0 = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).fma(zero, s0);
      s1 = fromMemorySegment(F, MEMORY, x + 4L * (i + COUNT), ORDER).fma(zero, s1);
      s2 = fromMemorySegment(F, MEMORY, x + 4L * (i + 2 * COUNT), ORDER).fma(zero, s2);
      s3 = fromMemorySegment(F, MEMORY, x + 4L * (i + 3 * COUNT), ORDER).fma(zero, s3);
    }
    for (; i < n - COUNT; i += COUNT) {
      s0 = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).fma(zero, s0);
    }
    s1 = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, first(n - i)).fma(zero, s1);
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

  static Call wholeNumbers(View x, int first, int last, String name) {
    var view = Rows.tidied(x)[0];
    long x0 = bytes(view.address()), xRow = bytes(view.rowStride());
    int rows = view.rows(), n = Rows.isSplat(view) ? 1 : view.lanes();
    boolean small = first > -ROUNDS && last < ROUNDS;
    return () -> {
      for (int r = 0; r < rows; r++) {
        if (!small || !isWhole(x0 + r * xRow, n, first, last)) {
          checkEach(x0 + r * xRow, n, first, last, name);
        }
      }
    };
  }

  /** What x differs by from the nearest whole number in the interval is 0, or NaN, never hidden. */
  private static boolean isWhole(long x, int n, float first, float last) {
    FloatVector low = broadcast(F, first), high = broadcast(F, last), off = broadcast(F, 0);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER);
      var near = v.add(ROUND).sub(ROUND);
      near = near.blend(low, near.compare(VectorOperators.LT, low));
      near = near.blend(high, near.compare(VectorOperators.GT, high));
      off = v.sub(near).abs().add(off);
    }
    var rest = first(n - i);
    var v = low.blend(fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest), rest);
    var near = v.add(ROUND).sub(ROUND);
    near = near.blend(low, near.compare(VectorOperators.LT, low));
    near = near.blend(high, near.compare(VectorOperators.GT, high));
    off = v.sub(near).abs().add(off);
    return off.compare(VectorOperators.EQ, 0f).allTrue();
  }

  private static void checkEach(long x, int n, int first, int last, String name) {
    for (int i = 0; i < n; i++) {
      float value = get(x + bytes(i));
      if (!(value >= first && value <= last && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            "%s is %s, not a whole number from %d to %d".formatted(name, value, first, last));
      }
    }
  }
}
