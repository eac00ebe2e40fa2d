package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.put;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** One row of y = f(x) for the functions that are an instruction or a few. */
final class Maps {
  /** From here on every float is a whole number. */
  private static final FloatVector WHOLE = all(0x1p23f);

  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);

  private Maps() {}

  static void negate(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
          .neg()
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest)
        .neg()
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void abs(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
          .abs()
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest)
        .abs()
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void square(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER);
      v.mul(v).intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest);
    v.mul(v).intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void sqrt(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
          .sqrt()
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest)
        .sqrt()
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void reciprocal(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ONE.div(fromMemorySegment(F, MEMORY, x + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ONE.div(fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  /** By compare and blend: faster than max, and NaN passes. */
  static void relu(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest);
    v.blend(0f, v.compare(VectorOperators.LE, 0f))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void step(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(
              ONE,
              fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).compare(VectorOperators.GT, ZERO))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(
            ONE,
            fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest).compare(VectorOperators.GT, ZERO))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void sign(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER);
      v.blend(1f, v.compare(VectorOperators.GT, 0f))
          .blend(-1f, v.compare(VectorOperators.LT, 0f))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var v = fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest);
    v.blend(1f, v.compare(VectorOperators.GT, 0f))
        .blend(-1f, v.compare(VectorOperators.LT, 0f))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void floor(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      put(floor(at(x, i, whole, rest)), y, i, whole, rest);
    }
  }

  /** Adding and subtracting 2²³ rounds to the nearest whole number. */
  static FloatVector floor(FloatVector x) {
    var size = x.abs();
    var nearest = size.add(WHOLE).sub(WHOLE);
    nearest = nearest.blend(nearest.neg(), x.compare(VectorOperators.LT, ZERO));
    var floor = nearest.blend(nearest.sub(ONE), nearest.compare(VectorOperators.GT, x));
    return x.blend(floor, size.compare(VectorOperators.LT, WHOLE));
  }
}
