package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.STEP;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Operands of a product laid out anew. All are {@link Pointers} and strides in bytes. */
final class Packing {

  /** Lanes change place with those 8, 4, 2 or 1 further, and which those are. */
  static final VectorShuffle<Float> SWAP_8 = swap(8),
      SWAP_4 = swap(4),
      SWAP_2 = swap(2),
      SWAP_1 = swap(1);

  static final VectorMask<Float> HIGH_8 = high(8),
      HIGH_4 = high(4),
      HIGH_2 = high(2),
      HIGH_1 = high(1);

  private Packing() {}

  /** Rows of so many contiguous lanes; up to a whole vector is written. */
  static void copy(long from, long fromRow, long to, long toRow, int rows, int lanes) {
    int whole = Lanes.whole(lanes);
    var rest = Lanes.rest(lanes);
    for (int r = 0; r < rows; r++) {
      long x = from + (r & INDEX) * (fromRow & STEP) & POINTER;
      long y = to + (r & INDEX) * (toRow & STEP) & POINTER;
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector.fromMemorySegment(F, MEMORY, x + 4 * (i & INDEX), ORDER)
            .intoMemorySegment(MEMORY, y + 4 * (i & INDEX), ORDER);
      }
      if (whole < lanes) {
        FloatVector.fromMemorySegment(F, MEMORY, x + 4 * (whole & INDEX), ORDER, rest)
            .intoMemorySegment(MEMORY, y + 4 * (whole & INDEX), ORDER);
      }
    }
  }

  /** Rows of so many contiguous lanes, and nothing else is written. */
  static void copyExactly(long from, long fromRow, long to, long toRow, int rows, int lanes) {
    int whole = Lanes.whole(lanes);
    var rest = Lanes.rest(lanes);
    copy(from, fromRow, to, toRow, rows, whole);
    if (whole < lanes) {
      for (int r = 0; r < rows; r++) {
        long x = from + 4L * whole + (r & INDEX) * (fromRow & STEP) & POINTER;
        long y = to + 4L * whole + (r & INDEX) * (toRow & STEP) & POINTER;
        FloatVector.fromMemorySegment(F, MEMORY, x, ORDER, rest)
            .intoMemorySegment(MEMORY, y, ORDER, rest);
      }
    }
  }

  /** Each of some elements into a vector of its own. */
  static void spread(long from, long fromRow, long to, int rows) {
    for (int r = 0; r < rows; r++) {
      long x = from + (r & INDEX) * (fromRow & STEP) & POINTER;
      FloatVector.broadcast(F, MEMORY.get(FLOAT, x))
          .intoMemorySegment(MEMORY, to + (r & INDEX) * (4L * COUNT) & POINTER, ORDER);
    }
  }

  /** One element n times; writes up to a vector more. */
  static void fill(long from, long to, int n) {
    var value = FloatVector.broadcast(F, MEMORY.get(FLOAT, from & POINTER));
    long y = to & POINTER;
    for (int i = 0; i < n; i += COUNT) {
      value.intoMemorySegment(MEMORY, y + 4 * (i & INDEX), ORDER);
    }
  }

  /** A few columns side by side: {@code columns r + column}; writes up to a vector more. */
  static void interleave(long from, long column, long row, long to, int columns, int rows) {
    long x = from & POINTER, y = to & POINTER, step = row & STEP, width = 4L * columns & STEP;
    if (column == Float.BYTES && columns <= COUNT) {
      var mask = Lanes.first(columns);
      for (int r = 0; r < rows; r++) {
        FloatVector.fromMemorySegment(F, MEMORY, x + (r & INDEX) * step, ORDER, mask)
            .intoMemorySegment(MEMORY, y + (r & INDEX) * width, ORDER);
      }
    } else if (column == Float.BYTES) {
      copy(from, row, to, width, rows, columns);
    } else {
      for (int i = 0; i < columns; i++) {
        long xi = x + (i & INDEX) * (column & STEP), yi = y + 4 * (i & INDEX);
        for (int r = 0; r < rows; r++) {
          float value = MEMORY.get(FLOAT, xi + (r & INDEX) * step);
          MEMORY.set(FLOAT, yi + (r & INDEX) * width, value);
        }
      }
    }
  }

  /** Columns of contiguous elements become lanes: rows of {@code lanes} elements. */
  static void transpose(long from, long fromLane, long to, long toRow, int rows, int lanes) {
    if ((long) rows * lanes < COUNT * COUNT / 4) {
      transposeEach(from, fromLane, to, toRow, rows, lanes);
      return;
    }
    int height = Math.min(rows, COUNT), width = Math.min(lanes, COUNT);
    for (int i = 0; i < lanes; i += COUNT) {
      for (int r = 0; r < rows; r += COUNT) {
        // the last squares overlap the ones before
        int lane = Math.min(i, lanes - width), row = Math.min(r, rows - height);
        long x = from + lane * fromLane + 4L * row, y = to + row * toRow + 4L * lane;
        if (height == COUNT && width == COUNT) {
          transposeSquare(x, fromLane, y, toRow);
        } else {
          long square = Scratch.mine().square();
          copy(x, fromLane, square, 4 * COUNT, width, height);
          transposeSquare(square, 4 * COUNT, square, 4 * COUNT);
          copyExactly(square, 4 * COUNT, y, toRow, height, width);
        }
      }
    }
  }

  private static void transposeEach(
      long from, long fromLane, long to, long toRow, int rows, int lanes) {
    for (int i = 0; i < lanes; i++) {
      for (int r = 0; r < rows; r++) {
        long x = from + i * fromLane + 4L * r & POINTER;
        MEMORY.set(FLOAT, to + r * toRow + 4L * i & POINTER, MEMORY.get(FLOAT, x));
      }
    }
  }

  /**
   * COUNT by COUNT: exchanges the off-diagonal squares of 8, of 4, of 2 and of 1.
   *
   * <p>All in vectors of the one width that every kernel has. Where a process has two, C2's guesses
   * at the class of a vector fail in the methods that FloatVector shares among them. The failures
   * of all that a kernel inlines are added up, and from {@code -XX:PerMethodTrapLimit=100} on C2
   * guesses no more: it leaves calls in the code, and lays the vectors on the heap for them.
   */
  private static void transposeSquare(long from, long fromRow, long to, long toRow) {
    switch (COUNT) {
      case 4 -> exchangeNear(from, fromRow, to, toRow);
      case 8 -> transposeEight(from, fromRow, to, toRow);
      default -> {
        for (int r = 0; r < 4; r++) {
          exchangeFar(from + r * fromRow, 4 * fromRow, to + r * toRow, 4 * toRow);
        }
        for (int r = 0; r < 16; r += 4) {
          exchangeNear(to + r * toRow, toRow, to + r * toRow, toRow);
        }
      }
    }
  }

  /** The squares of 8 and of 4 of every fourth of sixteen rows. */
  private static void exchangeFar(long from, long fromRow, long to, long toRow) {
    long x = from & POINTER, d = fromRow & STEP, y = to & POINTER, e = toRow & STEP;
    var a0 = FloatVector.fromMemorySegment(F, MEMORY, x, ORDER);
    var a1 = FloatVector.fromMemorySegment(F, MEMORY, x + d, ORDER);
    var a2 = FloatVector.fromMemorySegment(F, MEMORY, x + 2 * d, ORDER);
    var a3 = FloatVector.fromMemorySegment(F, MEMORY, x + 3 * d, ORDER);
    var b0 = a0.blend(a2.rearrange(SWAP_8), HIGH_8);
    var b2 = a0.rearrange(SWAP_8).blend(a2, HIGH_8);
    var b1 = a1.blend(a3.rearrange(SWAP_8), HIGH_8);
    var b3 = a1.rearrange(SWAP_8).blend(a3, HIGH_8);
    b0.blend(b1.rearrange(SWAP_4), HIGH_4).intoMemorySegment(MEMORY, y, ORDER);
    b0.rearrange(SWAP_4).blend(b1, HIGH_4).intoMemorySegment(MEMORY, y + e, ORDER);
    b2.blend(b3.rearrange(SWAP_4), HIGH_4).intoMemorySegment(MEMORY, y + 2 * e, ORDER);
    b2.rearrange(SWAP_4).blend(b3, HIGH_4).intoMemorySegment(MEMORY, y + 3 * e, ORDER);
  }

  /** The squares of 2 and of 1 of four rows. */
  private static void exchangeNear(long from, long fromRow, long to, long toRow) {
    long x = from & POINTER, d = fromRow & STEP, y = to & POINTER, e = toRow & STEP;
    var a0 = FloatVector.fromMemorySegment(F, MEMORY, x, ORDER);
    var a1 = FloatVector.fromMemorySegment(F, MEMORY, x + d, ORDER);
    var a2 = FloatVector.fromMemorySegment(F, MEMORY, x + 2 * d, ORDER);
    var a3 = FloatVector.fromMemorySegment(F, MEMORY, x + 3 * d, ORDER);
    var b0 = a0.blend(a2.rearrange(SWAP_2), HIGH_2);
    var b2 = a0.rearrange(SWAP_2).blend(a2, HIGH_2);
    var b1 = a1.blend(a3.rearrange(SWAP_2), HIGH_2);
    var b3 = a1.rearrange(SWAP_2).blend(a3, HIGH_2);
    b0.blend(b1.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y, ORDER);
    b0.rearrange(SWAP_1).blend(b1, HIGH_1).intoMemorySegment(MEMORY, y + e, ORDER);
    b2.blend(b3.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y + 2 * e, ORDER);
    b2.rearrange(SWAP_1).blend(b3, HIGH_1).intoMemorySegment(MEMORY, y + 3 * e, ORDER);
  }

  /** Eight by eight: exchanges the off-diagonal squares of 4, then of 2, then of 1. */
  private static void transposeEight(long from, long fromRow, long to, long toRow) {
    long x = from & POINTER, d = fromRow & STEP, y = to & POINTER, e = toRow & STEP;
    var a0 = FloatVector.fromMemorySegment(F, MEMORY, x, ORDER);
    var a1 = FloatVector.fromMemorySegment(F, MEMORY, x + d, ORDER);
    var a2 = FloatVector.fromMemorySegment(F, MEMORY, x + 2 * d, ORDER);
    var a3 = FloatVector.fromMemorySegment(F, MEMORY, x + 3 * d, ORDER);
    var a4 = FloatVector.fromMemorySegment(F, MEMORY, x + 4 * d, ORDER);
    var a5 = FloatVector.fromMemorySegment(F, MEMORY, x + 5 * d, ORDER);
    var a6 = FloatVector.fromMemorySegment(F, MEMORY, x + 6 * d, ORDER);
    var a7 = FloatVector.fromMemorySegment(F, MEMORY, x + 7 * d, ORDER);
    var b0 = a0.blend(a4.rearrange(SWAP_4), HIGH_4);
    var b4 = a0.rearrange(SWAP_4).blend(a4, HIGH_4);
    var b1 = a1.blend(a5.rearrange(SWAP_4), HIGH_4);
    var b5 = a1.rearrange(SWAP_4).blend(a5, HIGH_4);
    var b2 = a2.blend(a6.rearrange(SWAP_4), HIGH_4);
    var b6 = a2.rearrange(SWAP_4).blend(a6, HIGH_4);
    var b3 = a3.blend(a7.rearrange(SWAP_4), HIGH_4);
    var b7 = a3.rearrange(SWAP_4).blend(a7, HIGH_4);
    a0 = b0.blend(b2.rearrange(SWAP_2), HIGH_2);
    a2 = b0.rearrange(SWAP_2).blend(b2, HIGH_2);
    a1 = b1.blend(b3.rearrange(SWAP_2), HIGH_2);
    a3 = b1.rearrange(SWAP_2).blend(b3, HIGH_2);
    a4 = b4.blend(b6.rearrange(SWAP_2), HIGH_2);
    a6 = b4.rearrange(SWAP_2).blend(b6, HIGH_2);
    a5 = b5.blend(b7.rearrange(SWAP_2), HIGH_2);
    a7 = b5.rearrange(SWAP_2).blend(b7, HIGH_2);
    a0.blend(a1.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y, ORDER);
    a0.rearrange(SWAP_1).blend(a1, HIGH_1).intoMemorySegment(MEMORY, y + e, ORDER);
    a2.blend(a3.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y + 2 * e, ORDER);
    a2.rearrange(SWAP_1).blend(a3, HIGH_1).intoMemorySegment(MEMORY, y + 3 * e, ORDER);
    a4.blend(a5.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y + 4 * e, ORDER);
    a4.rearrange(SWAP_1).blend(a5, HIGH_1).intoMemorySegment(MEMORY, y + 5 * e, ORDER);
    a6.blend(a7.rearrange(SWAP_1), HIGH_1).intoMemorySegment(MEMORY, y + 6 * e, ORDER);
    a6.rearrange(SWAP_1).blend(a7, HIGH_1).intoMemorySegment(MEMORY, y + 7 * e, ORDER);
  }

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(F, i -> distance < COUNT ? i ^ distance : i);
  }

  private static VectorMask<Float> high(int distance) {
    long lanes = 0;
    for (int i = 0; i < COUNT; i++) {
      lanes |= (i & distance) != 0 ? 1L << i : 0;
    }
    return VectorMask.fromLong(F, lanes);
  }
}
