package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kernel on every backend against the reference, under the kernel's own name: over awkward
 * shapes, layouts and values, inputs that stretch, outputs that lie on inputs, and with everything
 * around the output watched.
 */
@ParameterizedClass(autoCloseArguments = false)
@MethodSource("dev.lanewise.kernels.Backends#all")
class KernelContractTest {
  /** What a float may lose in functions that no float computes exactly; the rest are exact. */
  private static final Map<Unary, Allowed> ALLOWED =
      Map.of(
          Unary.EXP, Allowed.ulps(2),
          Unary.LOG, Allowed.ulps(2),
          Unary.TANH, Allowed.ulps(3),
          Unary.SIGMOID, Allowed.ulps(3),
          Unary.SOFTPLUS, Allowed.ulps(3),
          Unary.ELU, Allowed.ulps(2),
          // The sigmoid has few bits where it underflows, up to |x| = 104.
          Unary.SILU, Allowed.ulps(4).plus(104 * Float.MIN_VALUE),
          Unary.GELU_TANH, Allowed.ulps(4),
          Unary.SIN, Allowed.ulps(2),
          Unary.COS, Allowed.ulps(2));

  private static final float EPS = 0x1p-24f;

  private final Backend backend;

  KernelContractTest(Backend backend) {
    this.backend = backend;
  }

  @Test
  void everyKernelHasATestOfItsName() {
    var tests =
        Stream.of(KernelContractTest.class, GemmContractTest.class)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(method -> method.getName())
            .toList();
    assertThat(tests)
        .containsAll(
            Arrays.stream(Kernels.class.getDeclaredMethods()).map(m -> m.getName()).toList());
  }

  @Test
  void map() {
    for (Unary f : Unary.values()) {
      float[] values = Values.concat(Values.SPECIAL, sweep(f));
      for (int i = 0; i < values.length; i++) {
        values[i] = inDomain(f, values[i]) ? values[i] : i * 0.01f;
      }
      try (var trial = new Trial(backend)) {
        var shape = new Shape(1, values.length);
        var x = trial.in(shape, Layout.TIGHT, values);
        var y = trial.out(shape, Layout.ODD);
        Trial.Kernel kernel = on -> on.kernels().map(f, on.view(x), on.view(y));
        Allowed allowed = ALLOWED.getOrDefault(f, Allowed.EXACT);
        trial.compare(
            f + " of special values",
            (r, i, expected) -> allowed.error(r, i, expected) + cancellation(f, x.get(r, i)),
            kernel);
      }
    }
    for (Unary f : List.of(Unary.NEGATE, Unary.EXP, Unary.SIN)) {
      for (Shape shape : Shape.AWKWARD) {
        elementwise(f.toString(), ALLOWED.getOrDefault(f, Allowed.EXACT), shape, f);
      }
    }
  }

  /** 1 + tanh loses what it nearly cancels. */
  private static double cancellation(Unary f, float x) {
    return f == Unary.GELU_TANH && x < 0 && Float.isFinite(x) ? 2 * EPS * -x : 0;
  }

  private static boolean inDomain(Unary f, float x) {
    return (f != Unary.SIN && f != Unary.COS) || !Float.isFinite(x) || Math.abs(x) <= 8192;
  }

