package dev.lanewise.kernels;

/**
 * A matrix product: {@code C = epilogue(initial + A · B)} with A of m rows and k columns, B of k
 * rows and n columns, C of m rows and n columns. Every element is the sum {@code initial + a₀b₀ +
 * a₁b₁ + ...} of fused multiply-adds, in an order that depends on {@link #form} and k alone, so
 * that a product computed in parts is the same to the bit.
 *
 * @param a m × k, any strides (rows are m, lanes are k)
 * @param b k × n, any strides, one of which is 1 (rows are k, lanes are n)
 * @param initial m × n: a bias has a stride of 0, a zero has both; may not overlap c unless it is
 *     the same element for element
 * @param c m × n with lane stride 1; may not overlap a or b
 * @param epilogue what happens to each element before it is written
 * @param gate m × n: read by an epilogue that is gated, otherwise ignored (pass c)
 * @param form which order of summation
 */
public record Gemm(View a, View b, View initial, View c, Epilogue epilogue, View gate, Form form) {

  /** What happens to an element of the product before it is written. */
  public enum Epilogue {
    /** x */
    NONE,
    /** max(x, 0) */
    RELU,
    /** x where the gate is &gt; 0, otherwise 0: the gate is what went into a ReLU, or came out. */
    RELU_GATE,
    /** x (1 - gate²): the gate is what came out of a tanh. */
    TANH_GATE;

    public boolean isGated() {
      return this == RELU_GATE || this == TANH_GATE;
    }
  }

  /** The order in which the k products of an element are summed. */
  public enum Form {
    /** One after the other: vectors hold neighbouring elements of C. */
    OUTER,
    /**
     * Sixteen interleaved partial sums, added as a tree, then the initial value: vectors hold
     * neighbouring k. For few rows or columns; k must have stride 1 in a and in b.
     */
    DOT
  }

  public Gemm {
    int m = c.rows(), n = c.lanes(), k = a.lanes();
    if (a.rows() != m || b.rows() != k || b.lanes() != n) {
      throw new IllegalArgumentException(
          "a product of (%d, %d) and (%d, %d) into (%d, %d)"
              .formatted(a.rows(), k, b.rows(), b.lanes(), m, n));
    }
    if (initial.rows() != m || initial.lanes() != n || gate.rows() != m || gate.lanes() != n) {
      throw new IllegalArgumentException("the initial value and the gate have the shape of C");
    }
    if (c.laneStride() != 1 && n > 1) {
      throw new IllegalArgumentException("C has lane stride 1, not " + c.laneStride());
    }
    if (form == Form.DOT
        && k > 1
        && (a.laneStride() != 1 || (b.rowStride() != 1 && b.rows() > 1))) {
      throw new IllegalArgumentException("a dot product needs k with stride 1 in A and B");
    }
    if (form == Form.OUTER && b.laneStride() != 1 && b.rowStride() != 1 && n > 1 && k > 1) {
      throw new IllegalArgumentException("one of B's strides is 1");
    }
  }

  /** The rows [from, to) of C and what they need. */
  public Gemm rows(int from, int to) {
    return new Gemm(
        a.rows(from, to),
        b,
        initial.rows(from, to),
        c.rows(from, to),
        epilogue,
        gate.rows(from, to),
        form);
  }

  /** The lanes [from, to) of C and what they need. */
  public Gemm lanes(int from, int to) {
    return new Gemm(
        a,
        b.lanes(from, to),
        initial.lanes(from, to),
        c.lanes(from, to),
        epilogue,
        gate.lanes(from, to),
        form);
  }
}
