package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Share;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Phases compute what their calls compute alone, to the last bit, by groups of one work-item, as
 * processors have them, and of many; without a device skipped with the reason.
 */
class PhaseTest {
  private static final int ROWS = 40, LANES = 70, STRIDE = 80;

  /** By the work-items of a group: opening one takes time. */
  private static final Map<Integer, OpenClBackend> BACKENDS = new HashMap<>();

  @BeforeAll
  static void needsADevice() {
    Installed.device("no phase");
  }

  @AfterAll
  static void close() {
    BACKENDS.values().forEach(OpenClBackend::close);
  }

  private static OpenClBackend backend(int items) {
    return BACKENDS.computeIfAbsent(
        items, i -> new OpenClBackend(OpenClDevices.choose(""), new Groups(2, i)));
  }

  /** Views of a region in a fixed order, and calls on them. */
  private static final class Work {
    final OpenClBackend backend;
    final Kernels kernels;
    final View x, y, index, sums, drawn, product, moment, inRows, shape;
    final float[] first;

    private Work(OpenClBackend backend, dev.lanewise.kernels.Region region) {
      this.backend = backend;
      kernels = backend.kernels();
      long base = region.allocate(9L * ROWS * STRIDE, "everything");
      var views = new View[9];
      for (int i = 0; i < views.length; i++) {
        views[i] = View.of(base + (long) i * ROWS * STRIDE, ROWS, LANES, STRIDE);
      }
      x = views[0];
      y = views[1];
      index = views[2].rows(0, 1);
      sums = views[3];
      drawn = views[4];
      product = views[5].lanes(0, ROWS);
      moment = views[6].rows(0, 1);
      inRows = views[7].rows(0, 1);
      shape = views[8];
      first = new float[9 * ROWS * STRIDE];
      var random = new Random(1);
      for (int i = 0; i < first.length; i++) {
        first[i] = random.nextFloat() + 0.5f;
      }
      for (int i = 0; i < LANES; i++) {
        first[2 * ROWS * STRIDE + i] = random.nextInt(ROWS);
      }
      reset();
    }

    void reset() {
      backend.write(x.address(), first, 0, first.length);
    }

    float[] all() {
      var all = new float[first.length];
      backend.read(x.address(), all, 0, all.length);
      return all;
    }

    /** Independent of each other, so that they may be in one phase however they are cut. */
    List<Share> shares() {
      var shares = new ArrayList<Share>();
      var draw = new Draw(new Philox(3, 4), 5, LANES, 0, 0);
      View a = x.lanes(0, 33), b = y.rows(0, 33).lanes(0, ROWS);
      View scalar = View.scalar(x.address() + 1);
      shares.add(share(kernels.map(Unary.TANH, x, shape), Cut.LANES));
      shares.add(share(kernels.normal(draw, drawn), Cut.LANES));
      shares.add(share(kernels.reduceLanes(Reduction.SUM, x, sums.lanes(0, 1)), Cut.ROWS));
      shares.add(share(kernels.reduceLanes(Reduction.ARGMAX, x, sums.lanes(1, 2)), Cut.ROWS));
      shares.add(share(kernels.reduceLanes(Reduction.MAX, x, sums.lanes(2, 3)), Cut.NONE));
      shares.add(share(kernels.reduceRows(Reduction.SUM, x, inRows), Cut.LANES));
      shares.add(share(kernels.pick(x, index, sums.rows(0, 1).lanes(3, 73)), Cut.LANES));
      shares.add(
          share(
              kernels.lerp(View.row(x.address(), LANES), View.row(moment.address(), LANES), 0.25),
              Cut.LANES));
      shares.add(share(gemm(a, b, product, scalar, Gemm.Form.OUTER), Cut.LANES));
      return shares;
    }

    /** What needs other memory than those above. */
    List<Share> products(Cut cut) {
      View a = x.lanes(0, 33), b = y.flipped().rows(0, 33), scalar = View.scalar(x.address() + 1);
      return List.of(
          share(gemm(a, b, product, scalar, Gemm.Form.OUTER), cut),
          share(gemm(a, b, shape.lanes(0, ROWS), scalar, Gemm.Form.DOT), cut),
          share(kernels.zip(Binary.DIVIDE, x, y, drawn), cut));
    }

