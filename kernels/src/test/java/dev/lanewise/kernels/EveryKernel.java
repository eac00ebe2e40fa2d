package dev.lanewise.kernels;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import dev.lanewise.kernels.Kernels.EpisodeEnds;
import dev.lanewise.kernels.Kernels.EpisodeStarts;
import dev.lanewise.kernels.Kernels.Feature;
import dev.lanewise.kernels.Kernels.Interval;
import dev.lanewise.kernels.Kernels.Motion;
import dev.lanewise.kernels.cpu.CpuBackend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Every kernel of the processor by name, to be bound to rows of n lanes. */
final class EveryKernel {
  /** Elements of a row, of which {@link #ROWS} lie behind one another. */
  private static final int STRIDE = 128, ROWS = 512;

  private final CpuBackend backend = new CpuBackend();
  private final Kernels on = backend.kernels();
  private final long memory = backend.open("operands").allocate(ROWS * STRIDE, "rows");
  private final Map<String, IntFunction<Call>> kernels = new LinkedHashMap<>();

  private EveryKernel() {
    for (int i = 0; i < ROWS * STRIDE; i++) {
      backend.set(memory + i, 0.1 + i % 7 / 10.0);
    }
    elementwise();
    reductions();
    places();
    random();
    updates();
    environments();
    products();
  }

  static Map<String, IntFunction<Call>> byName() {
    return new EveryKernel().kernels;
  }

  private View row(int number, int n) {
    return rows(number, 1, n);
  }

  private View rows(int first, int count, int n) {
    return View.of(memory + (long) first * STRIDE, count, n, STRIDE);
  }

  /** One element in place of n. */
  private View one(int number, int n) {
    return row(number, 1).broadcast(1, n);
  }

  private void elementwise() {
    for (Unary f : Unary.values()) {
      kernels.put("map " + f, n -> on.map(f, row(0, n), row(1, n)));
    }
    for (Binary f : Binary.values()) {
      kernels.put("zip " + f, n -> on.zip(f, row(0, n), row(1, n), row(2, n)));
      kernels.put("zip " + f + " with one", n -> on.zip(f, row(0, n), one(1, n), row(2, n)));
      kernels.put("zip " + f + " of one", n -> on.zip(f, one(0, n), row(1, n), row(2, n)));
    }
    kernels.put("select", n -> on.select(row(0, n), row(1, n), row(2, n), row(3, n)));
    kernels.put("select one or", n -> on.select(row(0, n), one(1, n), row(2, n), row(3, n)));
    kernels.put("select or one", n -> on.select(row(0, n), row(1, n), one(2, n), row(3, n)));
    kernels.put("select of ones", n -> on.select(row(0, n), one(1, n), one(2, n), row(3, n)));
    kernels.put("select by one", n -> on.select(one(0, n), row(1, n), row(2, n), row(3, n)));
    kernels.put("copy", n -> on.copy(row(0, n), row(1, n)));
    kernels.put("copy one", n -> on.copy(one(0, n), row(1, n)));
    kernels.put("copy flipped", n -> on.copy(rows(0, n, 9).flipped(), rows(200, 9, n)));
    kernels.put("fill", n -> on.fill(1, row(0, n)));
    kernels.put("checkFinite", n -> on.checkFinite(row(0, n), "x"));
    kernels.put("checkWhole", n -> on.checkWhole(numbers(n, n), 0, STRIDE, "x"));
    kernels.put("scan", n -> on.scan(rows(0, 3, n), rows(4, 3, n), rows(8, 3, n)));
  }

  private void reductions() {
    for (Reduction f : Reduction.values()) {
      kernels.put("reduceRows " + f, n -> on.reduceRows(f, rows(0, 3, n), row(4, n)));
      kernels.put("reduceLanes " + f, n -> on.reduceLanes(f, row(0, n), row(1, 1)));
    }
  }

  /** 0, 1, ... less than a bound, again and again. */
  private View numbers(int n, int below) {
    var numbers = row(ROWS - 1, n);
    for (int i = 0; i < n; i++) {
      backend.set(numbers.at(0, i), i % below);
    }
    return numbers;
  }

