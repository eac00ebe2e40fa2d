package dev.lanewise.engine.env;

import dev.lanewise.kernels.Philox;
import java.util.Arrays;

/**
 * What an observation or an action may be, as in Gymnasium. In memory an element of a space is
 * {@link #size} columns of floats: a {@link Box} one for each dimension, the others whole numbers.
 */
public sealed interface Space {

  /**
   * Number of columns that an element takes; 1 for {@link Discrete}, which is not laid out as one
   * column for each of its values.
   */
  int size();

  /**
   * The values of one column, as a space of its own.
   *
   * @throws IllegalArgumentException if they are not whole numbers, as in a {@link Box}
   */
  default Discrete range(int column) {
    return switch (this) {
      case Discrete discrete -> discrete;
      case MultiDiscrete(int[] nvec, int[] start) -> new Discrete(nvec[column], start[column]);
      case MultiBinary _ -> new Discrete(2);
      case Box box -> throw new IllegalArgumentException(box + " is not discrete");
    };
  }

  /**
   * Number of choices of all columns together; an action mask has one column for each.
   *
   * @throws IllegalArgumentException if they are not whole numbers, as in a {@link Box}
   */
  default int choices() {
    int choices = 0;
    for (int j = 0; j < size(); j++) {
      choices += range(j).n();
    }
    return choices;
  }

  /** Whether this is an element: as many numbers as columns, none NaN, bounds included. */
  boolean contains(float[] element);

  /**
   * Draws an element, one block of the stream for each column.
   *
   * @param into {@link #size} numbers
   */
  void sample(Philox random, float[] into);

  /** Draws an element, {@link #size} numbers. */
  default float[] sample(Philox random) {
    var element = new float[size()];
    sample(random, element);
    return element;
  }

  /**
   * Real numbers between bounds, both included, of which some or all may be infinite. Samples are
   * uniform between two finite bounds, exponential beyond one, and standard normal without any.
   *
   * @param low the lower bound of each dimension
   * @param high the upper bound of each dimension
   */
  record Box(float[] low, float[] high) implements Space {
    public Box {
      if (low.length != high.length || low.length == 0) {
        throw new IllegalArgumentException(
            "a box has one lower and one upper bound for each dimension, not %d and %d"
                .formatted(low.length, high.length));
      }
      for (int i = 0; i < low.length; i++) {
        if (!(low[i] <= high[i])) {
          throw new IllegalArgumentException(
              "a box's bounds of dimension %d, %s and %s, enclose nothing"
                  .formatted(i, low[i], high[i]));
        }
      }
      low = low.clone();
      high = high.clone();
    }

    /** Between the same bounds in every dimension. */
    public static Box of(int size, float low, float high) {
      var lows = new float[size];
      var highs = new float[size];
      Arrays.fill(lows, low);
      Arrays.fill(highs, high);
      return new Box(lows, highs);
    }