    /** The other kernels that a plan has. */
    List<Share> inPlace() {
      View row = x.rows(0, 1), next = x.rows(1, 2), second = x.rows(2, 3);
      View scalar = View.scalar(x.at(3, 0)), places = index.lanes(0, 20);
      return List.of(
          share(
              kernels.adam(
                  new Kernels.Adam(
                      moment, row, next, second, scalar, scalar, 0.9f, 0.99f, 1e-8f, 0)),
              Cut.LANES),
          share(
              kernels.rmsProp(new Kernels.RmsProp(moment, row, next, scalar, 0.9f, 1e-8f)),
              Cut.LANES),
          share(kernels.sgd(new Kernels.Sgd(moment, row, next, scalar, 0.9f)), Cut.LANES),
          share(kernels.select(x, y, x, shape), Cut.LANES),
          share(kernels.copy(x.lanes(0, ROWS).flipped(), drawn.lanes(0, ROWS)), Cut.LANES),
          share(kernels.fill(3, drawn), Cut.ROWS),
          share(kernels.oneHot(index, drawn), Cut.LANES),
          share(kernels.scan(x, y, drawn), Cut.LANES),
          share(kernels.gather(x.lanes(0, ROWS), places, drawn.lanes(0, 20)), Cut.LANES),
          share(kernels.scatter(y.lanes(0, 20), places, drawn.lanes(0, ROWS)), Cut.NONE),
          share(kernels.checkFinite(x, "loss"), Cut.NONE));
    }

    private Call gemm(View a, View b, View c, View initial, Gemm.Form form) {
      return kernels.gemm(
          new Gemm(a, b, initial.broadcast(c.rows(), c.lanes()), c, Gemm.Epilogue.RELU, c, form));
    }

    private static Share share(Call call, Cut cut) {
      return new Share(call, cut, cut == Cut.NONE ? 1 : 0);
    }

