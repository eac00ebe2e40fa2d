package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.lanewise.kernels.reference.ReferenceBackend;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private final Kernels kernels = new ReferenceBackend().kernels();

  /** Over many small views: refused exactly where some element is in both. */
  @Test
  void overlapIsFoundExactly() {
    var random = new Random(1);
    int overlapping = 0, trials = 50_000;
    for (int n = 0; n < trials; n++) {
      int lanes = random.nextInt(5);
      int stride = (lanes + random.nextInt(4)) * (random.nextInt(4) == 0 ? -1 : 1);
      View out = View.of(random.nextInt(20), random.nextInt(4), lanes, stride);
      View other =
          new View(
              random.nextInt(20),
              random.nextInt(4),
              random.nextInt(5),
              random.nextInt(-9, 10),
              random.nextInt(-3, 4));
      Set<Long> elements = elements(out);
      boolean expected = elements(other).stream().anyMatch(elements::contains);
      overlapping += expected ? 1 : 0;
      boolean found = refuses(() -> Arguments.apart("y", out, "x", other));
      if (found != expected) {
        fail("%s and %s: %s", out, other, expected ? "overlap" : "are apart");
      }
    }
    assertThat(overlapping).isBetween(trials / 10, trials * 9 / 10);
  }

  private static Set<Long> elements(View x) {
    var elements = new HashSet<Long>();
    for (int r = 0; r < x.rows(); r++) {
      for (int i = 0; i < x.lanes(); i++) {
        elements.add(x.at(r, i));
      }
    }
    return elements;
  }

  private static boolean refuses(ThrowingCallable call) {
    try {
      call.call();
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void interleavedColumnsAreApart() {
    View left = View.of(0, 100, 10, 32), right = View.of(10, 100, 22, 32);
    assertThatCode(() -> kernels.map(Unary.EXP, left, right.lanes(0, 10)))
        .doesNotThrowAnyException();
    assertRefused(() -> kernels.map(Unary.EXP, left, View.of(9, 100, 10, 32)), "y overlaps x: ");
  }

  @Test
  void outputsAreContiguousAndInOnePlaceEach() {
    View x = View.of(0, 2, 3, 3);
    assertRefused(
        () -> kernels.copy(x, new View(100, 2, 3, 10, 2)),
        "y is written and needs lane stride 1, not 2");
    assertRefused(
        () -> kernels.copy(x, new View(100, 2, 3, 2, 1)),
        "y is written but its rows of 3 lanes overlap: the row stride is 2");
    assertRefused(() -> kernels.fill(1, View.scalar(100).broadcast(2, 3)), "y is written");
  }

  @Test
  void inputsStretchOnlyFromOne() {
    View y = View.of(100, 4, 6, 6);
    assertRefused(
        () -> kernels.map(Unary.EXP, View.of(0, 2, 6, 6), y),
        "x of shape (2, 6) does not stretch to (4, 6)");
    assertRefused(
        () -> kernels.zip(Binary.ADD, View.scalar(0), View.of(0, 4, 5, 5), y),
        "b of shape (4, 5) does not stretch to (4, 6)");
    assertRefused(
        () -> kernels.select(View.of(0, 3, 1, 1), View.scalar(0), View.scalar(0), y),
        "the condition of shape (3, 1)");
    assertRefused(() -> kernels.scan(y, View.of(0, 1, 7, 7), y), "b of shape (1, 7)");
    assertRefused(
        () -> kernels.map(Unary.EXP, new View(0, 4, 6, 20, 2), y),
        "x needs lane stride 1 or 0, not 2");
  }

  @Test
  void stretchedInputsMayNotBeTheOutput() {
    View y = View.of(0, 4, 6, 6);
    assertRefused(() -> kernels.zip(Binary.ADD, y, y.rows(0, 1), y), "y overlaps b");
    assertRefused(() -> kernels.zip(Binary.ADD, y, y.lanes(2, 3), y), "y overlaps b");
    assertRefused(() -> kernels.lerp(y.rows(1, 2), y, 0.5), "the target overlaps the source");
  }

  @Test
  void reductionsKeepTheOtherAxis() {
    View x = View.of(0, 4, 6, 6);
    assertRefused(
        () -> kernels.reduceRows(Reduction.SUM, x, View.row(100, 5)),
        "x of shape (4, 6) does not stretch to (4, 5)");
    assertRefused(
        () -> kernels.reduceRows(Reduction.SUM, x, View.of(100, 2, 6, 6)),
        "y has shape (2, 6), not (1, 6)");
    assertRefused(
        () -> kernels.reduceLanes(Reduction.SUM, x, View.of(100, 3, 1, 1)),
        "x of shape (4, 6) does not stretch to (3, 6)");
    assertRefused(
        () -> kernels.reduceLanes(Reduction.MAX, x, View.of(100, 4, 2, 2)),
        "y has shape (4, 2), not (4, 1)");
    assertRefused(() -> kernels.reduceRows(Reduction.MAX, x, x.rows(0, 1)), "y overlaps x");
  }

  @Test
  void indexing() {
    View x = View.of(0, 4, 6, 6), index = View.row(100, 3);
    assertRefused(
        () -> kernels.gather(x, index, View.of(200, 5, 3, 3)),
        "the lanes of x, 6, differ from the rows of y, 5");
    assertRefused(() -> kernels.gather(x, index, View.of(20, 6, 3, 3)), "y overlaps x");
    assertRefused(
        () -> kernels.gather(x, index, View.of(200, 6, 4, 4)), "the index of shape (1, 3)");
    assertRefused(() -> kernels.pick(x, index, View.row(200, 6)), "the index of shape (1, 3)");
    assertRefused(() -> kernels.oneHot(index, View.of(100, 2, 3, 3)), "y overlaps the index");
  }

  @Test
  void draws() {
    var draw = new Draw(new Philox(0, 0), 0, 10, 0, 4);
    assertRefused(
        () -> kernels.uniform(draw, View.row(0, 7)), "y has lanes 4 to 11 of a draw of only 10");
    assertRefused(
        () -> kernels.normal(draw.lanes(-5), View.row(0, 1)), "a draw begins at row 0 and lane 0");
    assertRefused(
        () -> kernels.integers(draw, View.row(100, 2), View.row(0, 5)),
        "the bound has shape (1, 2), not (1, 1)");
    assertRefused(
        () -> kernels.integers(draw, View.scalar(3), View.row(0, 5)), "y overlaps the bound");
  }

  @Test
  void updates() {
    View theta = View.row(0, 9), g = View.row(100, 9), m = View.row(200, 9);
    View v = View.row(300, 9), t = View.scalar(400), alpha = View.scalar(401);
    assertRefused(() -> adam(View.of(0, 2, 9, 9), g, m, v, t, alpha), "the parameter has shape");
    assertRefused(() -> adam(theta, View.row(0, 8), m, v, t, alpha), "the gradient of shape");
    assertRefused(() -> adam(theta, theta, m, v, t, alpha), "the parameter overlaps");
    assertRefused(() -> adam(theta, g, m, m, t, alpha), "the first moment overlaps");
    assertRefused(() -> adam(theta, g, m, v, View.scalar(305), alpha), "the second moment overl");
    assertRefused(() -> adam(theta, g, m, v, t, g), "the learning rate has shape (1, 9)");
    assertRefused(
        () -> kernels.rmsProp(new Kernels.RmsProp(theta, g, theta, alpha, 0.9, 1e-8)),
        "the parameter overlaps");
    assertRefused(
        () -> kernels.sgd(new Kernels.Sgd(theta, g, View.row(200, 8), alpha, 0.9)),
        "the velocity has shape (1, 8), not (1, 9)");
  }

  private Call adam(View theta, View g, View m, View v, View t, View alpha) {
    return kernels.adam(new Kernels.Adam(theta, g, m, v, t, alpha, 0.9, 0.999, 1e-8, 0));
  }

  @Test
  void pendulums() {
    View angle = View.row(0, 5), action = View.row(100, 5), reward = View.row(300, 5);
    View seen = View.of(200, 3, 5, 5), last = View.of(220, 3, 5, 5);
    assertRefused(
        () -> kernels.pendulum(new Kernels.Pendulum(last, action, seen, last, reward)),
        "what is hidden has shape (3, 5), not (1, 5)");
    assertRefused(
        () -> kernels.pendulum(new Kernels.Pendulum(angle, angle, seen, last, reward)),
        "what is hidden overlaps another operand");
    assertRefused(
        () -> kernels.pendulum(new Kernels.Pendulum(angle, action, seen, seen, reward)),
        "the observation overlaps another operand");
    assertRefused(
        () -> kernels.pendulum(new Kernels.Pendulum(angle, action, seen, last, last.rows(2, 3))),
        "the final observation overlaps another operand");
  }

  @Test
  void motions() {
    View two = View.of(0, 2, 5, 5), none = two.rows(0, 0), action = View.row(100, 5);
    View six = View.of(200, 6, 5, 5), reward = View.row(300, 5), flags = View.row(400, 5);
    View four = six.rows(0, 4), last6 = View.of(500, 6, 5, 5), last2 = last6.rows(0, 2);
    assertRefused(
        () -> kernels.cartPole(new Kernels.Motion(two, action, four, four, reward, flags)),
        "what is hidden has shape (2, 5), not (0, 5)");
    assertRefused(
        () -> kernels.mountainCar(new Kernels.Motion(none, action, two, four, reward, flags)),
        "the final observation has shape (4, 5), not (2, 5)");
    assertRefused(
        () ->
            kernels.mountainCarContinuous(
                new Kernels.Motion(none, action, two, last2, reward, reward)),
        "the reward overlaps another operand");
    assertRefused(
        () -> kernels.acrobot(new Kernels.Motion(two, action, six, last6, action, flags)),
        "the reward overlaps another operand");
    assertRefused(
        () -> kernels.acrobot(new Kernels.Motion(two, two.rows(1, 2), six, last6, reward, flags)),
        "what is hidden overlaps another operand");
    assertRefused(
        () -> kernels.acrobot(new Kernels.Motion(two, action, six, six, reward, flags)),
        "the observation overlaps another operand");
    assertRefused(() -> kernels.checkWhole(action, 3, 2, "x"), "x: no floats are whole numbers");
    assertRefused(
        () -> kernels.checkWhole(action, 0, (1 << 24) + 1, "x"), "x: no floats are whole numbers");
  }

  @Test
  void episodes() {
    View hidden = View.of(0, 2, 5, 5), seen = View.of(100, 2, 5, 5), lanes = View.row(200, 5);
    var intervals = List.of(new Kernels.Interval(0, 1), new Kernels.Interval(0, 1));
    var features =
        List.of(
            new Kernels.Feature(Kernels.Feature.Of.VALUE, 0),
            new Kernels.Feature(Kernels.Feature.Of.VALUE, 2));
    var first = features.subList(0, 1);
    assertRefused(
        () -> begins(lanes, intervals, hidden, seen, features),
        "Feature[of=VALUE, number=2]: a first state is 2 numbers");
    assertRefused(
        () -> begins(lanes, intervals, hidden, seen, first),
        "the observation has shape (2, 5), not (1, 5)");
    assertRefused(
        () -> begins(lanes, intervals, hidden, seen.rows(0, 1), List.of()),
        "1 to 16 features of a first state are observed, not 0");
    assertRefused(
        () -> begins(lanes, intervals.subList(0, 1), hidden, seen.rows(0, 1), first),
        "2 of 1 numbers are hidden");
    assertRefused(
        () -> begins(seen.rows(0, 1), intervals, hidden, seen.rows(0, 1), first),
        "the observation overlaps another operand");
    assertRefused(
        () -> begins(lanes, intervals, hidden, hidden.rows(1, 2), first),
        "what is hidden overlaps another operand");
    assertRefused(() -> ends(View.row(1000, 5), 0), "a time limit is positive, not 0.0");
    assertRefused(() -> ends(View.row(1030, 5), 5), "an output overlaps another operand");
    assertThatCode(() -> ends(View.row(1000, 5), 5)).doesNotThrowAnyException();
  }

  private Call begins(
      View lanes,
      List<Kernels.Interval> intervals,
      View hidden,
      View seen,
      List<Kernels.Feature> features) {
    return kernels.beginEpisodes(
        new Kernels.EpisodeStarts(
            new Philox(1, 0), 0, lanes, View.scalar(300), intervals, hidden, seen, features));
  }

  /** Ends of episodes in 5 lanes from address 1005 on. */
  private Call ends(View reward, double limit) {
    return kernels.endEpisodes(
        new Kernels.EpisodeEnds(
            reward,
            View.row(1005, 5),
            View.row(1010, 5),
            true,
            View.row(1015, 5),
            View.row(1020, 5),
            View.row(1025, 5),
            View.row(1030, 5),
            View.row(1035, 5),
            View.scalar(1040),
            limit));
  }

  @Test
  void products() {
    View a = View.of(0, 3, 4, 4), b = View.of(100, 4, 5, 5), c = View.of(200, 3, 5, 5);
    assertRefused(() -> product(a, c, c, c), "a product of (3, 4) and (3, 5) into (3, 5)");
    assertRefused(() -> product(a, b, b, c), "the initial value and the gate have the shape of C");
    assertRefused(() -> product(a, b, c, View.of(8, 3, 5, 5)), "C overlaps A");
    assertRefused(() -> product(a, b, c, View.of(119, 3, 5, 5)), "C overlaps B");
    assertRefused(
        () -> product(a, b, c.rows(0, 1).broadcast(3, 5), c), "C overlaps the initial value");
    assertRefused(
        () -> product(a, b, c, new View(300, 3, 5, 0, 1)), "C is written but its rows of 5");
    assertThatCode(() -> product(a, b, c, c)).doesNotThrowAnyException();
  }

  private Call product(View a, View b, View initial, View c) {
    return kernels.gemm(new Gemm(a, b, initial, c, Gemm.Epilogue.NONE, c, Gemm.Form.OUTER));
  }

  private static void assertRefused(ThrowingCallable call, String sentence) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(sentence);
  }
}
