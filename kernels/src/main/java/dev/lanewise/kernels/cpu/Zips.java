package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * One row of y = f(a, b). A loop for each function, because a loop that is handed its function puts
 * its vectors on the heap; in the second half one operand, b, is the same element for all lanes.
 */
final class Zips {
  private static final FloatVector ZERO = all(0);

  private Zips() {}

  static void add(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .add(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .add(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void subtract(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .sub(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .sub(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void multiply(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .mul(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .mul(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void divide(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .div(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .div(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void min(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .min(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .min(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void max(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .max(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .max(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void greater(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(
              1f,
              fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
                  .compare(GT, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER)))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(
            1f,
            fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
                .compare(GT, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest)))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void greaterEqual(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(
              1f,
              fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
                  .compare(GE, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER)))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(
            1f,
            fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
                .compare(GE, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest)))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void equal(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(
              1f,
              fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
                  .compare(EQ, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER)))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(
            1f,
            fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
                .compare(EQ, fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest)))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void addOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .add(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .add(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void subtractOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .sub(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .sub(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void subtractFromOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      s.sub(fromMemorySegment(F, MEMORY, a + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    s.sub(fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void multiplyByOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .mul(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .mul(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void divideByOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .div(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .div(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void divideOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      s.div(fromMemorySegment(F, MEMORY, a + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    s.div(fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void minWithOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .min(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .min(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void maxWithOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .max(s)
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .max(s)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void greaterThanOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER).compare(GT, s))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest).compare(GT, s))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void greaterEqualOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER).compare(GE, s))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest).compare(GE, s))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void lessThanOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER).compare(LT, s))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest).compare(LT, s))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void lessEqualOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER).compare(LE, s))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest).compare(LE, s))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void equalToOne(long a, long b, long y, int n) {
    var s = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER).compare(EQ, s))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    ZERO.blend(1f, fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest).compare(EQ, s))
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }
}
