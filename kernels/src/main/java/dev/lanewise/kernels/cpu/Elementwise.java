package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Rows.isSplat;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.VectorOperators;

/** Kernels whose every element depends on the elements in the same place. */
final class Elementwise {

  private Elementwise() {}

  static Call map(Unary f, View x, View y) {
    var views = Rows.tidied(x, y);
    return isSplat(views[0])
        ? Rows.call(ofOne(kernel(f)), views[0], views[1])
        : Rows.call(kernel(f), views[0], views[1]);
  }

  private static Rows.Map kernel(Unary f) {
    return switch (f) {
      case NEGATE -> Maps::negate;
      case ABS -> Maps::abs;
      case SQUARE -> Maps::square;
      case SQRT -> Maps::sqrt;
      case RECIPROCAL -> Maps::reciprocal;
      case RELU -> Maps::relu;
      case STEP -> Maps::step;
      case SIGN -> Maps::sign;
      case FLOOR -> Maps::floor;
      case EXP -> Functions::exp;
      case LOG -> Functions::log;
      case TANH -> Functions::tanh;
      case SIGMOID -> Functions::sigmoid;
      case SOFTPLUS -> Functions::softplus;
      case ELU -> Functions::elu;
      case SILU -> Functions::silu;
      case GELU_TANH -> Functions::geluTanh;
      case SIN -> Functions::sin;
      case COS -> Functions::cos;
    };
  }

  /** Computes the row's one value and repeats it. */
  private static Rows.Map ofOne(Rows.Map kernel) {
    return (x, y, n) -> {
      kernel.row(x, y, 1);
      fillRow(get(y), y, n);
    };
  }

  static Call zip(Binary f, View a, View b, View y) {
    var views = Rows.tidied(a, b, y);
    View left = views[0], right = views[1], out = views[2];
    if (isSplat(left) && isSplat(right)) {
      var kernel = withOne(f);
      Rows.Zip ofOnes =
          (c, d, z, n) -> {
            kernel.row(c, d, z, 1);
            fillRow(get(z), z, n);
          };
      return Rows.call(ofOnes, left, right, out);
    }
    if (isSplat(left)) {
      return Rows.call(ofOneWith(f), right, left, out);
    }
    return Rows.call(isSplat(right) ? withOne(f) : kernel(f), left, right, out);
  }

  private static Rows.Zip kernel(Binary f) {
    return switch (f) {
      case ADD -> Zips::add;
      case SUBTRACT -> Zips::subtract;
      case MULTIPLY -> Zips::multiply;
      case DIVIDE -> Zips::divide;
      case MIN -> Zips::min;
      case MAX -> Zips::max;
      case GREATER -> Zips::greater;
      case GREATER_EQUAL -> Zips::greaterEqual;
      case EQUAL -> Zips::equal;
    };
  }

  /** f(a, b) where b is one element. */
  private static Rows.Zip withOne(Binary f) {
    return switch (f) {
      case ADD -> Zips::addOne;
      case SUBTRACT -> Zips::subtractOne;
      case MULTIPLY -> Zips::multiplyByOne;
      case DIVIDE -> Zips::divideByOne;
      case MIN -> Zips::minWithOne;
      case MAX -> Zips::maxWithOne;
      case GREATER -> Zips::greaterThanOne;
      case GREATER_EQUAL -> Zips::greaterEqualOne;
      case EQUAL -> Zips::equalToOne;
    };
  }

  /** f(b, a) where b is one element. */
  private static Rows.Zip ofOneWith(Binary f) {
    return switch (f) {
      case SUBTRACT -> Zips::subtractFromOne;
      case DIVIDE -> Zips::divideOne;
      case GREATER -> Zips::lessThanOne;
      case GREATER_EQUAL -> Zips::lessEqualOne;
      case ADD, MULTIPLY, MIN, MAX, EQUAL -> withOne(f);
    };
  }

  static Call select(View condition, View a, View b, View y) {
    var views = Rows.tidied(condition, a, b, y);
    return Rows.call(select(views), views[0], views[1], views[2], views[3]);
  }

  private static Rows.Select select(View[] views) {
    boolean oneA = isSplat(views[1]), oneB = isSplat(views[2]);
    if (isSplat(views[0])) {
      return (c, a, b, y, n) -> {
        boolean first = get(c) != 0;
        if (first ? oneA : oneB) {
          fillRow(get(first ? a : b), y, n);
        } else {
          copyRow(first ? a : b, y, n);
        }
      };
    }
    if (oneA) {
      return oneB ? Elementwise::selectOfOnes : Elementwise::selectOneOr;
    }
    return oneB ? Elementwise::selectOrOne : Elementwise::selectRow;
  }

  private static void selectRow(long c, long a, long b, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .blend(
              fromMemorySegment(F, MEMORY, b + 4L * i, ORDER),
              fromMemorySegment(F, MEMORY, c + 4L * i, ORDER).compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var no = fromMemorySegment(F, MEMORY, c + 4L * i, ORDER, rest).compare(VectorOperators.EQ, 0f);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .blend(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest), no)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  private static void selectOrOne(long c, long a, long b, long y, int n) {
    var otherwise = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
          .blend(
              otherwise,
              fromMemorySegment(F, MEMORY, c + 4L * i, ORDER).compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var no = fromMemorySegment(F, MEMORY, c + 4L * i, ORDER, rest).compare(VectorOperators.EQ, 0f);
    fromMemorySegment(F, MEMORY, a + 4L * i, ORDER, rest)
        .blend(otherwise, no)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  private static void selectOneOr(long c, long a, long b, long y, int n) {
    var then = broadcast(F, get(a));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      then.blend(
              fromMemorySegment(F, MEMORY, b + 4L * i, ORDER),
              fromMemorySegment(F, MEMORY, c + 4L * i, ORDER).compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var no = fromMemorySegment(F, MEMORY, c + 4L * i, ORDER, rest).compare(VectorOperators.EQ, 0f);
    then.blend(fromMemorySegment(F, MEMORY, b + 4L * i, ORDER, rest), no)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  private static void selectOfOnes(long c, long a, long b, long y, int n) {
    var then = broadcast(F, get(a));
    var otherwise = broadcast(F, get(b));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      then.blend(
              otherwise,
              fromMemorySegment(F, MEMORY, c + 4L * i, ORDER).compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var no = fromMemorySegment(F, MEMORY, c + 4L * i, ORDER, rest).compare(VectorOperators.EQ, 0f);
    then.blend(otherwise, no).intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static Call copy(View x, View y) {
    var views = Rows.tidied(x, y);
    View from = views[0], to = views[1];
    if (isSplat(from)) {
      return Rows.call((a, b, n) -> fillRow(get(a), b, n), from, to);
    }
    return from.lanes() == 1 || from.laneStride() == 1
        ? Rows.call(Elementwise::copyRow, from, to)
        : Transposes.call(from, to);
  }

  static Call fill(double value, View y) {
    float element = (float) value;
    return Rows.call((to, n) -> fillRow(element, to, n), Rows.tidied(y)[0]);
  }

  static void copyRow(long x, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, x + 4L * i, ORDER, rest)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static void fillRow(float value, long y, int n) {
    var v = broadcast(F, value);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      v.intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    v.intoMemorySegment(MEMORY, y + 4L * i, ORDER, first(n - i));
  }
}
