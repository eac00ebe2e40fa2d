package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.DotProduct.SUMS;
import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.STEP;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of a dot product: sixteen partial sums an element, or eight of them where a
 * vector has 128 bits. All are {@link Pointers} and strides in bytes.
 */
final class DotTiles {
  private static final long WIDTH = 4 * COUNT;

  /** Whether the partial sums need a second vector. */
  private static final boolean TWO = COUNT < 16;

  /** Not final: as a constant it would give C2 an address form that it schedules badly. */
  private static long ONE = Float.BYTES;

  private DotTiles() {}

  /** Three rows by two lanes: sums of row r and lane q at {@code to + 8 r + q}. */
  static void threeByTwo(long a, long aRow, long b0, long b1, int k, long to) {
    long step = ONE & STEP;
    long x0 = a & POINTER;
    long x1 = a + aRow & POINTER;
    long x2 = a + 2 * aRow & POINTER;
    long y0 = b0 & POINTER, y1 = b1 & POINTER;
    var s00 = FloatVector.zero(F);
    var s01 = FloatVector.zero(F);
    var s10 = FloatVector.zero(F);
    var s11 = FloatVector.zero(F);
    var s20 = FloatVector.zero(F);
    var s21 = FloatVector.zero(F);
    var t00 = FloatVector.zero(F);
    var t01 = FloatVector.zero(F);
    var t10 = FloatVector.zero(F);
    var t11 = FloatVector.zero(F);
    var t20 = FloatVector.zero(F);
    var t21 = FloatVector.zero(F);
    int whole = k & -16;
    for (int p = 0; p < whole; p += 16) {
      long o = (p & INDEX) * step;
      var a0 = FloatVector.fromMemorySegment(F, MEMORY, x0 + o, ORDER);
      var a1 = FloatVector.fromMemorySegment(F, MEMORY, x1 + o, ORDER);
      var a2 = FloatVector.fromMemorySegment(F, MEMORY, x2 + o, ORDER);
      var c0 = FloatVector.fromMemorySegment(F, MEMORY, y0 + o, ORDER);
      s00 = a0.fma(c0, s00);
      s10 = a1.fma(c0, s10);
      s20 = a2.fma(c0, s20);
      var c1 = FloatVector.fromMemorySegment(F, MEMORY, y1 + o, ORDER);
      s01 = a0.fma(c1, s01);
      s11 = a1.fma(c1, s11);
      s21 = a2.fma(c1, s21);
      if (TWO) {
        a0 = FloatVector.fromMemorySegment(F, MEMORY, x0 + o + WIDTH, ORDER);
        a1 = FloatVector.fromMemorySegment(F, MEMORY, x1 + o + WIDTH, ORDER);
        a2 = FloatVector.fromMemorySegment(F, MEMORY, x2 + o + WIDTH, ORDER);
        c0 = FloatVector.fromMemorySegment(F, MEMORY, y0 + o + WIDTH, ORDER);
        t00 = a0.fma(c0, t00);
        t10 = a1.fma(c0, t10);
        t20 = a2.fma(c0, t20);
        c1 = FloatVector.fromMemorySegment(F, MEMORY, y1 + o + WIDTH, ORDER);
        t01 = a0.fma(c1, t01);
        t11 = a1.fma(c1, t11);
        t21 = a2.fma(c1, t21);
      }
    }
    long z = to & POINTER;
    s00.intoMemorySegment(MEMORY, z, ORDER);
    s01.intoMemorySegment(MEMORY, z + 1 * SUMS, ORDER);
    s10.intoMemorySegment(MEMORY, z + 8 * SUMS, ORDER);
    s11.intoMemorySegment(MEMORY, z + 9 * SUMS, ORDER);
    s20.intoMemorySegment(MEMORY, z + 16 * SUMS, ORDER);
    s21.intoMemorySegment(MEMORY, z + 17 * SUMS, ORDER);
    if (TWO) {
      t00.intoMemorySegment(MEMORY, z + WIDTH, ORDER);
      t01.intoMemorySegment(MEMORY, z + 1 * SUMS + WIDTH, ORDER);
      t10.intoMemorySegment(MEMORY, z + 8 * SUMS + WIDTH, ORDER);
      t11.intoMemorySegment(MEMORY, z + 9 * SUMS + WIDTH, ORDER);
      t20.intoMemorySegment(MEMORY, z + 16 * SUMS + WIDTH, ORDER);
      t21.intoMemorySegment(MEMORY, z + 17 * SUMS + WIDTH, ORDER);
    }
  }

