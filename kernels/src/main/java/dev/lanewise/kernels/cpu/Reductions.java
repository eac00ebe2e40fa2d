package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.DotProduct.SUMS;
import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.TYPE;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.set;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/** One number of many: along rows lane by lane, along lanes by partial sums and a tree. */
final class Reductions {
  private static final float LEAST = Float.NEGATIVE_INFINITY;

  /** The number of partial sums, whatever the width. */
  private static final int PARTS = 16;

  private static final long WIDTH = 4 * COUNT;

  /**
   * Reduces along rows: x is a column of {@code rows} elements that are {@code row} bytes apart.
   */
  private interface Columns {
    void reduce(long x, long row, int rows, long y, int n);
  }

  /** Reduces n neighbouring elements. */
  private interface Run {
    float reduce(long x, int n);
  }

  private Reductions() {}

  static Call rows(Reduction reduction, View x, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride()), y0 = bytes(y.address());
    int rows = x.rows(), n = y.lanes();
    Columns columns =
        switch (reduction) {
          case SUM -> Reductions::sumRows;
          case MAX -> Reductions::maxRows;
          case ARGMAX -> Reductions::argmaxRows;
        };
    if (!Rows.isSplat(x)) {
      return () -> columns.reduce(x0, xRow, rows, y0, n);
    }
    return () -> {
      columns.reduce(x0, xRow, rows, y0, 1);
      Elementwise.fillRow(get(y0), y0, n);
    };
  }

  static Call lanes(Reduction reduction, View x, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = x.lanes();
    if (reduction == Reduction.SUM && !Rows.isSplat(x)) {
      return sums(x, y);
    }
    Run run =
        Rows.isSplat(x)
            ? ofOne(reduction)
            : reduction == Reduction.MAX ? Reductions::max : Reductions::argmax;
    return () -> {
      for (int r = 0; r < rows; r++) {
        set(y0 + r * yRow, run.reduce(x0 + r * xRow, n));
      }
    };
  }

  /** Reduces one element n times over. */
  private static Run ofOne(Reduction reduction) {
    return switch (reduction) {
      case SUM -> Reductions::sumOfOne;
      case MAX -> (x, n) -> get(x);
      case ARGMAX -> (x, n) -> 0;
    };
  }

  private static void sumRows(long x, long row, int rows, long y, int n) {
    int i = 0;
    for (; i < n - 4 * COUNT + 1; i += 4 * COUNT) {
      FloatVector s0 = broadcast(F, 0), s1 = s0, s2 = s0, s3 = s0;
      long from = x + bytes(i);
      for (int r = 0; r < rows; r++, from += row) {
        s0 = fromMemorySegment(F, MEMORY, from, ORDER).add(s0);
        s1 = fromMemorySegment(F, MEMORY, from + 4L * COUNT, ORDER).add(s1);
        s2 = fromMemorySegment(F, MEMORY, from + 4L * 2 * COUNT, ORDER).add(s2);
        s3 = fromMemorySegment(F, MEMORY, from + 4L * 3 * COUNT, ORDER).add(s3);
      }
      s0.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      s1.intoMemorySegment(MEMORY, y + 4L * (i + COUNT), ORDER);
      s2.intoMemorySegment(MEMORY, y + 4L * (i + 2 * COUNT), ORDER);
      s3.intoMemorySegment(MEMORY, y + 4L * (i + 3 * COUNT), ORDER);
    }
    for (; i < n; i += COUNT) {
      var lanes = first(n - i);
      var s = broadcast(F, 0);
      for (int r = 0; r < rows; r++) {
        s = fromMemorySegment(F, MEMORY, x + r * row + 4L * i, ORDER, lanes).add(s);
      }
      s.intoMemorySegment(MEMORY, y + 4L * i, ORDER, lanes);
    }
  }

  private static void maxRows(long x, long row, int rows, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      var lanes = first(n - i);
      var largest = broadcast(F, LEAST);
      for (int r = 0; r < rows; r++) {
        largest = fromMemorySegment(F, MEMORY, x + r * row + 4L * i, ORDER, lanes).max(largest);
      }
      largest.intoMemorySegment(MEMORY, y + 4L * i, ORDER, lanes);
    }
  }

  private static void argmaxRows(long x, long row, int rows, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      var lanes = first(n - i);
      FloatVector largest = broadcast(F, LEAST), place = broadcast(F, 0);
      for (int r = 0; r < rows; r++) {
        var v = fromMemorySegment(F, MEMORY, x + r * row + 4L * i, ORDER, lanes);
        FloatVector before = TYPE.cast(largest), there = TYPE.cast(place);
        var firstNaN = v.compare(NE, v).and(before.compare(EQ, before));
        var better = v.compare(GT, before).or(firstNaN);
        largest = before.blend(v, better);
        place = there.blend(broadcast(F, r), better);
      }
      TYPE.cast(place).intoMemorySegment(MEMORY, y + 4L * i, ORDER, lanes);
    }
  }

  /** Larger, or the first NaN. */
  private static boolean better(float v, float largest) {
    return !(v <= largest) && largest == largest;
  }

  /** Sums of rows, eight at a time: their partial sums go through scratch memory to the trees. */
  private static Call sums(View x, View y) {
    long x0 = Pointers.of(x), xRow = bytes(x.rowStride());
    long y0 = Pointers.of(y), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = x.lanes();
    return () -> {
      long sums = Scratch.mine().start(8 * SUMS);
      for (int r = 0; r < rows; r += 8) {
        int count = Math.min(8, rows - r);
        for (int j = 0; j < count; j++) {
          partialSums(x0 + (r + j) * xRow, n, sums + j * SUMS);
        }
        DotSums.trees(sums);
        for (int j = 0; j < count; j++) {
          Pointers.set(y0 + (r + j) * yRow, Pointers.get(sums + 4 * j));
        }
      }
    };
  }

  /**
   * The sixteen sums lie in one, two or four vectors. Where the constant conditions are false,
   * nothing is left in machine code. The last one to sixteen terms are always added under masks.
   */
  private static void partialSums(long x, int n, long to) {
    FloatVector s0 = broadcast(F, 0), s1 = s0, s2 = s0, s3 = s0;
    long from = x & POINTER, y = to & POINTER;
    int i = 0;
    for (; i < n - PARTS; i += PARTS) {
      long here = from + 4 * (i & INDEX);
      s0 = fromMemorySegment(F, Pointers.MEMORY, here, ORDER).add(s0);
      if (COUNT <= 8) {
        s1 = fromMemorySegment(F, Pointers.MEMORY, here + WIDTH, ORDER).add(s1);
      }
      if (COUNT == 4) {
        s2 = fromMemorySegment(F, Pointers.MEMORY, here + 2 * WIDTH, ORDER).add(s2);
        s3 = fromMemorySegment(F, Pointers.MEMORY, here + 3 * WIDTH, ORDER).add(s3);
      }
    }
    long here = from + 4 * (i & INDEX);
    fromMemorySegment(F, Pointers.MEMORY, here, ORDER, first(n - i))
        .add(s0)
        .intoMemorySegment(Pointers.MEMORY, y, ORDER);
    if (COUNT <= 8) {
      fromMemorySegment(F, Pointers.MEMORY, here + WIDTH, ORDER, first(n - i - COUNT))
          .add(s1)
          .intoMemorySegment(Pointers.MEMORY, y + WIDTH, ORDER);
    }
    if (COUNT == 4) {
      fromMemorySegment(F, Pointers.MEMORY, here + 2 * WIDTH, ORDER, first(n - i - 2 * COUNT))
          .add(s2)
          .intoMemorySegment(Pointers.MEMORY, y + 2 * WIDTH, ORDER);
      fromMemorySegment(F, Pointers.MEMORY, here + 3 * WIDTH, ORDER, first(n - i - 3 * COUNT))
          .add(s3)
          .intoMemorySegment(Pointers.MEMORY, y + 3 * WIDTH, ORDER);
    }
  }

  /** The same tree over partial sums that are one of two: with n / 16 or one more term. */
  private static float sumOfOne(long x, int n) {
    float value = get(x), sum = 0;
    for (int i = 0; i < n / PARTS; i++) {
      sum += value;
    }
    return branch(0, PARTS, n % PARTS, sum, sum + value);
  }

  /**
   * The sum of partial sums first, first + 16 / count, ... where the first {@code longer} are
   * longer.
   */
  private static float branch(int first, int count, int longer, float sum, float longerSum) {
    if (count == 1) {
      return first < longer ? longerSum : sum;
    }
    return branch(first, count / 2, longer, sum, longerSum)
        + branch(first + PARTS / count, count / 2, longer, sum, longerSum);
  }

  private static float max(long x, int n) {
    var largest = broadcast(F, LEAST);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      largest = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).max(largest);
    }
    var rest = first(n - i);
    largest =
        largest.blend(fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest).max(largest), rest);
    return largest.reduceLanes(MAX);
  }

  /** Plain, since rows of so many actions as to be worth vectors are not met. */
  private static float argmax(long x, int n) {
    float value = LEAST;
    int index = 0;
    for (int i = 0; i < n; i++) {
      if (better(get(x + bytes(i)), value)) {
        value = get(x + bytes(i));
        index = i;
      }
    }
    return index;
  }
}
