package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.put;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One row of y = f(a, b). A loop for each function, because a loop that is handed its function puts
 * its vectors on the heap; in the second half one operand, b, is the same element for all lanes.
 */
final class Zips {

  private Zips() {}

  static void add(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).add(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).add(at(b, i, rest)), y, i, rest);
  }

  static void subtract(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).sub(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).sub(at(b, i, rest)), y, i, rest);
  }

  static void multiply(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).mul(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).mul(at(b, i, rest)), y, i, rest);
  }

  static void divide(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).div(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).div(at(b, i, rest)), y, i, rest);
  }

  static void min(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).min(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).min(at(b, i, rest)), y, i, rest);
  }

  static void max(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).max(at(b, i)), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).max(at(b, i, rest)), y, i, rest);
  }

  static void greater(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(GT, at(b, i))), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(GT, at(b, i, rest))), y, i, rest);
  }

  static void greaterEqual(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(GE, at(b, i))), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(GE, at(b, i, rest))), y, i, rest);
  }

  static void equal(long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(EQ, at(b, i))), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(EQ, at(b, i, rest))), y, i, rest);
  }

  static void addOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).add(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).add(s), y, i, rest);
  }

  static void subtractOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).sub(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).sub(s), y, i, rest);
  }

  static void subtractFromOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(s.sub(at(a, i)), y, i);
    }
    var rest = first(n - i);
    put(s.sub(at(a, i, rest)), y, i, rest);
  }

  static void multiplyByOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).mul(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).mul(s), y, i, rest);
  }

  static void divideByOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).div(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).div(s), y, i, rest);
  }

  static void divideOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(s.div(at(a, i)), y, i);
    }
    var rest = first(n - i);
    put(s.div(at(a, i, rest)), y, i, rest);
  }

  static void minWithOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).min(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).min(s), y, i, rest);
  }

  static void maxWithOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(a, i).max(s), y, i);
    }
    var rest = first(n - i);
    put(at(a, i, rest).max(s), y, i, rest);
  }

  static void greaterThanOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(GT, s)), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(GT, s)), y, i, rest);
  }

  static void greaterEqualOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(GE, s)), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(GE, s)), y, i, rest);
  }

  static void lessThanOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(LT, s)), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(LT, s)), y, i, rest);
  }

  static void lessEqualOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(LE, s)), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(LE, s)), y, i, rest);
  }

  static void equalToOne(long a, long b, long y, int n) {
    var s = all(get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(flags(at(a, i).compare(EQ, s)), y, i);
    }
    var rest = first(n - i);
    put(flags(at(a, i, rest).compare(EQ, s)), y, i, rest);
  }

  private static FloatVector flags(VectorMask<Float> which) {
    return all(0).blend(1f, which);
  }
}