  /** One row by four lanes. */
  static void oneByFour(long a, long b0, long b1, long b2, long b3, int k, long to) {
    long step = ONE & STEP;
    long x0 = a & POINTER;
    long y0 = b0 & POINTER, y1 = b1 & POINTER, y2 = b2 & POINTER, y3 = b3 & POINTER;
    var s00 = FloatVector.zero(F);
    var s01 = FloatVector.zero(F);
    var s02 = FloatVector.zero(F);
    var s03 = FloatVector.zero(F);
    var t00 = FloatVector.zero(F);
    var t01 = FloatVector.zero(F);
    var t02 = FloatVector.zero(F);
    var t03 = FloatVector.zero(F);
    int whole = k & -16;
    for (int p = 0; p < whole; p += 16) {
      long o = (p & INDEX) * step;
      var a0 = FloatVector.fromMemorySegment(F, MEMORY, x0 + o, ORDER);
      var c0 = FloatVector.fromMemorySegment(F, MEMORY, y0 + o, ORDER);
      s00 = a0.fma(c0, s00);
      var c1 = FloatVector.fromMemorySegment(F, MEMORY, y1 + o, ORDER);
      s01 = a0.fma(c1, s01);
      var c2 = FloatVector.fromMemorySegment(F, MEMORY, y2 + o, ORDER);
      s02 = a0.fma(c2, s02);
      var c3 = FloatVector.fromMemorySegment(F, MEMORY, y3 + o, ORDER);
      s03 = a0.fma(c3, s03);
      if (TWO) {
        a0 = FloatVector.fromMemorySegment(F, MEMORY, x0 + o + WIDTH, ORDER);
        c0 = FloatVector.fromMemorySegment(F, MEMORY, y0 + o + WIDTH, ORDER);
        t00 = a0.fma(c0, t00);
        c1 = FloatVector.fromMemorySegment(F, MEMORY, y1 + o + WIDTH, ORDER);
        t01 = a0.fma(c1, t01);
        c2 = FloatVector.fromMemorySegment(F, MEMORY, y2 + o + WIDTH, ORDER);
        t02 = a0.fma(c2, t02);
        c3 = FloatVector.fromMemorySegment(F, MEMORY, y3 + o + WIDTH, ORDER);
        t03 = a0.fma(c3, t03);
      }
    }
    long z = to & POINTER;
    s00.intoMemorySegment(MEMORY, z, ORDER);
    s01.intoMemorySegment(MEMORY, z + 1 * SUMS, ORDER);
    s02.intoMemorySegment(MEMORY, z + 2 * SUMS, ORDER);
    s03.intoMemorySegment(MEMORY, z + 3 * SUMS, ORDER);
    if (TWO) {
      t00.intoMemorySegment(MEMORY, z + WIDTH, ORDER);
      t01.intoMemorySegment(MEMORY, z + 1 * SUMS + WIDTH, ORDER);
      t02.intoMemorySegment(MEMORY, z + 2 * SUMS + WIDTH, ORDER);
      t03.intoMemorySegment(MEMORY, z + 3 * SUMS + WIDTH, ORDER);
    }
  }

  /** Adds the last products, at most COUNT, to as many partial sums of three rows by two lanes. */
  static void restOfThreeByTwo(long a, long aRow, long b0, long b1, int rest, long to) {
    var mask = Lanes.first(rest);
    long z = to & POINTER;
    var c0 = FloatVector.fromMemorySegment(F, MEMORY, b0 & POINTER, ORDER, mask);
    var c1 = FloatVector.fromMemorySegment(F, MEMORY, b1 & POINTER, ORDER, mask);
    var a0 = FloatVector.fromMemorySegment(F, MEMORY, a & POINTER, ORDER, mask);
    a0.fma(c0, FloatVector.fromMemorySegment(F, MEMORY, z, ORDER))
        .intoMemorySegment(MEMORY, z, ORDER);
    a0.fma(c1, FloatVector.fromMemorySegment(F, MEMORY, z + 1 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 1 * SUMS, ORDER);
    var a1 = FloatVector.fromMemorySegment(F, MEMORY, a + aRow & POINTER, ORDER, mask);
    a1.fma(c0, FloatVector.fromMemorySegment(F, MEMORY, z + 8 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 8 * SUMS, ORDER);
    a1.fma(c1, FloatVector.fromMemorySegment(F, MEMORY, z + 9 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 9 * SUMS, ORDER);
    var a2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * aRow & POINTER, ORDER, mask);
    a2.fma(c0, FloatVector.fromMemorySegment(F, MEMORY, z + 16 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 16 * SUMS, ORDER);
    a2.fma(c1, FloatVector.fromMemorySegment(F, MEMORY, z + 17 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 17 * SUMS, ORDER);
  }

  /** The same of one row by four lanes. */
  static void restOfOneByFour(long a, long b0, long b1, long b2, long b3, int rest, long to) {
    var mask = Lanes.first(rest);
    long z = to & POINTER;
    var a0 = FloatVector.fromMemorySegment(F, MEMORY, a & POINTER, ORDER, mask);
    var c0 = FloatVector.fromMemorySegment(F, MEMORY, b0 & POINTER, ORDER, mask);
    a0.fma(c0, FloatVector.fromMemorySegment(F, MEMORY, z, ORDER))
        .intoMemorySegment(MEMORY, z, ORDER);
    var c1 = FloatVector.fromMemorySegment(F, MEMORY, b1 & POINTER, ORDER, mask);
    a0.fma(c1, FloatVector.fromMemorySegment(F, MEMORY, z + 1 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 1 * SUMS, ORDER);
    var c2 = FloatVector.fromMemorySegment(F, MEMORY, b2 & POINTER, ORDER, mask);
    a0.fma(c2, FloatVector.fromMemorySegment(F, MEMORY, z + 2 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 2 * SUMS, ORDER);
    var c3 = FloatVector.fromMemorySegment(F, MEMORY, b3 & POINTER, ORDER, mask);
    a0.fma(c3, FloatVector.fromMemorySegment(F, MEMORY, z + 3 * SUMS, ORDER))
        .intoMemorySegment(MEMORY, z + 3 * SUMS, ORDER);
  }
}
