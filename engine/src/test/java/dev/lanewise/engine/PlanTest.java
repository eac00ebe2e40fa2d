package dev.lanewise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Unary;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan computes, by hand-worked numbers and against the reference. */
class PlanTest {

  private static Tensor filled(Device device, int rows, int columns, float... values) {
    var tensor = device.columns("x", rows, columns);
    tensor.write(values);
    return tensor;
  }

  private static float[] gaussian(long seed, long count) {
    var random = new Random(seed);
    var values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void computesByHand() {
    try (var device = Device.cpu(1)) {
      var x = filled(device, 2, 3, 1, 2, 3, 4, 5, 6);
      var row = filled(device, 1, 3, 10, 20, 30);
      assertThat(device.evaluate(x.plus(row))).containsExactly(11, 22, 33, 14, 25, 36);
      assertThat(device.evaluate(x.sum(Axis.SAMPLES))).containsExactly(5, 7, 9);
      assertThat(device.evaluate(x.sum(Axis.FEATURES))).containsExactly(6, 15);
      assertThat(device.evaluate(x.mean())).containsExactly(3.5f);
      assertThat(device.evaluate(x.max(Axis.FEATURES))).containsExactly(3, 6);
      assertThat(device.evaluate(x.transpose())).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(device.evaluate(x.matmul(x.transpose()))).containsExactly(14, 32, 32, 77);
      assertThat(device.evaluate(x.transpose().matmul(x)))
          .containsExactly(17, 22, 27, 22, 29, 36, 27, 36, 45);
      assertThat(device.evaluate(x.columns(1, 3))).containsExactly(2, 3, 5, 6);
      assertThat(device.evaluate(x.rows(1, 2))).containsExactly(4, 5, 6);
      assertThat(device.evaluate(Tensor.concat(Axis.FEATURES, x, x.columns(0, 1))))
          .containsExactly(1, 2, 3, 1, 4, 5, 6, 4);
      assertThat(device.evaluate(Tensor.concat(Axis.SAMPLES, x.negate(), row)))
          .containsExactly(-1, -2, -3, -4, -5, -6, 10, 20, 30);
      var index = filled(device, 2, 1, 2, 0);
      assertThat(device.evaluate(x.pick(index))).containsExactly(3, 4);
      assertThat(device.evaluate(index.oneHot(3))).containsExactly(0, 0, 1, 1, 0, 0);
      assertThat(device.evaluate(x.gather(filled(device, 3, 1, 1, 0, 1))))
          .containsExactly(4, 5, 6, 1, 2, 3, 4, 5, 6);
      assertThat(device.evaluate(x.scan(Tensor.constant(0.5f).broadcast(2, 3))))
          .containsExactly(3, 4.5f, 6, 4, 5, 6);
      assertThat(device.evaluate(x.clamp(2, 5))).containsExactly(2, 2, 3, 4, 5, 5);
    }
  }

  @Test
  void scattersIntoRows() {
    try (var device = Device.cpu(2)) {
      var memory = device.records("memory", 4, 3);
      memory.fill(9);
      var x = filled(device, 2, 3, 1, 2, 3, 4, 5, 6);
      var at = filled(device, 2, 1, 3, 1);
      try (var plan =
          device.record(
              step -> {
                step.scatter(memory, at, x.times(10));
                step.assign(x, memory.gather(at.minus(1)));
              })) {
        plan.run();
        assertThat(memory.toArray()).containsExactly(9, 9, 9, 40, 50, 60, 9, 9, 9, 10, 20, 30);
        assertThat(x.toArray()).containsExactly(9, 9, 9, 9, 9, 9);
      }
      var series = device.dense("series", 4, 2);
      var time = device.scalar("time", 2);
      try (var plan =
          device.record(step -> step.scatter(series, time, x.columns(0, 1).transpose()))) {
        plan.run();
        assertThat(series.toArray()).containsExactly(0, 0, 0, 0, 9, 9, 0, 0);
      }
      assertThatThrownBy(() -> device.record(step -> step.scatter(memory, time, x)))
          .hasMessage("scatter: the index is (1, 1) instead of (2, 1)");
      assertThatThrownBy(() -> device.record(step -> step.scatter(series, at, x)))
          .hasMessage("scatter: values (2, 3) do not fit into (4, 2)");
    }
  }

  /** A network, its loss and the gradients by hand, with every fusion and destination in it. */
  private static float[] network(Device device, int n, int in, int hidden, int out) {
    var random = RandomStream.of(7);
    var x = device.columns("x", n, in);
    var block = device.storage("block");
    var w1 = block.append(hidden, in);
    var b1 = block.append(1, hidden);
    var w2 = block.append(out, hidden);
    var gradients = device.storage("gradients");
    var gw1 = gradients.append(hidden, in);
    var gb1 = gradients.append(1, hidden);
    var gw2 = gradients.append(out, hidden);
    x.write(gaussian(1, x.size()));
    block.flat().write(gaussian(2, block.elements()));
    var rate = device.scalar("rate", 1e-3);
    var plan =
        device.record(
            step -> {
              var h = x.matmul(w1.transpose()).plus(b1).relu();
              var y = h.matmul(w2.transpose());
              var e = y.minus(Tensor.normal(random.stream("target"), n, out));
              var loss = e.square().mean();
              step.check(loss, "loss");
              var g = e.times(2f / (n * out));
              step.assign(gw2, g.transpose().matmul(h));
              var gh = g.matmul(w2).times(h.map(Unary.STEP));
              step.assign(gw1, gh.transpose().matmul(x));
              step.assign(gb1, gh.sum(Axis.SAMPLES));
              var velocity = device.storage("velocity");
              velocity.append(1, (int) block.elements());
              step.update(
                  new Update.Sgd(block.flat(), gradients.flat(), velocity.flat(), rate, 0.9f));
              step.report("loss", loss);
            });
    for (int i = 0; i < 3; i++) {
      plan.run();
    }
    var result = block.flat().toArray();
    var all = java.util.Arrays.copyOf(result, result.length + 1);
    all[result.length] = (float) plan.value("loss");
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 64, 100, 256, 1000})
  void isTheSameForAnyNumberOfWorkersAndCloseToTheReference(int n) {
    float[] expected;
    try (var reference = Device.reference()) {
      expected = network(reference, n, 5, 300, 3);
    }
    float[] one = {};
    for (int workers : new int[] {1, 2, 3, 5}) {
      try (var device = Device.cpu(workers)) {
        var actual = network(device, n, 5, 300, 3);
        one = workers == 1 ? actual : one;
        assertThat(actual).as("%d workers", workers).containsExactly(one);
      }
    }
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).isCloseTo(expected[i], within(2e-4f * (1 + Math.abs(expected[i]))));
    }
  }

  @Test
  void readsStoredTensorsAsTheyWereWhenTheExpressionWasBuilt() {
    try (var device = Device.cpu(1)) {
      var x = device.scalar("x", 3);
      var before = device.scalar("before", 0);
      var after = device.scalar("after", 0);
      var plan =
          device.record(
              step -> {
                var old = x.times(10);
                step.assign(x, x.plus(1));
                step.assign(after, x.times(10));
                step.assign(before, old);
              });
      plan.run();
      assertThat(x.get()).isEqualTo(4);
      assertThat(before.get()).isEqualTo(30);
      assertThat(after.get()).isEqualTo(40);
    }
  }

  @Test
  void swapsThroughACopy() {
    try (var device = Device.cpu(1)) {
      var a = device.scalar("a", 1);
      var b = device.scalar("b", 2);
      try (var plan =
          device.record(
              step -> {
                var sum = a.plus(0);
                step.assign(a, b);
                step.assign(b, sum);
              })) {
        plan.run();
      }
      assertThat(a.get()).isEqualTo(2);
      assertThat(b.get()).isEqualTo(1);
    }
  }

  @Test
  void stopsAtANumberThatIsNotFiniteBeforeAnythingRecordedLater() {
    try (var device = Device.cpu(2)) {
      var x = filled(device, 2, 2, 1, -1, 4, 9);
      var weights = device.dense("weights", 1, 2);
      var gradient = device.dense("gradient", 1, 2);
      gradient.write(1, 1);
      var plan =
          device.record(
              step -> {
                var loss = x.map(Unary.SQRT).sum();
                step.check(loss, "train/loss");
                step.update(
                    new Update.Sgd(
                        weights, gradient, device.dense("v", 1, 2), device.scalar("lr", 1), 0));
              });
      assertThatThrownBy(plan::run)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("train/loss is NaN")
          .hasMessageContaining("sqrt of shape (2, 2)");
      assertThat(weights.toArray()).containsExactly(0, 0);
      x.set(0, 1, 1);
      plan.run();
      assertThat(weights.toArray()).containsExactly(-1, -1);
    }
  }

  @Test
  void leavesOutWhatNobodyNeedsAndExplainsTheRest() {
    try (var device = Device.cpu(1)) {
      var x = filled(device, 2, 2, 1, 2, 3, 4);
      var plan =
          device.record(
              step -> {
                var unused = x.exp();
                step.report("sum", x.plus(unused.times(0).stopGradient().rows(0, 1)).sum());
                x.log();
              });
      plan.measure(true);
      plan.run();
      assertThat(plan.explain()).contains("exp", "(2, 2)", "share").doesNotContain("log");
      assertThat(plan.value("sum")).isEqualTo(10);
      assertThatThrownBy(() -> plan.value("mean")).hasMessageContaining("'mean'");
    }
  }

  @Test
  void drawsNewNumbersAtEveryReplay() {
    try (var device = Device.cpu(1)) {
      var stream = RandomStream.of(1).stream("x");
      var out = device.columns("out", 100, 3);
      var plan = device.record(step -> step.assign(out, Tensor.normal(stream, 100, 3)));
      plan.run();
      var first = out.toArray();
      plan.run();
      assertThat(out.toArray()).isNotEqualTo(first);
      stream.seek(0);
      plan.run();
      assertThat(out.toArray()).containsExactly(first);
    }
  }

  @Test
  void saysWhichShapesDoNotFit() {
    try (var device = Device.cpu(1)) {
      var x = device.columns("x", 2, 3);
      assertThatThrownBy(() -> x.matmul(x))
          .isInstanceOf(ShapeException.class)
          .hasMessage("matmul: (2, 3) has 3 columns but (2, 3) has 2 rows");
      assertThatThrownBy(() -> x.plus(device.columns("y", 3, 3)))
          .hasMessage("shapes (2, 3) and (3, 3) do not fit");
      assertThatThrownBy(() -> x.columns(1, 4)).hasMessage("columns [1, 4) of 3");
    }
  }

  @Test
  void refusesUseAfterClose() {
    var device = Device.cpu(2);
    var x = device.columns("x", 2, 3);
    var plan = device.record(step -> step.report("sum", x.sum()));
    device.close();
    assertThatThrownBy(plan::run).hasMessageContaining("closed");
    assertThatThrownBy(() -> x.get(0, 0)).hasMessageContaining("closed");
    assertThatThrownBy(device::close).hasMessageContaining("closed");
  }

  @Test
  void allocatesNothingWhenReplayed() {
    try (var device = Device.cpu(1)) {
      var x = device.columns("x", 64, 17);
      var w = device.dense("w", 32, 17);
      var plan =
          device.record(
              step -> step.report("y", x.matmul(w.transpose()).relu().exp().square().mean()));
      // The compiler needs its time; then a thousand runs allocate nothing.
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long start = System.nanoTime(), allocated = Long.MAX_VALUE;
      while (allocated > 0 && System.nanoTime() - start < 30_000_000_000L) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
          plan.run();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).isZero();
    }
  }
}