  /** Numbers of every size, most where the function bends. */
  private static float[] sweep(Unary f) {
    var random = new Random(f.ordinal());
    float[] values = new float[1500];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float)
              switch (i % 3) {
                case 0 -> random.nextGaussian() * 2;
                case 1 -> random.nextGaussian() * 60;
                default -> random.nextGaussian() * Math.pow(10, random.nextInt(-20, 20));
              };
    }
    return values;
  }

  private void elementwise(String what, Allowed allowed, Shape shape, Unary f) {
    for (Layout layout : Layout.values()) {
      for (Shape from : shape.stretching()) {
        try (var trial = new Trial(backend)) {
          var x = trial.in(from, layout, Values.normal(from, 1));
          var y = trial.out(shape, layout);
          trial.compare(
              what + " of " + from, allowed, on -> on.kernels().map(f, on.view(x), on.view(y)));
        }
      }
      try (var trial = new Trial(backend)) {
        var x = trial.inOut(shape, layout, Values.normal(shape, 1));
        trial.compare(
            what + " in place", allowed, on -> on.kernels().map(f, on.view(x), on.view(x)));
      }
    }
  }

  @Test
  void zip() {
    int n = Values.SPECIAL.length;
    var square = new Shape(n, n);
    for (Binary f : Binary.values()) {
      try (var trial = new Trial(backend)) {
        var a = trial.in(new Shape(n, 1), Layout.TIGHT, Values.SPECIAL);
        var b = trial.in(new Shape(1, n), Layout.TIGHT, Values.SPECIAL);
        var y = trial.out(square, Layout.ODD);
        trial.compare(
            f + " of special values",
            Allowed.EXACT,
            on -> on.kernels().zip(f, on.view(a), on.view(b), on.view(y)));
      }
      for (Shape shape : Shape.FEW) {
        zip(f, shape, Layout.ODD);
      }
    }
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        zip(Binary.SUBTRACT, shape, layout);
      }
    }
  }

  private void zip(Binary f, Shape shape, Layout layout) {
    for (Shape left : shape.stretching()) {
      for (Shape right : shape.stretching()) {
        try (var trial = new Trial(backend)) {
          var a = trial.in(left, layout, Values.normal(left, 1));
          var b = trial.in(right, Layout.TIGHT, Values.normal(right, 2));
          var y = trial.out(shape, layout);
          trial.compare(
              f + " of " + left + " and " + right,
              Allowed.EXACT,
              on -> on.kernels().zip(f, on.view(a), on.view(b), on.view(y)));
        }
      }
    }
    try (var trial = new Trial(backend)) {
      var a = trial.inOut(shape, layout, Values.normal(shape, 1));
      var b = trial.inOut(shape, layout, Values.normal(shape, 2));
      trial.compare(
          f + " onto b",
          Allowed.EXACT,
          on -> on.kernels().zip(f, on.view(a), on.view(b), on.view(b)));
      trial.reset();
      trial.compare(
          f + " onto a",
          Allowed.EXACT,
          on -> on.kernels().zip(f, on.view(a), on.view(b), on.view(a)));
      trial.reset();
      trial.compare(
          f + " of a and a onto a",
          Allowed.EXACT,
          on -> on.kernels().zip(f, on.view(a), on.view(a), on.view(a)));
    }
  }

  @Test
  void select() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (Shape which : shape.stretching()) {
          for (Shape left : shape.stretching()) {
            try (var trial = new Trial(backend)) {
              float[] conditions = Values.whole(which.size(), 4, 3);
              for (int i = 0; i < conditions.length; i++) {
                conditions[i] = new float[] {0f, -0f, 1e-40f, Float.NaN}[(int) conditions[i]];
              }
              var condition = trial.in(which, layout, conditions);
              var a = trial.inOut(left, layout, Values.mixed(left, 1));
              var b = trial.inOut(shape, layout, Values.mixed(shape, 2));
              var y = trial.out(shape, Layout.ODD);
              String what = "select by " + which + " of " + left;
              trial.compare(what, Allowed.EXACT, on -> select(on, condition, a, b, y));
              trial.reset();
              trial.compare(what + " onto b", Allowed.EXACT, on -> select(on, condition, a, b, b));
              if (left.equals(shape)) {
                trial.reset();
                trial.compare(
                    what + " onto a", Allowed.EXACT, on -> select(on, condition, a, b, a));
              }
            }
          }
        }
      }
    }
  }

  private static Call select(Trial.Side on, Operand condition, Operand a, Operand b, Operand y) {
    return on.kernels().select(on.view(condition), on.view(a), on.view(b), on.view(y));
  }

  @Test
  void copy() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (Shape from : shape.stretching()) {
          try (var trial = new Trial(backend)) {
            var x = trial.in(from, layout, Values.mixed(from, 1));
            var y = trial.out(shape, Layout.ODD);
            trial.compare(
                "copy of " + from, Allowed.EXACT, on -> on.kernels().copy(on.view(x), on.view(y)));
          }
        }
        try (var trial = new Trial(backend)) {
          var x = trial.in(new Shape(shape.lanes(), shape.rows()), layout, Values.mixed(shape, 1));
          var y = trial.out(shape, layout);
          trial.compare(
              "transpose",
              Allowed.EXACT,
              on -> on.kernels().copy(on.view(x).flipped(), on.view(y)));
        }
        try (var trial = new Trial(backend)) {
          var twice = new Shape(2 * shape.rows(), 2 * shape.lanes());
          var x = trial.in(twice, layout, Values.mixed(twice, 1));
          var y = trial.out(shape, layout);
          trial.compare(
              "copy of every second",
              Allowed.EXACT,
              on -> on.kernels().copy(everySecond(on.view(x)), on.view(y)));
        }
        try (var trial = new Trial(backend)) {
          var x = trial.inOut(shape, layout, Values.mixed(shape, 1));
          trial.compare(
              "copy onto itself", Allowed.EXACT, on -> on.kernels().copy(on.view(x), on.view(x)));
        }
      }
    }
  }

  private static View everySecond(View x) {
    return new View(
        x.address(), x.rows() / 2, x.lanes() / 2, 2 * x.rowStride(), 2 * x.laneStride());
  }

  @Test
  void fill() {
    for (double value : new double[] {0, -0.0, 0.1, Double.NaN, Double.NEGATIVE_INFINITY}) {
      for (Shape shape : Shape.AWKWARD) {
        for (Layout layout : Layout.values()) {
          try (var trial = new Trial(backend)) {
            var y = trial.out(shape, layout);
            trial.compare(
                "fill with " + value, Allowed.EXACT, on -> on.kernels().fill(value, on.view(y)));
          }
        }
      }
    }
  }

  @Test
  void reduceRows() {
    for (Reduction reduction : Reduction.values()) {
      for (Shape shape : Shape.AWKWARD) {
        var result = new Shape(1, shape.lanes());
        for (Layout layout : Layout.values()) {
          for (float[] values : toReduce(reduction, shape)) {
            try (var trial = new Trial(backend)) {
              var x = trial.in(shape, layout, values);
              var y = trial.out(result, layout);
              trial.compare(
                  reduction + " of the rows of " + shape,
                  (r, i, expected) -> reduction == Reduction.SUM ? summing(column(x, i)) : 0,
                  on -> on.kernels().reduceRows(reduction, on.view(x), on.view(y)));
            }
          }
        }
        try (var trial = new Trial(backend)) {
          var x = trial.in(2.5f);
          var y = trial.out(result, Layout.TIGHT);
          trial.compare(
              reduction + " of the rows of one number",
              Allowed.EXACT,
              on ->
                  on.kernels()
                      .reduceRows(
                          reduction,
                          on.view(x).broadcast(shape.rows(), shape.lanes()),
                          on.view(y)));
        }
        try (var trial = new Trial(backend)) {
          var x = trial.inOut(result, Layout.ODD, Values.normal(result, 1));
          trial.compare(
              reduction + " of one row onto itself",
              Allowed.EXACT,
              on -> on.kernels().reduceRows(reduction, on.view(x), on.view(x)));
        }
      }
    }
  }

  @Test
  void reduceLanes() {
    for (Reduction reduction : Reduction.values()) {
      for (Shape shape : Shape.AWKWARD) {
        var result = new Shape(shape.rows(), 1);
        for (Layout layout : Layout.values()) {
          for (float[] values : toReduce(reduction, shape)) {
            try (var trial = new Trial(backend)) {
              var x = trial.in(shape, layout, values);
              var y = trial.out(result, layout);
              trial.compare(
                  reduction + " of the lanes of " + shape,
                  (r, i, expected) -> reduction == Reduction.SUM ? summing(row(x, r)) : 0,
                  on -> on.kernels().reduceLanes(reduction, on.view(x), on.view(y)));
            }
          }
        }
        try (var trial = new Trial(backend)) {
          var x = trial.in(result, Layout.ODD, Values.whole(result.size(), 9, 1));
          var y = trial.out(result, Layout.TIGHT);
          trial.compare(
              reduction + " of the lanes of a column, repeated",
              Allowed.EXACT,
              on ->
                  on.kernels()
                      .reduceLanes(
                          reduction,
                          on.view(x).broadcast(shape.rows(), shape.lanes()),
                          on.view(y)));
        }
        try (var trial = new Trial(backend)) {
          var x = trial.inOut(result, Layout.ODD, Values.normal(result, 1));
          trial.compare(
              reduction + " of one lane onto itself",
              Allowed.EXACT,
              on -> on.kernels().reduceLanes(reduction, on.view(x), on.view(x)));
        }
      }
    }
  }

  private static List<float[]> toReduce(Reduction reduction, Shape shape) {
    return List.of(
        Values.normal(shape, 1),
        Values.whole(shape.size(), 3, 2),
        reduction == Reduction.SUM ? Values.infinite(shape, 3) : Values.mixed(shape, 3));
  }

  private static double[] column(Operand x, int i) {
    double[] column = new double[x.shape.rows()];
    Arrays.setAll(column, r -> x.get(r, i));
    return column;
  }

  private static double[] row(Operand x, int r) {
    double[] row = new double[x.shape.lanes()];
    Arrays.setAll(row, i -> x.get(r, i));
    return row;
  }

  /** The rounding of n additions in any order: n ε Σ |x| (Higham 2002, section 4.2). */
  private static double summing(double[] terms) {
    return terms.length * EPS * Arrays.stream(terms).map(Math::abs).sum();
  }

  @Test
  void pick() {
    for (Shape shape : Shape.AWKWARD) {
      if (shape.rows() == 0) {
        continue;
      }
      var result = new Shape(1, shape.lanes());
      for (Layout layout : Layout.values()) {
        for (Shape numbers : result.stretching()) {
          try (var trial = new Trial(backend)) {
            var x = trial.in(shape, layout, Values.mixed(shape, 1));
            var index = trial.in(numbers, layout, Values.whole(numbers.size(), shape.rows(), 2));
            var y = trial.out(result, layout);
            trial.compare(
                "pick from " + shape,
                Allowed.EXACT,
                on -> on.kernels().pick(on.view(x), on.view(index), on.view(y)));
          }
        }
        try (var trial = new Trial(backend)) {
          var one = new Shape(shape.rows(), 1);
          var x = trial.in(one, layout, Values.normal(one, 1));
          var y = trial.inOut(result, layout, Values.whole(result.size(), shape.rows(), 2));
          trial.compare(
              "pick onto the index, from one lane repeated",
              Allowed.EXACT,
              on ->
                  on.kernels()
                      .pick(
                          on.view(x).broadcast(shape.rows(), shape.lanes()),
                          on.view(y),
                          on.view(y)));
        }
      }
    }
    refusesWrongIndices((on, x, index, y) -> on.kernels().pick(on.view(x), index, y));
  }

  private interface Indexed {
    Call bind(Trial.Side on, Operand x, View index, View y);
  }

  /** x has 5 rows and 33 lanes, y as many rows as 1 and as many lanes. */
  private void refusesWrongIndices(Indexed kernel) {
    var shape = new Shape(5, 33);
    for (float wrong :
        new float[] {-1, 5, 1.5f, Float.NaN, Float.POSITIVE_INFINITY, -1e-3f, 1e20f}) {
      for (int lane : new int[] {0, 16, 32}) {
        try (var trial = new Trial(backend)) {
          float[] numbers = Values.whole(33, 5, 1);
          numbers[lane] = wrong;
          var x = trial.in(shape, Layout.TIGHT, Values.normal(shape, 1));
          var index = trial.in(numbers);
          var y = trial.out(new Shape(33, 33), Layout.TIGHT);
          var on = trial.subject;
          int rows = kernel == gather ? 33 : 1;
          Call call = kernel.bind(on, x, on.view(index), on.view(y).rows(0, rows));
          assertThatThrownBy(call::run)
              .as("index %s in lane %d on %s", wrong, lane, backend.name())
              .isInstanceOf(IndexOutOfBoundsException.class);
          trial.assertUntouched("a wrong index", y);
        }
      }
    }
  }

  private final Indexed gather = (on, x, index, y) -> on.kernels().gather(on.view(x), index, y);

  @Test
  void oneHot() {
    for (Shape shape : Shape.AWKWARD) {
      var row = new Shape(1, shape.lanes());
      for (Layout layout : Layout.values()) {
        for (Shape numbers : row.stretching()) {
          try (var trial = new Trial(backend)) {
            float[] values = Values.whole(numbers.size(), shape.rows() + 2, 1);
            for (int i = 3; i < values.length; i += 5) {
              values[i] = new float[] {0.5f, -1, Float.NaN}[i % 3];
            }
            var index = trial.in(numbers, layout, values);
            var y = trial.out(shape, layout);
            trial.compare(
                "oneHot", Allowed.EXACT, on -> on.kernels().oneHot(on.view(index), on.view(y)));
          }
        }
      }
      try (var trial = new Trial(backend)) {
        var y = trial.inOut(row, Layout.ODD, Values.whole(row.size(), 2, 1));
        trial.compare(
            "oneHot onto the index",
            Allowed.EXACT,
            on -> on.kernels().oneHot(on.view(y), on.view(y)));
      }
    }
  }

  @Test
  void gather() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (int records : new int[] {1, 7, 40}) {
          try (var trial = new Trial(backend)) {
            var memory = new Shape(records, shape.rows());
            var x = trial.in(memory, layout, Values.mixed(memory, 1));
            var numbers = new Shape(1, records == 7 ? 1 : shape.lanes());
            var index = trial.in(numbers, layout, Values.whole(numbers.size(), records, 2));
            var y = trial.out(shape, layout);
            trial.compare(
                "gather from " + memory,
                Allowed.EXACT,
                on -> on.kernels().gather(on.view(x), on.view(index), on.view(y)));
          }
        }
      }
    }
    refusesWrongIndices(gather);
  }

  @Test
  void scatter() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (int records : new int[] {1, 7, 40}) {
          try (var trial = new Trial(backend)) {
            var memory = new Shape(records, shape.rows());
            var x = trial.in(shape, layout, Values.mixed(shape, 1));
            var numbers = new Shape(1, records == 7 ? 1 : shape.lanes());
            var index = trial.in(numbers, layout, Values.whole(numbers.size(), records, 2));
            var y = trial.inOut(memory, layout, Values.normal(memory, 3));
            trial.compare(
                "scatter into " + memory,
                Allowed.EXACT,
                on -> on.kernels().scatter(on.view(x), on.view(index), on.view(y)));
          }
        }
      }
    }
    for (float wrong : new float[] {-1, 5, 1.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      try (var trial = new Trial(backend)) {
        var x = trial.in(new Shape(3, 1), Layout.TIGHT, Values.normal(3, 1));
        var index = trial.in(wrong);
        var y = trial.out(new Shape(5, 3), Layout.TIGHT);
        var on = trial.subject;
        Call call = on.kernels().scatter(on.view(x), on.view(index), on.view(y));
        assertThatThrownBy(call::run)
            .as("index %s on %s", wrong, backend.name())
            .isInstanceOf(IndexOutOfBoundsException.class);
        trial.assertUntouched("a wrong index", y);
      }
    }
  }

  @Test
  void scan() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (Shape added : shape.stretching()) {
          for (Shape factors : shape.stretching()) {
            try (var trial = new Trial(backend)) {
              var a = trial.in(added, layout, Values.positive(added, 1));
              var b = trial.in(factors, Layout.TIGHT, discounts(factors));
              var y = trial.out(shape, layout);
              trial.compare(
                  "scan of " + added + " and " + factors,
                  Allowed.ulps(2 + Math.min(shape.rows(), 20)),
                  on -> on.kernels().scan(on.view(a), on.view(b), on.view(y)));
            }
          }
        }
        try (var trial = new Trial(backend)) {
          var a = trial.inOut(shape, layout, Values.positive(shape, 1));
          var b = trial.inOut(shape, layout, discounts(shape));
          var allowed = Allowed.ulps(2 + Math.min(shape.rows(), 20));
          trial.compare(
              "scan onto a", allowed, on -> on.kernels().scan(on.view(a), on.view(b), on.view(a)));
          trial.reset();
          trial.compare(
              "scan onto b", allowed, on -> on.kernels().scan(on.view(a), on.view(b), on.view(b)));
        }
      }
    }
    try (var trial = new Trial(backend)) {
      var shape = new Shape(3, 40);
      var a = trial.in(shape, Layout.ODD, Values.infinite(shape, 1));
      var b = trial.in(shape, Layout.ODD, Values.whole(shape.size(), 2, 2));
      var y = trial.out(shape, Layout.ODD);
      trial.compare(
          "scan of infinite values",
          Allowed.ulps(2).plus(8 * EPS),
          on -> on.kernels().scan(on.view(a), on.view(b), on.view(y)));
    }
  }

  /** In [0, 0.9], some of them 0 as where an episode ends. */
  private static float[] discounts(Shape shape) {
    float[] discounts = Values.whole(shape.size(), 4, 2);
    for (int i = 0; i < discounts.length; i++) {
      discounts[i] *= 0.3f;
    }
    return discounts;
  }

  @Test
  void uniform() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        var stream = new Philox(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);
        stream.seek(0xFFFFFFF0L);
        try (var trial = new Trial(backend)) {
          var y = trial.out(shape, layout);
          var draw = new Draw(stream, 5, shape.lanes(), 0, 0);
          trial.compare("uniform", Allowed.EXACT, on -> on.kernels().uniform(draw, on.view(y)));
          float[] values = trial.values(y);
          for (int r = 0, k = 0; r < shape.rows(); r++) {
            for (int i = 0; i < shape.lanes(); i++, k++) {
              assertThat((double) values[k])
                  .isStrictlyBetween(0.0, 1.0)
                  .isEqualTo(Philox.unit(word(stream, 5, shape.lanes(), r, i)));
            }
          }
        }
      }
    }
    partOfADraw((on, draw, bound, y) -> on.kernels().uniform(draw, y), Allowed.EXACT);
    followsTheStream((on, draw, bound, y) -> on.kernels().uniform(draw, y));
  }

  /** The word of an element as {@link Draw} defines it. */
  private static int word(Philox stream, long offset, int lanes, int r, int i) {
    long rowBlocks = (lanes + 63) / 64;
    long counter = stream.counter() + offset + (r * rowBlocks + i / 64) * 16 + i % 16;
    return Philox.word(stream.seed(), stream.stream(), counter, i % 64 / 16);
  }

  private interface Drawn {
    Call bind(Trial.Side on, Draw draw, View bound, View y);
  }

  /** Rows and lanes of a larger array from anywhere in it. */
  private void partOfADraw(Drawn kernel, Allowed allowed) {
    var stream = new Philox(3, 4);
    for (int firstLane : new int[] {0, 1, 15, 16, 17, 33, 63, 64, 70, 127}) {
      for (int lanes : new int[] {1, 5, 16, 64, 73}) {
        try (var trial = new Trial(backend)) {
          var bound = trial.in(1000);
          var y = trial.out(new Shape(2, lanes), Layout.ODD);
          var draw = new Draw(stream, 0, 200, 3, firstLane);
          trial.compare(
              "a draw from lane " + firstLane,
              allowed,
              on -> kernel.bind(on, draw, on.view(bound), on.view(y)));
        }
      }
    }
  }

  /** The stream's counter is read when the call runs. */
  private void followsTheStream(Drawn kernel) {
    var stream = new Philox(1, 2);
    var shape = new Shape(2, 70);
    try (var trial = new Trial(backend)) {
      var bound = trial.in(1000);
      var y = trial.out(shape, Layout.TIGHT);
      var on = trial.subject;
      var draw = new Draw(stream, 0, 70, 0, 0);
      Call call = kernel.bind(on, draw, on.view(bound), on.view(y));
      call.run();
      float[] first = trial.values(y);
      stream.advance(Draw.blocks(2, 70));
      call.run();
      float[] second = trial.values(y);
      stream.seek(0);
      call.run();
      assertThat(second).isNotEqualTo(first);
      assertThat(trial.values(y)).isEqualTo(first);
    }
  }

  @Test
  void normal() {
    // The angle 2πu is rounded by up to 4 ε; its error grows with the radius, at most 5.8.
    Allowed allowed = Allowed.ulps(8).plus(32 * EPS);
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        var stream = new Philox(7, 8);
        stream.seek(-3);
        try (var trial = new Trial(backend)) {
          var y = trial.out(shape, layout);
          var draw = new Draw(stream, 1, shape.lanes(), 0, 0);
          trial.compare("normal", allowed, on -> on.kernels().normal(draw, on.view(y)));
        }
      }
    }
    partOfADraw((on, draw, bound, y) -> on.kernels().normal(draw, y), allowed);
    followsTheStream((on, draw, bound, y) -> on.kernels().normal(draw, y));
    moments();
  }

  /** Mean, variance, skewness, kurtosis within 5 standard errors: 0, 1, 0, 3. */
  private void moments() {
    var shape = new Shape(20, 1000);
    int n = shape.size();
    try (var trial = new Trial(backend)) {
      var y = trial.out(shape, Layout.TIGHT);
      trial.run(on -> on.kernels().normal(new Draw(new Philox(42, 0), 0, 1000, 0, 0), on.view(y)));
      double[] sums = new double[5];
      for (float x : trial.values(y)) {
        for (int power = 1; power <= 4; power++) {
          sums[power] += Math.pow(x, power) / n;
        }
      }
      double[] moments = {0, 0, 1, 0, 3}, variances = {0, 1, 2, 15, 96};
      for (int power = 1; power <= 4; power++) {
        assertThat(Math.abs(sums[power] - moments[power]))
            .as("moment %d on %s", power, backend.name())
            .isLessThan(5 * Math.sqrt(variances[power] / n));
      }
    }
  }

  @Test
  void integers() {
    for (float bound : new float[] {1, 2, 3, 10, 1000003, 16777216}) {
      for (Shape shape : Shape.AWKWARD) {
        var stream = new Philox(11, 12);
        try (var trial = new Trial(backend)) {
          var below = trial.in(bound);
          var y = trial.out(shape, Layout.ODD);
          var draw = new Draw(stream, 2, shape.lanes(), 0, 0);
          trial.compare(
              "integers below " + bound,
              Allowed.EXACT,
              on -> on.kernels().integers(draw, on.view(below), on.view(y)));
          float[] values = trial.values(y);
          for (int r = 0, k = 0; r < shape.rows(); r++) {
            for (int i = 0; i < shape.lanes(); i++, k++) {
              long bits = Integer.toUnsignedLong(word(stream, 2, shape.lanes(), r, i));
              assertThat(values[k]).isEqualTo((float) (bits * (long) bound >>> 32));
            }
          }
        }
      }
    }
    partOfADraw((on, draw, below, y) -> on.kernels().integers(draw, below, y), Allowed.EXACT);
    followsTheStream((on, draw, below, y) -> on.kernels().integers(draw, below, y));

    try (var trial = new Trial(backend)) {
      var below = trial.in(5);
      var y = trial.out(new Shape(1, 200), Layout.TIGHT);
      var draw = new Draw(new Philox(1, 1), 0, 200, 0, 0);
      var on = trial.subject;
      Call call = on.kernels().integers(draw, on.view(below), on.view(y));
      backend.set(on.view(below).address(), 1000);
      call.run();
      assertThat(max(trial.values(y))).as("the bound is read at every run").isGreaterThan(900);
    }
  }

  private static float max(float[] values) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  @Test
  void adam() {
    for (int lanes : Shape.LANES) {
      for (double weightDecay : new double[] {0, 0.01}) {
        for (float steps : new float[] {1, 2, 1000, 1e7f}) {
          for (Layout layout : Layout.values()) {
            adam(new Shape(1, lanes), layout, steps, weightDecay);
          }
        }
      }
    }
    adam(new Shape(1, Shape.LARGE.size()), Layout.ODD, 3, 0.1);
    try (var trial = new Trial(backend)) {
      var shape = new Shape(1, 3);
      var theta = trial.inOut(shape, Layout.TIGHT, new float[] {1, 1, 1});
      var m = trial.inOut(shape, Layout.TIGHT, new float[3]);
      var v = trial.inOut(shape, Layout.TIGHT, new float[3]);
      var g = trial.in(1, -1, 0);
      var t = trial.in(7);
      var alpha = trial.in(9);
      var on = trial.subject;
      Call call = adam(on, theta, g, m, v, t, alpha, 0);
      backend.set(on.view(t).address(), 1);
      backend.set(on.view(alpha).address(), 0.5);
      call.run();
      float[] stepped = trial.values(theta);
      assertThat(stepped[0]).as("t and α are read at every run").isCloseTo(0.5f, within(1e-6f));
      assertThat(stepped[1]).isCloseTo(1.5f, within(1e-6f));
      assertThat(stepped[2]).isEqualTo(1);
    }
  }

  private void adam(Shape shape, Layout layout, float steps, double weightDecay) {
    try (var trial = new Trial(backend)) {
      var theta = trial.inOut(shape, layout, Values.normal(shape, 1));
      var g = trial.in(shape, layout, Values.normal(shape, 2));
      var m = trial.inOut(shape, Layout.TIGHT, Values.normal(shape, 3));
      var v = trial.inOut(shape, layout, Values.positive(shape, 4));
      var t = trial.in(steps);
      var alpha = trial.in(0.01f);
      trial.compare(
          "adam at step " + steps,
          Allowed.ulps(3).plus(4 * EPS),
          on -> adam(on, theta, g, m, v, t, alpha, weightDecay));
    }
  }

  private static Call adam(
      Trial.Side on,
      Operand theta,
      Operand g,
      Operand m,
      Operand v,
      Operand t,
      Operand alpha,
      double weightDecay) {
    return on.kernels()
        .adam(
            new Kernels.Adam(
                on.view(theta),
                on.view(g),
                on.view(m),
                on.view(v),
                on.view(t),
                on.view(alpha),
                0.9,
                0.999,
                1e-8,
                weightDecay));
  }

  @Test
  void rmsProp() {
    for (Shape shape : rowsOfParameters()) {
      for (Layout layout : Layout.values()) {
        try (var trial = new Trial(backend)) {
          var theta = trial.inOut(shape, layout, Values.normal(shape, 1));
          var g = trial.in(shape, layout, Values.normal(shape, 2));
          var v = trial.inOut(shape, Layout.TIGHT, Values.positive(shape, 3));
          var alpha = trial.in(0.01f);
          trial.compare(
              "rmsProp",
              Allowed.ulps(3).plus(4 * EPS),
              on ->
                  on.kernels()
                      .rmsProp(
                          new Kernels.RmsProp(
                              on.view(theta), on.view(g), on.view(v), on.view(alpha), 0.99, 1e-5)));
        }
      }
    }
  }

  @Test
  void sgd() {
    for (Shape shape : rowsOfParameters()) {
      for (Layout layout : Layout.values()) {
        for (double momentum : new double[] {0, 0.9}) {
          try (var trial = new Trial(backend)) {
            var theta = trial.inOut(shape, layout, Values.normal(shape, 1));
            var g = trial.in(shape, layout, Values.normal(shape, 2));
            var v = trial.inOut(shape, Layout.TIGHT, Values.normal(shape, 3));
            var alpha = trial.in(0.1f);
            trial.compare(
                "sgd",
                Allowed.ulps(3).plus(4 * EPS),
                on ->
                    on.kernels()
                        .sgd(
                            new Kernels.Sgd(
                                on.view(theta), on.view(g), on.view(v), on.view(alpha), momentum)));
          }
        }
      }
    }
  }

  private static List<Shape> rowsOfParameters() {
    return IntStream.concat(IntStream.of(Shape.LANES), IntStream.of(5000))
        .mapToObj(lanes -> new Shape(1, lanes))
        .toList();
  }

  @Test
  void lerp() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        for (double tau : new double[] {0, 0.005, 1}) {
          for (Shape from : shape.stretching()) {
            try (var trial = new Trial(backend)) {
              var source = trial.in(from, Layout.TIGHT, Values.normal(from, 1));
              var target = trial.inOut(shape, layout, Values.normal(shape, 2));
              trial.compare(
                  "lerp by " + tau,
                  Allowed.ulps(2).plus(8 * EPS),
                  on -> on.kernels().lerp(on.view(source), on.view(target), tau));
            }
          }
        }
      }
    }
  }

  @Test
  void checkFinite() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        try (var trial = new Trial(backend)) {
          // What lies around an input is NaN.
          var x = trial.in(shape, layout, Values.normal(shape, 1));
          trial.compare(
              "checkFinite", Allowed.EXACT, on -> on.kernels().checkFinite(on.view(x), "the loss"));
          if (shape.size() == 0) {
            continue;
          }
          var on = trial.subject;
          Call call = on.kernels().checkFinite(on.view(x), "the loss");
          for (double wrong : new double[] {Double.NaN, 1 / 0.0, -1 / 0.0}) {
            for (int k : new int[] {0, shape.size() / 2, shape.size() - 1}) {
              long at = on.view(x).at(k / shape.lanes(), k % shape.lanes());
              double before = backend.get(at);
              backend.set(at, wrong);
              assertThatThrownBy(call::run)
                  .as("%s in element %d of %s on %s", wrong, k, shape, backend.name())
                  .isInstanceOf(NotFiniteException.class)
                  .hasMessageContaining("the loss is " + wrong)
                  .extracting(e -> ((NotFiniteException) e).name())
                  .isEqualTo("the loss");
              backend.set(at, before);
            }
          }
          call.run();
        }
      }
    }
    try (var trial = new Trial(backend)) {
      var x = trial.in(Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE);
      trial.run(on -> on.kernels().checkFinite(on.view(x), "the largest"));
      trial.run(
          on -> on.kernels().checkFinite(on.view(x).lanes(0, 1).broadcast(3, 40), "repeated"));
    }
  }

  @Test
  void pendulum() {
    for (int lanes : Shape.LANES) {
      for (Layout layout : Layout.values()) {
        pendulum(lanes, layout);
      }
    }
    pendulum(3000, Layout.ODD);
  }

  private void pendulum(int lanes, Layout layout) {
    var one = new Shape(1, lanes);
    for (Shape actions : one.stretching()) {
      try (var trial = new Trial(backend)) {
        float[] states = Values.normal(2 * lanes, 1);
        for (int i = 0; i < lanes; i++) {
          states[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 3 : 50;
          states[lanes + i] *= 5;
        }
        float[] torques = Values.normal(actions, 2);
        for (int i = 0; i < torques.length; i++) {
          torques[i] *= 2;
        }
        var angle = trial.inOut(one, layout, Arrays.copyOf(states, lanes));
        var action = trial.inOut(actions, layout, torques);
        float[] seen = Values.observed(states, 1, lanes);
        var observation = trial.inOut(new Shape(3, lanes), layout, seen);
        var last = trial.out(new Shape(3, lanes), layout);
        var reward = trial.out(one, Layout.TIGHT);
        // θ of up to 200 turns into its sine with the spacing of floats near 200.
        Allowed allowed = Allowed.ulps(4).plus(1e-5);
        trial.compare(
            "pendulum", allowed, on -> pendulum(on, angle, action, observation, last, reward));
        if (actions.equals(one)) {
          trial.reset();
          trial.compare(
              "pendulum, reward onto action",
              allowed,
              on -> pendulum(on, angle, action, observation, last, action));
        }
      }
    }
  }

  private static Call pendulum(
      Trial.Side on,
      Operand angle,
      Operand action,
      Operand observation,
      Operand last,
      Operand reward) {
    return on.kernels()
        .pendulum(
            new Kernels.Pendulum(
                on.view(angle),
                on.view(action),
                on.view(observation),
                on.view(last),
                on.view(reward)));
  }

  @Test
  void checkWhole() {
    for (Shape shape : Shape.AWKWARD) {
      for (Layout layout : Layout.values()) {
        try (var trial = new Trial(backend)) {
          float[] values = Values.whole(shape.size(), 5, 1);
          var x = trial.inOut(shape, layout, values);
          trial.compare(
              "whole", Allowed.EXACT, on -> on.kernels().checkWhole(on.view(x), 0, 4, "x"));
        }
      }
    }
    for (float bad :
        new float[] {-1, 5, 0.5f, 1e-30f, 4 + 0x1p-20f, 1e9f, Float.NaN, Float.NEGATIVE_INFINITY}) {
      for (int lanes : new int[] {1, 7, 16, 33, 100}) {
        for (int where : new int[] {0, lanes / 2, lanes - 1}) {
          try (var trial = new Trial(backend)) {
            float[] values = Values.whole(lanes, 5, 1);
            values[where] = bad;
            var x = trial.in(new Shape(1, lanes), Layout.ODD, values);
            assertThatThrownBy(
                    () -> trial.run(on -> on.kernels().checkWhole(on.view(x), 0, 4, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("x is .*, not a whole number from 0 to 4");
          }
        }
      }
    }
    try (var trial = new Trial(backend)) {
      var x = trial.in(-0f, 3, 8388607, 16777216, -16777216, -4194305);
      int all = 1 << 24;
      trial.run(on -> on.kernels().checkWhole(on.view(x), -all, all, "x"));
      assertThatThrownBy(() -> trial.run(on -> on.kernels().checkWhole(on.view(x), 0, all, "x")))
          .hasMessageContaining("is -1.6777216E7");
    }
  }

  private interface MotionKernel {
    Call bind(Kernels kernels, Kernels.Motion motion);
  }

  /**
   * States are normal, of these sizes, the first of them hidden angles: where floats and doubles
   * could decide differently about the end of an episode no test depends on it, as the seeds show.
   */
  private void motion(
      String name, MotionKernel kernel, float[] sizes, int hidden, int choices, Allowed allowed) {
    for (int lanes : Shape.LANES) {
      for (Layout layout : Layout.values()) {
        motion(name, kernel, sizes, hidden, choices, allowed, lanes, layout);
      }
    }
    motion(name, kernel, sizes, hidden, choices, allowed, 3000, Layout.ODD);
  }

  private void motion(
      String name,
      MotionKernel kernel,
      float[] sizes,
      int hidden,
      int choices,
      Allowed allowed,
      int lanes,
      Layout layout) {
    var one = new Shape(1, lanes);
    for (Shape actions : one.stretching()) {
      try (var trial = new Trial(backend)) {
        float[] states = Values.normal(sizes.length * lanes, 1);
        for (int i = 0; i < states.length; i++) {
          states[i] *= sizes[i / lanes];
        }
        float[] chosen =
            choices == 0
                ? Values.normal(actions.size(), 2)
                : Values.whole(actions.size(), choices, 2);
        var angles = new Shape(hidden, lanes);
        var state = trial.inOut(angles, layout, Arrays.copyOf(states, angles.size()));
        var action = trial.in(actions, layout, chosen);
        var observed = new Shape(sizes.length + hidden, lanes);
        float[] seen = Values.observed(states, hidden, lanes);
        var observation = trial.inOut(observed, layout, seen);
        var last = trial.out(observed, layout);
        var reward = trial.out(one, Layout.TIGHT);
        var terminated = trial.out(one, Layout.ODD);
        trial.compare(
            name,
            allowed,
            on ->
                kernel.bind(
                    on.kernels(),
                    new Kernels.Motion(
                        on.view(state),
                        on.view(action),
                        on.view(observation),
                        on.view(last),
                        on.view(reward),
                        on.view(terminated))));
      }
    }
  }

  @Test
  void cartPole() {
    Allowed allowed = Allowed.ulps(4).plus(1e-6);
    motion("cart", Kernels::cartPole, new float[] {1.5f, 2, 0.15f, 2}, 0, 2, allowed);
    motion("any pole", Kernels::cartPole, new float[] {1, 1, 9, 5}, 0, 2, allowed);
  }

  @Test
  void mountainCar() {
    Allowed allowed = Allowed.ulps(1).plus(1e-8); // the last place of the speed
    motion("car", Kernels::mountainCar, new float[] {0.6f, 0.05f}, 0, 3, allowed);
  }

  @Test
  void mountainCarContinuous() {
    // a float that the reference has rounded too may be rounded to its neighbour
    Allowed allowed = Allowed.ulps(2).plus(2e-8);
    motion("car", Kernels::mountainCarContinuous, new float[] {0.6f, 0.05f}, 0, 0, allowed);
  }

  @Test
  void acrobot() {
    // speeds grow with their squares within a step, and errors with them
    motion("slow", Kernels::acrobot, new float[] {1, 1, 1, 1}, 2, 3, Allowed.ulps(8).plus(5e-6));
    motion("fast", Kernels::acrobot, new float[] {1, 1, 3, 6}, 2, 3, Allowed.ulps(8).plus(2e-4));
  }

  @Test
  void endEpisodes() {
    for (int lanes : Shape.LANES) {
      for (Layout layout : Layout.values()) {
        for (boolean cutsItself : new boolean[] {false, true}) {
          endEpisodes(lanes, layout, cutsItself, 3);
          endEpisodes(lanes, layout, cutsItself, 1);
          endEpisodes(lanes, layout, cutsItself, Double.POSITIVE_INFINITY);
        }
      }
    }
    endEpisodes(3000, Layout.ODD, true, 500);
  }

  private void endEpisodes(int lanes, Layout layout, boolean cutsItself, double limit) {
    var one = new Shape(1, lanes);
    try (var trial = new Trial(backend)) {
      var reward = trial.in(one, layout, Values.whole(lanes, 7, 2));
      var terminated = trial.in(one, Layout.ODD, Values.whole(lanes, 2, 3));
      var truncated = trial.inOut(one, layout, Values.whole(lanes, 2, 4));
      var running = trial.inOut(one, layout, Values.whole(lanes, 100, 5));
      var length = trial.inOut(one, layout, Values.whole(lanes, 4, 6));
      var endedReturn = trial.inOut(one, layout, Values.normal(lanes, 7));
      var endedLength = trial.inOut(one, layout, Values.normal(lanes, 8));
      var ended = trial.inOut(one, layout, Values.normal(lanes, 9));
      var count = trial.inOut(new Shape(1, 1), layout, new float[] {7});
      trial.compare(
          "ends of episodes",
          Allowed.EXACT,
          on ->
              on.kernels()
                  .endEpisodes(
                      new Kernels.EpisodeEnds(
                          on.view(reward),
                          on.view(terminated),
                          on.view(truncated),
                          cutsItself,
                          on.view(running),
                          on.view(length),
                          on.view(endedReturn),
                          on.view(endedLength),
                          on.view(ended),
                          on.view(count),
                          limit)));
    }
  }

  @Test
  void beginEpisodes() {
    for (int count : new int[] {0, 1, 2, 15, 16, 17, 64, 127, 128, 129, 300}) {
      for (Layout layout : Layout.values()) {
        beginEpisodes(count, layout);
      }
    }
  }

  private void beginEpisodes(int count, Layout layout) {
    int lanes = 700;
    var random = new Philox(0x123456789L, 0xFFFF_FFFEL);
    random.seek(0x8_0000_0001L);
    var intervals =
        List.of(
            new Kernels.Interval(-1, 1),
            new Kernels.Interval(-0.6f, -0.4f),
            new Kernels.Interval(3, 3));
    var features =
        List.of(
            new Kernels.Feature(Kernels.Feature.Of.COSINE, 0),
            new Kernels.Feature(Kernels.Feature.Of.SINE, 1),
            new Kernels.Feature(Kernels.Feature.Of.VALUE, 2),
            new Kernels.Feature(Kernels.Feature.Of.VALUE, 0));
    try (var trial = new Trial(backend)) {
      float[] which = Values.repeated(lanes, Float.NaN);
      for (int k = 0; k < count; k++) {
        which[k] = 2 * k + k % 2;
      }
      var where = trial.in(new Shape(1, lanes), layout, which);
      var many = trial.in(count);
      var hidden = trial.inOut(new Shape(2, lanes), layout, Values.normal(2 * lanes, 1));
      var observation = trial.inOut(new Shape(4, lanes), layout, Values.normal(4 * lanes, 2));
      trial.compare(
          count + " beginnings",
          (r, i, expected) -> Allowed.ulps(2).error(r, i, expected),
          on ->
              on.kernels()
                  .beginEpisodes(
                      new Kernels.EpisodeStarts(
                          random,
                          1000,
                          on.view(where),
                          on.view(many),
                          intervals,
                          on.view(hidden),
                          on.view(observation),
                          features)));
      var first = new Philox(random.seed(), random.stream() + 1000);
      if (count > 0) {
        double unit = Philox.unit(Philox.word(first.seed(), first.stream(), random.counter(), 0));
        assertThat(trial.values(hidden)[0]).isEqualTo((float) (2 * unit - 1));
        assertThat(trial.values(observation)[2 * lanes]).isEqualTo(3);
      }
    }
  }
}