    void check(List<Share> shares) {
      reset();
      shares.forEach(share -> share.call().run());
      var alone = all();
      reset();
      long before = backend.launches();
      backend.phase(shares).run();
      assertThat(backend.launches() - before).isEqualTo(1);
      backend.finish();
      assertThat(all()).containsExactly(alone);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void computesWhatItsCallsDo(int items) {
    var backend = backend(items);
    try (var region = backend.open("test")) {
      var work = new Work(backend, region);
      work.check(work.shares());
      for (var cut : Cut.values()) {
        work.check(work.products(cut));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void afterAFailureNothingHappensUntilItIsHeard(int items) {
    var backend = backend(items);
    try (var region = backend.open("test")) {
      var work = new Work(backend, region);
      var k = backend.kernels();
      var check = new Share(k.checkFinite(work.x, "loss"), Cut.LANES, 0);
      var fill = new Share(k.fill(7, work.y), Cut.LANES, 0);
      var pick = new Share(k.pick(work.x, work.index, work.moment), Cut.LANES, 0);
      var checking = backend.phase(List.of(check, new Share(Call.NOTHING, Cut.NONE, 0)));
      var filling = backend.phase(List.of(fill, pick));
      backend.set(work.x.at(3, 5), Double.POSITIVE_INFINITY);
      checking.run();
      filling.run();
      assertThatThrownBy(backend::finish)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("loss")
          .hasMessageContaining("Infinity");
      assertThat(backend.get(work.y.at(0, 0))).isEqualTo(work.first[ROWS * STRIDE]);
      filling.run();
      backend.finish();
      assertThat(backend.get(work.y.at(0, 0))).isEqualTo(7);
      backend.set(work.index.at(0, 69), ROWS);
      filling.run();
      assertThatThrownBy(backend::finish)
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("the index 40.0 of lane 69 is not a whole number in [0, 40)");
      backend.finish();
    }
  }

  /** Alone in its phase a call may be a kernel of its own, which is no reason to go on. */
  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void afterAFailureNoCallOfItsOwnHappensEither(int items) {
    var backend = backend(items);
    try (var region = backend.open("test")) {
      var work = new Work(backend, region);
      var later = new ArrayList<Share>(work.shares());
      for (var cut : Cut.values()) {
        later.addAll(work.products(cut));
      }
      later.addAll(work.inPlace());
      var k = backend.kernels();
      var check = backend.phase(List.of(new Share(k.checkFinite(work.x, "loss"), Cut.LANES, 0)));
      backend.set(work.x.at(3, 5), Double.NaN);
      var before = work.all();
      check.run();
      for (var share : later) {
        backend.phase(List.of(share)).run();
      }
      assertThatThrownBy(backend::finish).isInstanceOf(NotFiniteException.class);
      assertThat(work.all()).containsExactly(before);
    }
  }

  /** Where one worker does all, what follows a check waits for it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void oneWorkerStopsAtAFailure(int items) {
    var backend = backend(items);
    try (var region = backend.open("test")) {
      var work = new Work(backend, region);
      var k = backend.kernels();
      backend.set(work.x.at(0, 0), Double.NaN);
      backend
          .phase(
              List.of(
                  new Share(k.checkFinite(work.x, "loss"), Cut.NONE, 0),
                  new Share(k.fill(7, work.y), Cut.NONE, 0)))
          .run();
      assertThatThrownBy(backend::finish).isInstanceOf(NotFiniteException.class);
      assertThat(backend.get(work.y.at(0, 0))).isEqualTo(work.first[ROWS * STRIDE]);
    }
  }

  /** A step of pendulums, of which some that have taken enough steps begin anew. */
  private static Call[] step(OpenClBackend backend, View x) {
    var k = backend.kernels();
    View hidden = x.rows(0, 1), action = x.rows(2, 3), last = x.rows(3, 6), reward = x.rows(6, 7);
    View terminated = x.rows(7, 8), truncated = x.rows(8, 9), observation = x.rows(9, 12);
    View running = x.rows(12, 13), length = x.rows(13, 14);
    View endedReturn = x.rows(14, 15), endedLength = x.rows(15, 16), ended = x.rows(16, 17);
    View count = x.rows(17, 18).lanes(0, 1);
    var random = new Philox(5, 6);
    return new Call[] {
      k.checkFinite(action, "the action"),
      k.pendulum(new Kernels.Pendulum(hidden, action, observation, last, reward)),
      k.endEpisodes(
          new Kernels.EpisodeEnds(
              reward,
              terminated,
              truncated,
              false,
              running,
              length,
              endedReturn,
              endedLength,
              ended,
              count,
              7)),
      k.beginEpisodes(
          new Kernels.EpisodeStarts(
              random,
              0,
              ended,
              count,
              List.of(new Kernels.Interval(-3, 3), new Kernels.Interval(-1, 1)),
              hidden,
              observation,
              List.of(
                  new Kernels.Feature(Kernels.Feature.Of.COSINE, 0),
                  new Kernels.Feature(Kernels.Feature.Of.SINE, 0),
                  new Kernels.Feature(Kernels.Feature.Of.VALUE, 1))))
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256})
  void aStepOfFewEnvironmentsIsOneLaunch(int items) {
    int n = 1000, stride = 1008, rows = 18;
    var backend = backend(items);
    try (var region = backend.open("test")) {
      long base = region.allocate((long) rows * stride, "everything");
      var first = new float[rows * stride];
      for (int i = 0; i < n; i++) {
        first[i] = i % 11 - 5;
        first[2 * stride + i] = i % 3 - 1;
        first[13 * stride + i] = i * i % 10;
      }
      var calls = step(backend, View.of(base, rows, n, stride));
      backend.write(base, first, 0, first.length);
      for (var call : calls) {
        call.run();
      }
      var alone = new float[first.length];
      backend.read(base, alone, 0, alone.length);
      assertThat(alone[17 * stride]).isBetween(100f, 900f);

      var together = backend.inOrder(calls);
      backend.write(base, first, 0, first.length);
      long before = backend.launches();
      together.run();
      assertThat(backend.launches() - before).isEqualTo(1);
      var found = new float[first.length];
      backend.read(base, found, 0, found.length);
      assertThat(found).containsExactly(alone);
    }
  }
}
