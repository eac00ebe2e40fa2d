package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.put;

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
      put(at(x, i).neg(), y, i);
    }
    var rest = first(n - i);
    put(at(x, i, rest).neg(), y, i, rest);
  }

  static void abs(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(x, i).abs(), y, i);
    }
    var rest = first(n - i);
    put(at(x, i, rest).abs(), y, i, rest);
  }

  static void square(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(square(at(x, i)), y, i);
    }
    var rest = first(n - i);
    put(square(at(x, i, rest)), y, i, rest);
  }

  static void sqrt(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(x, i).sqrt(), y, i);
    }
    var rest = first(n - i);
    put(at(x, i, rest).sqrt(), y, i, rest);
  }

  static void reciprocal(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(ONE.div(at(x, i)), y, i);
    }
    var rest = first(n - i);
    put(ONE.div(at(x, i, rest)), y, i, rest);
  }

  static void relu(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(relu(at(x, i)), y, i);
    }
    var rest = first(n - i);
    put(relu(at(x, i, rest)), y, i, rest);
  }

  static void step(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(ZERO.blend(ONE, at(x, i).compare(VectorOperators.GT, ZERO)), y, i);
    }
    var rest = first(n - i);
    put(ZERO.blend(ONE, at(x, i, rest).compare(VectorOperators.GT, ZERO)), y, i, rest);
  }

  static void sign(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(sign(at(x, i)), y, i);
    }
    var rest = first(n - i);
    put(sign(at(x, i, rest)), y, i, rest);
  }

  static void floor(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(floor(at(x, i)), y, i);
    }
    var rest = first(n - i);
    put(floor(at(x, i, rest)), y, i, rest);
  }

  private static FloatVector square(FloatVector x) {
    return x.mul(x);
  }

  /** By compare and blend: faster than max, and NaN passes. */
  private static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LE, 0f));
  }

  private static FloatVector sign(FloatVector x) {
    return x.blend(1f, x.compare(VectorOperators.GT, 0f))
        .blend(-1f, x.compare(VectorOperators.LT, 0f));
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