  private void places() {
    kernels.put("pick", n -> on.pick(rows(0, 3, n), numbers(n, 3), row(4, n)));
    kernels.put("oneHot", n -> on.oneHot(numbers(n, 3), rows(0, 3, n)));
    for (int width : new int[] {1, 3, 16}) {
      View records = rows(0, 3, width);
      kernels.put("gather " + width, n -> on.gather(records, numbers(n, 3), rows(8, width, n)));
      kernels.put("scatter " + width, n -> on.scatter(rows(8, width, n), numbers(n, 3), records));
    }
  }

  private void random() {
    kernels.put("uniform", n -> on.uniform(draw(n), row(0, n)));
    kernels.put("normal", n -> on.normal(draw(n), row(0, n)));
    kernels.put("integers", n -> on.integers(draw(n), numbers(1, 1), row(0, n)));
  }

  private static Draw draw(int n) {
    return new Draw(new Philox(1, 2), 0, n, 0, 0);
  }

  private void updates() {
    View t = row(4, 1), rate = row(5, 1);
    kernels.put(
        "adam",
        n ->
            on.adam(
                new Kernels.Adam(
                    row(0, n), row(1, n), row(2, n), row(3, n), t, rate, 0.9, 0.999, 1e-8, 0)));
    kernels.put(
        "rmsProp",
        n -> on.rmsProp(new Kernels.RmsProp(row(0, n), row(1, n), row(2, n), rate, 0.9, 1e-8)));
    kernels.put("sgd", n -> on.sgd(new Kernels.Sgd(row(0, n), row(1, n), row(2, n), rate, 0.9)));
    kernels.put("lerp", n -> on.lerp(row(0, n), row(1, n), 0.1));
    kernels.put("lerp to one", n -> on.lerp(one(0, n), row(1, n), 0.1));
  }

  private void environments() {
    kernels.put(
        "pendulum",
        n ->
            on.pendulum(
                new Kernels.Pendulum(
                    row(0, n), row(1, n), rows(2, 3, n), rows(5, 3, n), row(8, n))));
    kernels.put("cartPole", n -> on.cartPole(motion(n, 0, 4)));
    kernels.put("mountainCar", n -> on.mountainCar(motion(n, 0, 2)));
    kernels.put("mountainCarContinuous", n -> on.mountainCarContinuous(motion(n, 0, 2)));
    kernels.put("acrobot", n -> on.acrobot(motion(n, 2, 6)));
    kernels.put(
        "endEpisodes",
        n ->
            on.endEpisodes(
                new EpisodeEnds(
                    row(0, n),
                    row(1, n),
                    row(2, n),
                    false,
                    row(3, n),
                    row(4, n),
                    row(5, n),
                    row(6, n),
                    row(7, n),
                    row(8, 1),
                    Double.POSITIVE_INFINITY)));
    for (var of : Feature.Of.values()) {
      kernels.put(
          "beginEpisodes " + of,
          n -> {
            View count = row(0, 1);
            var begin =
                on.beginEpisodes(
                    new EpisodeStarts(
                        new Philox(5, 6),
                        0,
                        numbers(n, n),
                        count,
                        List.of(new Interval(-1, 1), new Interval(-2, 2)),
                        rows(1, 2, n),
                        rows(3, 2, n),
                        List.of(new Feature(of, 0), new Feature(of, 1))));
            return () -> {
              backend.set(count.address(), n);
              begin.run();
            };
          });
    }
  }

  private Motion motion(int n, int hidden, int observed) {
    return new Motion(
        rows(0, hidden, n),
        row(10, n),
        rows(20, observed, n),
        rows(30, observed, n),
        row(40, n),
        row(41, n));
  }

  private void products() {
    for (var form : Form.values()) {
      for (var epilogue : Epilogue.values()) {
        kernels.put("gemm " + form + " " + epilogue, n -> on.gemm(gemm(9, n, 9, form, epilogue)));
        kernels.put(
            "gemm " + form + " " + epilogue + " tall", n -> on.gemm(gemm(n, 9, n, form, epilogue)));
      }
    }
  }

  private Gemm gemm(int m, int n, int k, Form form, Epilogue epilogue) {
    View b = form == Form.DOT ? rows(100, n, k).flipped() : rows(100, k, n);
    return new Gemm(
        rows(0, m, k),
        b,
        one(400, n).broadcast(m, n),
        rows(200, m, n),
        epilogue,
        rows(300, m, n),
        form);
  }
}
