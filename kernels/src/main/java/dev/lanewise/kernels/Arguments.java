package dev.lanewise.kernels;

/** What every backend asks of a kernel's operands: one sentence for each mistake. */
final class Arguments {

  private Arguments() {}

  /** A view that is written: contiguous lanes, and no two elements in one place. */
  static View output(String name, View y) {
    View out = plain(y);
    if (out.lanes() > 1 && out.laneStride() != 1) {
      throw wrong("%s is written and needs lane stride 1, not %d", name, out.laneStride());
    }
    if (out.rows() > 1 && Math.abs(out.rowStride()) < out.lanes()) {
      throw wrong(
          "%s is written but its rows of %d lanes overlap: the row stride is %d",
          name, out.lanes(), out.rowStride());
    }
    return out;
  }

  static View output(String name, View y, int rows, int lanes) {
    exactly(name, y, rows, lanes);
    return output(name, y);
  }

  /** A view that is read, stretched to the size of the work. */
  static View input(String name, View x, int rows, int lanes) {
    return lanesInOrder(name, stretched(name, x, rows, lanes));
  }

  /** A view that is read and has a size of its own. */
  static View input(String name, View x) {
    return lanesInOrder(name, plain(x));
  }

  /** One element that is read. */
  static View scalar(String name, View x) {
    exactly(name, x, 1, 1);
    return plain(x);
  }

  static View stretched(String name, View x, int rows, int lanes) {
    if ((x.rows() != rows && x.rows() != 1) || (x.lanes() != lanes && x.lanes() != 1)) {
      throw wrong(
          "%s of shape (%d, %d) does not stretch to (%d, %d)",
          name, x.rows(), x.lanes(), rows, lanes);
    }
    return plain(x.broadcast(rows, lanes));
  }

  static void exactly(String name, View x, int rows, int lanes) {
    if (x.rows() != rows || x.lanes() != lanes) {
      throw wrong("%s has shape (%d, %d), not (%d, %d)", name, x.rows(), x.lanes(), rows, lanes);
    }
  }

  static void same(String what, int count, String ofWhat, int otherCount) {
    if (count != otherCount) {
      throw wrong("%s, %d, differ from %s, %d", what, count, ofWhat, otherCount);
    }
  }

  /** Refuses an output that lies on an input, except exactly on it. */
  static void mayBe(String outName, View out, String inName, View in) {
    if (!identical(out, in)) {
      apart(outName, out, inName, in);
    }
  }

  /** Refuses an output that shares any element with another operand. */
  static void apart(String outName, View out, String otherName, View other) {
    if (overlap(out, other)) {
      throw wrong("%s overlaps %s: %s and %s", outName, otherName, out, other);
    }
  }

  private static View lanesInOrder(String name, View x) {
    if (x.laneStride() != 1 && x.laneStride() != 0) {
      throw wrong("%s needs lane stride 1 or 0, not %d", name, x.laneStride());
    }
    return x;
  }

  /** The strides of axes that are never walked along do not matter. */
  private static View plain(View x) {
    return x.lanes() > 1 ? x : new View(x.address(), x.rows(), x.lanes(), x.rowStride(), 1);
  }

  private static boolean identical(View a, View b) {
    return a.address() == b.address()
        && a.rows() == b.rows()
        && a.lanes() == b.lanes()
        && (a.rows() == 1 || a.rowStride() == b.rowStride())
        && (a.lanes() == 1 || a.laneStride() == b.laneStride());
  }

  /** Whether an output and any other view have an element in common. */
  private static boolean overlap(View out, View other) {
    if (out.isEmpty() || other.isEmpty() || last(out) < first(other) || last(other) < first(out)) {
      return false;
    }
    View runs = Math.abs(other.laneStride()) <= 1 ? other : other.flipped();
    boolean contiguous = Math.abs(runs.laneStride()) <= 1;
    int rows = runs.rowStride() == 0 ? 1 : runs.rows();
    int pieces = contiguous ? 1 : runs.lanes();
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < pieces; i++) {
        long one = runs.at(r, i), end = contiguous ? runs.at(r, runs.lanes() - 1) : one;
        if (touches(out, Math.min(one, end), Math.max(one, end))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether some element of an output lies at an address in [from, to]. */
  private static boolean touches(View out, long from, long to) {
    if (to < first(out) || from > last(out)) {
      return false;
    }
    if (from <= first(out) || out.rows() == 1) {
      return true;
    }
    long stride = Math.abs(out.rowStride()), intoRow = (from - first(out)) % stride;
    return intoRow < out.lanes() || to - from >= stride - intoRow;
  }

  private static long first(View x) {
    return x.address()
        + Math.min(0, (x.rows() - 1) * x.rowStride())
        + Math.min(0, (x.lanes() - 1) * x.laneStride());
  }

  private static long last(View x) {
    return x.address()
        + Math.max(0, (x.rows() - 1) * x.rowStride())
        + Math.max(0, (x.lanes() - 1) * x.laneStride());
  }

  private static IllegalArgumentException wrong(String sentence, Object... values) {
    return new IllegalArgumentException(sentence.formatted(values));
  }
}