    /** All real numbers. */
    public static Box of(int size) {
      return of(size, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }

    /** A copy of the lower bounds. */
    @Override
    public float[] low() {
      return low.clone();
    }

    /** A copy of the upper bounds. */
    @Override
    public float[] high() {
      return high.clone();
    }

    /** The lower bound of one dimension. */
    public float low(int dimension) {
      return low[dimension];
    }

    /** The upper bound of one dimension. */
    public float high(int dimension) {
      return high[dimension];
    }

    /** Whether no bound is infinite. */
    public boolean isBounded() {
      for (int i = 0; i < low.length; i++) {
        if (Float.isInfinite(low[i]) || Float.isInfinite(high[i])) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int size() {
      return low.length;
    }

    @Override
    public boolean contains(float[] element) {
      if (element.length != low.length) {
        return false;
      }
      for (int i = 0; i < element.length; i++) {
        if (!(element[i] >= low[i] && element[i] <= high[i])) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void sample(Philox random, float[] into) {
      checkLength(this, into);
      for (int i = 0; i < into.length; i++) {
        boolean below = low[i] > Float.NEGATIVE_INFINITY, above = high[i] < Float.POSITIVE_INFINITY;
        double drawn =
            below && above
                ? Draws.uniform(random, low[i], high[i])
                : below
                    ? low[i] + Draws.exponential(random)
                    : above ? high[i] - Draws.exponential(random) : Draws.normal(random);
        into[i] = (float) drawn;
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Box(float[] otherLow, float[] otherHigh)
          && Arrays.equals(low, otherLow)
          && Arrays.equals(high, otherHigh);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(low) + Arrays.hashCode(high);
    }

    @Override
    public String toString() {
      return "Box(%s, %s, (%d,), float32)"
          .formatted(ArrayText.brief(low), ArrayText.brief(high), low.length);
    }
  }

  /**
   * The whole numbers start, start + 1, ..., start + n - 1.
   *
   * @param n how many, at least 1
   */
  record Discrete(int n, int start) implements Space {
    public Discrete {
      checkCount("a discrete space", n);
      checkExact(n, start);
    }

    /** From 0 to n - 1. */
    public Discrete(int n) {
      this(n, 0);
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public boolean contains(float[] element) {
      return element.length == 1 && isWhole(element[0], start, n);
    }

    @Override
    public void sample(Philox random, float[] into) {
      checkLength(this, into);
      into[0] = start + Draws.integer(random, n);
    }

    @Override
    public String toString() {
      return start == 0 ? "Discrete(" + n + ")" : "Discrete(" + n + ", start=" + start + ")";
    }
  }

  /**
   * Several choices at once: column i is one of start[i], ..., start[i] + nvec[i] - 1.
   *
   * @param nvec how many values each has, at least 1
   * @param start the first value of each
   */
  record MultiDiscrete(int[] nvec, int[] start) implements Space {
    public MultiDiscrete {
      nvec = nvec.clone();
      start = start.clone();
      checkCount("the number of choices of a multi-discrete space", nvec.length);
      if (start.length != nvec.length) {
        throw new IllegalArgumentException(
            "a multi-discrete space has one start for each of its %d choices, not %d"
                .formatted(nvec.length, start.length));
      }
      for (int i = 0; i < nvec.length; i++) {
        checkCount("each choice of a multi-discrete space", nvec[i]);
        checkExact(nvec[i], start[i]);
      }
    }

    /** All from 0. */
    public MultiDiscrete(int[] nvec) {
      this(nvec, new int[nvec.length]);
    }

    /** A copy of how many values each choice has. */
    @Override
    public int[] nvec() {
      return nvec.clone();
    }

    /** A copy of the first value of each choice. */
    @Override
    public int[] start() {
      return start.clone();
    }

    @Override
    public int size() {
      return nvec.length;
    }

    @Override
    public boolean contains(float[] element) {
      if (element.length != nvec.length) {
        return false;
      }
      for (int i = 0; i < element.length; i++) {
        if (!isWhole(element[i], start[i], nvec[i])) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void sample(Philox random, float[] into) {
      checkLength(this, into);
      for (int i = 0; i < into.length; i++) {
        into[i] = start[i] + Draws.integer(random, nvec[i]);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof MultiDiscrete(int[] otherNvec, int[] otherStart)
          && Arrays.equals(nvec, otherNvec)
          && Arrays.equals(start, otherStart);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(nvec) + Arrays.hashCode(start);
    }

    @Override
    public String toString() {
      return Arrays.equals(start, new int[start.length])
          ? "MultiDiscrete(" + numbers(nvec) + ")"
          : "MultiDiscrete(" + numbers(nvec) + ", start=" + numbers(start) + ")";
    }

    private static String numbers(int[] values) {
      return Arrays.toString(values).replace(",", "");
    }
  }

  /**
   * n columns, each 0 or 1.
   *
   * @param n how many, at least 1
   */
  record MultiBinary(int n) implements Space {
    public MultiBinary {
      checkCount("a multi-binary space", n);
    }

    @Override
    public int size() {
      return n;
    }

    @Override
    public boolean contains(float[] element) {
      if (element.length != n) {
        return false;
      }
      for (float x : element) {
        if (x != 0 && x != 1) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void sample(Philox random, float[] into) {
      checkLength(this, into);
      for (int i = 0; i < n; i++) {
        into[i] = Draws.integer(random, 2);
      }
    }

    @Override
    public String toString() {
      return "MultiBinary(" + n + ")";
    }
  }

  private static boolean isWhole(float x, int start, int n) {
    return x >= start && x <= (double) start + n - 1 && x == Math.rint(x);
  }

  private static void checkCount(String what, int n) {
    if (n < 1 || n > 1 << 24) {
      throw new IllegalArgumentException(
          what + " is 1 to 2^24, the whole numbers that a float holds, not " + n);
    }
  }

  private static void checkExact(int n, int start) {
    if (start < -(1 << 24) || start > (1 << 24) - (n - 1)) {
      throw new IllegalArgumentException(
          "%d values from %d on go beyond ±2^24, the whole numbers that a float holds"
              .formatted(n, start));
    }
  }

  private static void checkLength(Space space, float[] into) {
    if (into.length != space.size()) {
      throw new IllegalArgumentException(
          "%s is %d numbers, not %d".formatted(space, space.size(), into.length));
    }
  }
}
