package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.set;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * One row of y = f(x) for transcendental functions: reduction to a small interval by fused
 * multiply-adds with constants in parts (Cody and Waite 1980), there a polynomial (minimax for the
 * relative error, by Remez's algorithm). Every step is a correctly rounded operation on each lane
 * by itself, so results do not depend on the vector's width.
 */
final class Functions {
  // Vectors rather than numbers: a constant vector costs the compiler's inlining budget nothing.
  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector TWO = all(2);
  private static final FloatVector INFINITY = all(Float.POSITIVE_INFINITY);
  private static final FloatVector MINUS_INFINITY = all(Float.NEGATIVE_INFINITY);
  private static final FloatVector NOT_A_NUMBER = all(Float.NaN);

  /** Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number, left in the low bits. */
  private static final FloatVector ROUND = all(0x1.8p23f);

  private static final IntVector ROUND_BITS = ROUND.reinterpretAsInts();
  private static final IntVector SIGN_BIT = all(-0f).reinterpretAsInts();

  private static final FloatVector LOG2_E = all(0x1.715476p0f);
  private static final FloatVector LN2_HIGH = all(0x1.62e43p-1f);
  private static final FloatVector LN2_LOW = all(-0x1.05c61p-29f);
  private static final FloatVector MINUS_LN2_HIGH = LN2_HIGH.neg();
  private static final FloatVector MINUS_LN2_LOW = LN2_LOW.neg();
  private static final IntVector BIAS = ONE.reinterpretAsInts();

  /** Beyond these eˣ is infinite or rounds to 0. */
  private static final FloatVector LARGEST_EXPONENT = all(89);

  private static final FloatVector LEAST_EXPONENT = all(-104);

  /** Below this eˣ - 1 rounds to -1. */
  private static final FloatVector MINUS_ONE = all(-40);

  private static final FloatVector EXP_2 = all(0.500000006224f);
  private static final FloatVector EXP_3 = all(0.166665425594f);
  private static final FloatVector EXP_4 = all(0.0416662807233f);
  private static final FloatVector EXP_5 = all(0.00836664264269f);
  private static final FloatVector EXP_6 = all(0.00139465487467f);

  private static final FloatVector LEAST_NORMAL = all(Float.MIN_NORMAL);
  private static final FloatVector OUT_OF_DENORMAL = all(0x1p23f);
  private static final FloatVector LN_OUT_OF_DENORMAL = all((float) (23 * Math.log(2)));
  private static final IntVector ROOT_HALF_BITS = all((float) Math.sqrt(0.5)).reinterpretAsInts();
  private static final FloatVector ROOT_2_LESS_1 = all((float) (Math.sqrt(2) - 1));

  private static final FloatVector MINUS_HALF = HALF.neg();
  private static final FloatVector LOG_3 = all(0.333333316946f);
  private static final FloatVector LOG_4 = all(-0.250008238928f);
  private static final FloatVector LOG_5 = all(0.20001231382f);
  private static final FloatVector LOG_6 = all(-0.16623251124f);
  private static final FloatVector LOG_7 = all(0.142015632188f);
  private static final FloatVector LOG_8 = all(-0.131610917217f);
  private static final FloatVector LOG_9 = all(0.127635037946f);
  private static final FloatVector LOG_10 = all(-0.0763444711404f);

  private static final FloatVector GELU_1 = all((float) (2 * Math.sqrt(2 / Math.PI)));
  private static final FloatVector GELU_3 = all((float) (2 * Math.sqrt(2 / Math.PI) * 0.044715));

  private static final FloatVector ONE_OVER_PI = all(0x1.45f306p-2f);
  private static final FloatVector PI_HIGH = all(0x1.921fb6p1f);
  private static final FloatVector PI_MIDDLE = all(-0x1.777a5cp-24f);
  private static final FloatVector PI_LOW = all(-0x1.ee59dap-49f);
  private static final FloatVector MINUS_PI_HIGH = PI_HIGH.neg();
  private static final FloatVector MINUS_PI_MIDDLE = PI_MIDDLE.neg();
  private static final FloatVector MINUS_PI_LOW = PI_LOW.neg();

  private static final FloatVector SIN_3 = all(-0.16666654f);
  private static final FloatVector SIN_5 = all(0.008332936f);
  private static final FloatVector SIN_7 = all(-0.00019801396f);
  private static final FloatVector SIN_9 = all(2.5898496e-6f);

  /** Up to here the three parts of π leave an error below that of the polynomial. */
  private static final float LARGEST_ANGLE = 0x1p20f;

  private static final FloatVector LARGEST_ANGLES = all(LARGEST_ANGLE);

  private Functions() {}

  // The store is written out, not put(): by then the compiler's budget for inlining is spent.

  static void exp(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = exp(at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void log(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = log(at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void tanh(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = tanh(at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void sigmoid(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = sigmoid(at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void softplus(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = softplus(at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void elu(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var positive = v.compare(GT, ZERO);
      var result = expm1(v.blend(ZERO, positive)).blend(v, positive);
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void silu(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var result = v.mul(sigmoid(v));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  /** ½ (1 + tanh u) = sigmoid(2u) */
  static void geluTanh(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var result = v.mul(sigmoid(v.mul(v).fma(GELU_3, GELU_1).mul(v)));
      if (whole) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
      }
    }
  }

  static void sin(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var result = sin(v);
      var small = v.abs().compare(LE, LARGEST_ANGLES);
      if (whole && small.allTrue()) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, small.and(first(n - i)));
        large(Math::sin, x + 4L * i, y + 4L * i, Math.min(COUNT, n - i));
      }
    }
  }

  static void cos(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var result = cos(v);
      var small = v.abs().compare(LE, LARGEST_ANGLES);
      if (whole && small.allTrue()) {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, y + 4L * i, ORDER, small.and(first(n - i)));
        large(Math::cos, x + 4L * i, y + 4L * i, Math.min(COUNT, n - i));
      }
    }
  }

  /** Both of the same angles, which are read once, each into two rows. */
  static void cosSin(long x, long cos, long sin, long cosToo, long sinToo, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = at(x, i, whole, rest);
      var cosine = cos(v);
      var sine = sin(v);
      var small = v.abs().compare(LE, LARGEST_ANGLES);
      if (whole && small.allTrue()) {
        cosine.intoMemorySegment(MEMORY, cos + 4L * i, ORDER);
        sine.intoMemorySegment(MEMORY, sin + 4L * i, ORDER);
        cosine.intoMemorySegment(MEMORY, cosToo + 4L * i, ORDER);
        sine.intoMemorySegment(MEMORY, sinToo + 4L * i, ORDER);
      } else {
        var near = small.and(first(n - i));
        cosine.intoMemorySegment(MEMORY, cos + 4L * i, ORDER, near);
        sine.intoMemorySegment(MEMORY, sin + 4L * i, ORDER, near);
        cosine.intoMemorySegment(MEMORY, cosToo + 4L * i, ORDER, near);
        sine.intoMemorySegment(MEMORY, sinToo + 4L * i, ORDER, near);
        int lanes = Math.min(COUNT, n - i);
        large(Math::cos, x + 4L * i, cos + 4L * i, lanes);
        large(Math::sin, x + 4L * i, sin + 4L * i, lanes);
        large(Math::cos, x + 4L * i, cosToo + 4L * i, lanes);
        large(Math::sin, x + 4L * i, sinToo + 4L * i, lanes);
      }
    }
  }

  /** Of a row at {@link Pointers}, for angles up to 8192, where the error is below 2 ulp. */
  static void sinNear(long x, long y, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var result = sin(Pointers.at(x, i, whole, rest));
      if (whole) {
        result.intoMemorySegment(Pointers.MEMORY, (y & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        result.intoMemorySegment(Pointers.MEMORY, (y & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  /** Both, as {@link #sinNear}; the angles are read once. */
  static void cosSinNear(long x, long cos, long sin, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = Pointers.at(x, i, whole, rest);
      var cosine = cos(v);
      var sine = sin(v);
      if (whole) {
        cosine.intoMemorySegment(Pointers.MEMORY, (cos & POINTER) + 4 * (i & INDEX), ORDER);
        sine.intoMemorySegment(Pointers.MEMORY, (sin & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        cosine.intoMemorySegment(Pointers.MEMORY, (cos & POINTER) + 4 * (i & INDEX), ORDER, rest);
        sine.intoMemorySegment(Pointers.MEMORY, (sin & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  /**
   * The lanes that were left out above, one by one. Where y is x the others hold results by now,
   * which are at most 1.
   */
  private static void large(DoubleUnaryOperator f, long x, long y, int n) {
    for (int i = 0; i < n; i++) {
      float v = get(x + bytes(i));
      if (!(Math.abs(v) <= LARGEST_ANGLE)) {
        set(y + bytes(i), (float) f.applyAsDouble(v));
      }
    }
  }

  /** eˣ = 2ᵏ eʳ with k = round(x / ln 2). */
  static FloatVector exp(FloatVector x) {
    return expUpTo89(x.blend(LARGEST_EXPONENT, x.compare(GT, LARGEST_EXPONENT)));
  }

  /** 2ᵏ in two factors, so that neither leaves the range. */
  private static FloatVector expUpTo89(FloatVector x) {
    var inside = x.blend(LEAST_EXPONENT, x.compare(LT, LEAST_EXPONENT));
    var rounded = inside.fma(LOG2_E, ROUND);
    var r = remainder(inside, rounded.sub(ROUND));
    var k = rounded.reinterpretAsInts().sub(ROUND_BITS);
    var half = k.lanewise(ASHR, 1);
    return expm1Small(r).add(ONE).mul(powerOf2(half)).mul(powerOf2(k.sub(half)));
  }

  /** eˣ - 1 = 2ᵏ (eʳ - 1) + (2ᵏ - 1), for x at most 0. */
  private static FloatVector expm1(FloatVector x) {
    var inside = x.blend(MINUS_ONE, x.compare(LT, MINUS_ONE));
    var rounded = inside.fma(LOG2_E, ROUND);
    var r = remainder(inside, rounded.sub(ROUND));
    var power = powerOf2(rounded.reinterpretAsInts().sub(ROUND_BITS));
    return expm1Small(r).fma(power, power.sub(ONE));
  }

  /** x - k ln 2 */
  private static FloatVector remainder(FloatVector x, FloatVector k) {
    return k.fma(MINUS_LN2_LOW, k.fma(MINUS_LN2_HIGH, x));
  }

  private static FloatVector powerOf2(IntVector k) {
    return k.lanewise(LSHL, 23).add(BIAS).reinterpretAsFloats();
  }

  /** eʳ - 1 for |r| ≤ ½ ln 2: r + r² P(r), relative error 2⁻²⁶. */
  private static FloatVector expm1Small(FloatVector r) {
    return EXP_6.fma(r, EXP_5).fma(r, EXP_4).fma(r, EXP_3).fma(r, EXP_2).fma(r.mul(r), r);
  }

  static FloatVector log(FloatVector x) {
    var denormal = x.compare(LT, LEAST_NORMAL);
    var log = logOfNormal(x.blend(x.mul(OUT_OF_DENORMAL), denormal));
    return x.blend(log.blend(log.sub(LN_OUT_OF_DENORMAL), denormal), x.compare(LT, INFINITY))
        .blend(MINUS_INFINITY, x.compare(EQ, ZERO))
        .blend(NOT_A_NUMBER, x.compare(LT, ZERO));
  }

  /** ln x = e ln 2 + ln(1 + t) with x = 2ᵉ (1 + t), √½ ≤ 1 + t < √2, for normal positive x. */
  static FloatVector logOfNormal(FloatVector x) {
    var bits = x.reinterpretAsInts();
    var e = bits.sub(ROOT_HALF_BITS).lanewise(ASHR, 23);
    var t = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(ONE);
    var exponent = (FloatVector) e.convertShape(I2F, F, 0);
    return exponent.fma(LN2_HIGH, log1pSmall(t, exponent.mul(LN2_LOW)));
  }

  /** ln(1 + t) + small for √½ ≤ 1 + t < √2: t - t²/2 + t³ P(t), relative error 2⁻²⁷. */
  private static FloatVector log1pSmall(FloatVector t, FloatVector small) {
    var square = t.mul(t);
    return LOG_10
        .fma(t, LOG_9)
        .fma(t, LOG_8)
        .fma(t, LOG_7)
        .fma(t, LOG_6)
        .fma(t, LOG_5)
        .fma(t, LOG_4)
        .fma(t, LOG_3)
        .fma(square.mul(t), square.fma(MINUS_HALF, small))
        .add(t);
  }

  /** tanh |x| = -m / (m + 2) with m = exp(-2|x|) - 1: no digits cancel. */
  static FloatVector tanh(FloatVector x) {
    var m = expm1(minusAbs(x).mul(TWO));
    var signs = x.reinterpretAsInts().and(SIGN_BIT);
    return m.div(m.add(TWO)).abs().reinterpretAsInts().or(signs).reinterpretAsFloats();
  }

  private static FloatVector minusAbs(FloatVector x) {
    return x.reinterpretAsInts().or(SIGN_BIT).reinterpretAsFloats();
  }

  /** With z = exp(-|x|): 1 / (1 + z) or z / (1 + z). */
  static FloatVector sigmoid(FloatVector x) {
    var z = expUpTo89(minusAbs(x));
    return ONE.blend(z, x.compare(LT, ZERO)).div(z.add(ONE));
  }

  /**
   * max(x, 0) + ln(1 + z) with z = exp(-|x|); above √2 - 1 the logarithm is that of (1 + z) / 2.
   */
  static FloatVector softplus(FloatVector x) {
    var z = expUpTo89(minusAbs(x));
    var large = z.compare(GT, ROOT_2_LESS_1);
    var t = z.blend(z.sub(ONE).mul(HALF), large);
    var log = log1pSmall(t, ZERO).add(ZERO.blend(LN2_HIGH, large));
    return log.add(x.blend(ZERO, x.compare(LT, ZERO)));
  }

  /** x = qπ + r with |r| ≤ π/2: sin x = (-1)^q sin r. */
  static FloatVector sin(FloatVector x) {
    var rounded = x.fma(ONE_OVER_PI, ROUND);
    var q = rounded.sub(ROUND);
    var r = q.fma(MINUS_PI_LOW, q.fma(MINUS_PI_MIDDLE, q.fma(MINUS_PI_HIGH, x)));
    return sinSmall(flipped(r, rounded));
  }

  /** x = (q + ½)π - r with |r| ≤ π/2: cos x = (-1)^q sin r. */
  static FloatVector cos(FloatVector x) {
    var rounded = x.fma(ONE_OVER_PI, MINUS_HALF).add(ROUND);
    var h = rounded.sub(ROUND).add(HALF);
    var r = h.fma(PI_LOW, h.fma(PI_MIDDLE, h.fma(PI_HIGH, x.neg())));
    return sinSmall(flipped(r, rounded));
  }

  /** -r where the rounded number is odd. */
  private static FloatVector flipped(FloatVector r, FloatVector rounded) {
    var sign = rounded.reinterpretAsInts().lanewise(LSHL, 31);
    return r.reinterpretAsInts().lanewise(XOR, sign).reinterpretAsFloats();
  }

  /**
   * sin r for |r| ≤ π/2: r + r³ P(r²), relative error 2⁻²⁶, with P so much too low near π/2 that no
   * rounding leads beyond 1.
   */
  static FloatVector sinSmall(FloatVector r) {
    var square = r.mul(r);
    return SIN_9.fma(square, SIN_7).fma(square, SIN_5).fma(square, SIN_3).fma(square.mul(r), r);
  }
}
