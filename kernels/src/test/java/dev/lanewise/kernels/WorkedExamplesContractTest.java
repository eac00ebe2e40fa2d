package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers worked out by hand, or by the peers: what the reference itself is held to. */
@ParameterizedClass(autoCloseArguments = false)
@MethodSource("dev.lanewise.kernels.Backends#all")
class WorkedExamplesContractTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private final Backend backend;

  WorkedExamplesContractTest(Backend backend) {
    this.backend = backend;
  }

  /** (1 2; 3 4) (5 6; 7 8) = (19 22; 43 50). */
  @Test
  void products() {
    var two = new Shape(2, 2);
    try (var trial = new Trial(backend)) {
      var a = trial.in(two, Layout.ODD, new float[] {1, 2, 3, 4});
      var b = trial.in(two, Layout.TIGHT, new float[] {5, 6, 7, 8});
      var bias = trial.in(100, -45);
      var gate = trial.in(two, Layout.TIGHT, new float[] {1, 0, NAN, 1e-40f});
      var c = trial.out(two, Layout.TIGHT);
      for (Epilogue epilogue : Epilogue.values()) {
        float[] expected =
            switch (epilogue) {
              case NONE -> new float[] {119, -23, 143, 5};
              case RELU -> new float[] {119, 0, 143, 5};
              case RELU_GATE -> new float[] {119, 0, 0, 5};
              case TANH_GATE -> new float[] {0, -23, NAN, 5};
            };
        trial.expect(
            on ->
                on.kernels()
                    .gemm(
                        new Gemm(
                            on.view(a),
                            on.view(b),
                            on.view(bias).broadcast(2, 2),
                            on.view(c),
                            epilogue,
                            on.view(gate),
                            Form.OUTER)),
            c,
            expected);
      }
    }
  }

  @Test
  void functions() {
    map(Unary.RELU, new float[] {-1, 2, NAN, -INF}, 0, 2, NAN, 0);
    map(Unary.STEP, new float[] {-1, 2, NAN, 0, 1e-40f}, 0, 1, 0, 0, 1);
    map(Unary.SIGN, new float[] {-3, 2, NAN, 0, INF}, -1, 1, NAN, 0, 1);
    map(Unary.FLOOR, new float[] {-1.5f, 1.5f, 3e9f, -INF}, -2, 1, 3e9f, -INF);
    map(Unary.SQRT, new float[] {4, -1, INF, 0}, 2, NAN, INF, 0);
    map(Unary.RECIPROCAL, new float[] {4, 0, INF}, 0.25f, INF, 0);
    map(Unary.EXP, new float[] {0, -INF, INF, 100, -200, NAN}, 1, 0, INF, INF, 0, NAN);
    map(Unary.LOG, new float[] {1, 0, INF, -1, NAN}, 0, -INF, INF, NAN, NAN);
    map(Unary.TANH, new float[] {0, INF, -INF, 30, NAN}, 0, 1, -1, 1, NAN);
    map(Unary.SIGMOID, new float[] {0, INF, -INF, NAN}, 0.5f, 1, 0, NAN);
    map(Unary.SOFTPLUS, new float[] {1000, -INF, INF, NAN}, 1000, 0, INF, NAN);
    map(Unary.ELU, new float[] {3, 0, -INF, NAN}, 3, 0, -1, NAN);
    map(Unary.SIN, new float[] {0, INF, NAN}, 0, NAN, NAN);
    map(Unary.COS, new float[] {0, -INF, NAN}, 1, NAN, NAN);
    zip(Binary.MIN, new float[] {1, NAN, 2}, new float[] {2, 1, NAN}, 1, NAN, NAN);
    zip(Binary.MAX, new float[] {1, NAN, -INF}, new float[] {2, 1, INF}, 2, NAN, INF);
    zip(Binary.GREATER, new float[] {2, 1, NAN, 1}, new float[] {1, 1, 1, NAN}, 1, 0, 0, 0);
    zip(Binary.GREATER_EQUAL, new float[] {2, 1, NAN, 0}, new float[] {1, 1, NAN, 1}, 1, 1, 0, 0);
    zip(Binary.EQUAL, new float[] {2, 0, NAN, INF}, new float[] {1, -0f, NAN, INF}, 0, 1, 0, 1);
  }

  /** Near the multiples of π/2, where rounding leads beyond 1 if it does anywhere. */
  @Test
  void sinesAndCosinesStayWithinOne() {
    for (int turn = -6; turn <= 6; turn++) {
      float[] angles = new float[16_384];
      float angle = (float) (turn * Math.PI / 2 - 0.001);
      for (int i = 0; i < angles.length; i++) {
        angles[i] = angle;
        angle = turn == 0 ? angle + 0x1p-23f : Math.nextUp(angle);
      }
      try (var trial = new Trial(backend)) {
        var x = trial.in(angles);
        var y = trial.out(new Shape(1, angles.length), Layout.TIGHT);
        for (var f : List.of(Unary.SIN, Unary.COS)) {
          trial.run(on -> on.kernels().map(f, on.view(x), on.view(y)));
          for (float value : trial.values(y)) {
            assertThat(value).as("%s near %dπ/2 on %s", f, turn, backend.name()).isBetween(-1f, 1f);
          }
        }
      }
    }
  }

  private void map(Unary f, float[] values, float... expected) {
    try (var trial = new Trial(backend)) {
      var x = trial.in(values);
      var y = trial.out(new Shape(1, values.length), Layout.TIGHT);
      trial.run(on -> on.kernels().map(f, on.view(x), on.view(y)));
      assertNumbers(f.toString(), trial.values(y), expected);
    }
  }

  private void zip(Binary f, float[] left, float[] right, float... expected) {
    try (var trial = new Trial(backend)) {
      var a = trial.in(left);
      var b = trial.in(right);
      var y = trial.out(new Shape(1, left.length), Layout.TIGHT);
      trial.run(on -> on.kernels().zip(f, on.view(a), on.view(b), on.view(y)));
      assertNumbers(f.toString(), trial.values(y), expected);
    }
  }

  /** Equal numbers, 0 and -0 among them. */
  private void assertNumbers(String what, float[] actual, float... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.valueOf(actual[i] + 0f))
          .as("%s of number %d on %s", what, i, backend.name())
          .isEqualTo(Float.valueOf(expected[i] + 0f));
    }
  }

  @Test
  void reductions() {
    float[] values = {3, NAN, -INF, 7, 2, -INF, 7, NAN, -INF};
    reduceRows(Reduction.SUM, new Shape(3, 3), values, 17, NAN, -INF);
    reduceRows(Reduction.MAX, new Shape(3, 3), values, 7, NAN, -INF);
    reduceRows(Reduction.ARGMAX, new Shape(3, 3), values, 1, 0, 0);
    reduceRows(Reduction.SUM, new Shape(0, 2), new float[0], 0, 0);
    reduceRows(Reduction.MAX, new Shape(0, 2), new float[0], -INF, -INF);
    reduceRows(Reduction.ARGMAX, new Shape(0, 2), new float[0], 0, 0);
  }

  private void reduceRows(Reduction reduction, Shape shape, float[] values, float... expected) {
    float[] transposed = new float[values.length];
    for (int k = 0; k < values.length; k++) {
      transposed[k % shape.lanes() * shape.rows() + k / shape.lanes()] = values[k];
    }
    try (var trial = new Trial(backend)) {
      var x = trial.in(shape, Layout.TIGHT, values);
      var row = trial.out(new Shape(1, expected.length), Layout.TIGHT);
      trial.expect(
          on -> on.kernels().reduceRows(reduction, on.view(x), on.view(row)), row, expected);
      var flipped = trial.in(new Shape(shape.lanes(), shape.rows()), Layout.TIGHT, transposed);
      var column = trial.out(new Shape(expected.length, 1), Layout.ODD);
      trial.expect(
          on -> on.kernels().reduceLanes(reduction, on.view(flipped), on.view(column)),
          column,
          expected);
    }
  }

  /** 3; 2 + ½ · 3 = 3.5; 1 + ½ · 3.5 = 2.75. */
  @Test
  void discountedReturns() {
    try (var trial = new Trial(backend)) {
      var rewards = trial.in(new Shape(3, 1), Layout.TIGHT, new float[] {1, 2, 3});
      var discount = trial.in(0.5f);
      var y = trial.out(new Shape(3, 1), Layout.TIGHT);
      trial.expect(
          on -> on.kernels().scan(on.view(rewards), on.view(discount), on.view(y)),
          y,
          2.75f,
          3.5f,
          3);
    }
  }

  @Test
  void gathers() {
    try (var trial = new Trial(backend)) {
      var x = trial.in(new Shape(3, 2), Layout.ODD, new float[] {0, 1, 10, 11, 20, 21});
      var numbers = trial.in(2, 0);
      var records = trial.out(new Shape(2, 2), Layout.TIGHT);
      trial.expect(
          on -> on.kernels().gather(on.view(x), on.view(numbers), on.view(records)),
          records,
          20,
          0,
          21,
          1);
      var picked = trial.out(new Shape(1, 2), Layout.TIGHT);
      trial.expect(
          on -> on.kernels().pick(on.view(x), on.view(numbers), on.view(picked)), picked, 20, 1);
      var hot = trial.out(new Shape(3, 2), Layout.TIGHT);
      trial.expect(
          on -> on.kernels().oneHot(on.view(numbers), on.view(hot)), hot, 0, 1, 0, 0, 1, 0);
    }
  }

  /** The first step of Adam is α sign(g), of RMSProp with ρ = ¾ and g = 2 it is α 2 / √1. */
  @Test
  void firstSteps() {
    try (var trial = new Trial(backend)) {
      var one = new Shape(1, 1);
      var theta = trial.inOut(one, Layout.TIGHT, new float[] {1});
      var g = trial.in(2);
      var m = trial.inOut(one, Layout.TIGHT, new float[] {0});
      var v = trial.inOut(one, Layout.TIGHT, new float[] {0});
      var t = trial.in(1);
      var alpha = trial.in(0.125f);

      trial.run(
          on ->
              on.kernels()
                  .adam(
                      new Kernels.Adam(
                          on.view(theta),
                          on.view(g),
                          on.view(m),
                          on.view(v),
                          on.view(t),
                          on.view(alpha),
                          0.5,
                          0.75,
                          0,
                          2)));
      // The decay of 2 takes a quarter of the parameter before the step.
      assertClose(trial.values(theta)[0], 0.75 - 0.125);
      assertClose(trial.values(m)[0], 1);
      assertClose(trial.values(v)[0], 1);

      trial.reset();
      trial.run(
          on ->
              on.kernels()
                  .rmsProp(
                      new Kernels.RmsProp(
                          on.view(theta), on.view(g), on.view(v), on.view(alpha), 0.75, 1)));
      assertClose(trial.values(theta)[0], 1 - 0.125 * 2 / 2);

      trial.reset();
      for (int step = 0; step < 2; step++) {
        trial.run(
            on ->
                on.kernels()
                    .sgd(
                        new Kernels.Sgd(
                            on.view(theta), on.view(g), on.view(v), on.view(alpha), 0.5)));
      }
      assertClose(trial.values(theta)[0], 1 - 0.125 * 2 - 0.125 * 3);

      trial.reset();
      trial.run(on -> on.kernels().lerp(on.view(g), on.view(theta), 0.25));
      assertClose(trial.values(theta)[0], 1.25);
    }
  }

  private void assertClose(float actual, double expected) {
    assertThat((double) actual).as(backend.name()).isCloseTo(expected, within(1e-6));
  }

  /** Lane 0 goes on, 1 is cut by itself, 2 by the limit of 4 steps, 3 terminates. */
  @Test
  void episodesEnd() {
    try (var trial = new Trial(backend)) {
      var reward = trial.in(1, 1, 2, -1);
      var terminated = trial.in(0, 0, 0, 1);
      var one = new Shape(1, 4);
      var truncated = trial.inOut(one, Layout.TIGHT, new float[] {0, 1, 0, 0});
      var running = trial.inOut(one, Layout.TIGHT, new float[] {5, 6, 7, 8});
      var length = trial.inOut(one, Layout.TIGHT, new float[] {0, 1, 3, 2});
      var endedReturn = trial.inOut(one, Layout.TIGHT, new float[] {-9, -9, -9, -9});
      var endedLength = trial.inOut(one, Layout.TIGHT, new float[] {-9, -9, -9, -9});
      var ended = trial.inOut(one, Layout.TIGHT, new float[] {-9, -9, -9, -9});
      var count = trial.out(new Shape(1, 1), Layout.TIGHT);
      trial.run(
          on ->
              on.kernels()
                  .endEpisodes(
                      new Kernels.EpisodeEnds(
                          on.view(reward),
                          on.view(terminated),
                          on.view(truncated),
                          true,
                          on.view(running),
                          on.view(length),
                          on.view(endedReturn),
                          on.view(endedLength),
                          on.view(ended),
                          on.view(count),
                          4)));
      assertThat(trial.values(truncated)).containsExactly(0, 1, 1, 0);
      assertThat(trial.values(running)).containsExactly(6, 0, 0, 0);
      assertThat(trial.values(length)).containsExactly(1, 0, 0, 0);
      assertThat(trial.values(endedReturn)).containsExactly(-9, 7, 9, 7);
      assertThat(trial.values(endedLength)).containsExactly(-9, 2, 4, 3);
      assertThat(trial.values(ended)).startsWith(1, 2, 3);
      assertThat(trial.values(count)).containsExactly(3);
    }
  }

  /** Gymnasium 1.3's own transitions. */
  @Test
  void pendulumStepsAsGymnasiumDoes() throws IOException {
    List<float[]> rows = transitions();
    int n = rows.size();
    assertThat(n).isGreaterThan(100);
    try (var trial = new Trial(backend)) {
      var angle = trial.inOut(new Shape(1, n), Layout.ODD, columns(rows, 0, 1));
      var action = trial.in(new Shape(1, n), Layout.TIGHT, columns(rows, 2, 1));
      float[] seen = Values.observed(columns(rows, 0, 2), 1, n);
      var observation = trial.inOut(new Shape(3, n), Layout.TIGHT, seen);
      var last = trial.out(new Shape(3, n), Layout.TIGHT);
      var reward = trial.out(new Shape(1, n), Layout.TIGHT);
      trial.run(
          on ->
              on.kernels()
                  .pendulum(
                      new Kernels.Pendulum(
                          on.view(angle),
                          on.view(action),
                          on.view(observation),
                          on.view(last),
                          on.view(reward))));
      assertThat(trial.values(angle)).containsExactly(columns(rows, 3, 1), within(2e-5f));
      assertThat(trial.values(observation)).containsExactly(columns(rows, 5, 3), within(2e-5f));
      assertThat(trial.values(last)).isEqualTo(trial.values(observation));
      assertThat(trial.values(reward)).containsExactly(columns(rows, 8, 1), within(2e-5f));
    }
  }

  private static List<float[]> transitions() throws IOException {
    var resource =
        WorkedExamplesContractTest.class.getResourceAsStream(
            "/gymnasium/Pendulum-v1.transitions.csv");
    try (var lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(WorkedExamplesContractTest::numbers).toList();
    }
  }

  private static float[] numbers(String line) {
    String[] words = line.split(",");
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
  }

  /** Columns of a table as rows of lanes. */
  private static float[] columns(List<float[]> table, int first, int count) {
    float[] lanes = new float[count * table.size()];
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < table.size(); i++) {
        lanes[c * table.size() + i] = table.get(i)[first + c];
      }
    }
    return lanes;
  }
}
