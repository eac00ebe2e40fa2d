package dev.lanewise.kernels;

import java.util.Arrays;

/**
 * An operand of a kernel before it is put into a memory: the numbers, and what lies around them.
 */
final class Operand {
  /** Seen where a kernel writes too much; in what it reads too much the NaN around inputs shows. */
  private static final float SENTINEL = 7.77e30f;

  private static final int MARGIN = 16;

  final int number;
  final Shape shape;
  final boolean written;
  final float[] block;

  private final int first;
  private final int rowStride;

  Operand(int number, Shape shape, Layout layout, float[] values, boolean written) {
    this.number = number;
    this.shape = shape;
    this.written = written;
    first = MARGIN + layout.offset;
    rowStride = layout.rowStride(shape.lanes());
    block = new float[first + shape.rows() * rowStride + MARGIN];
    Arrays.fill(block, written ? SENTINEL : Float.NaN);
    for (int r = 0; r < shape.rows(); r++) {
      for (int i = 0; i < shape.lanes(); i++) {
        block[index(r, i)] = values[r * shape.lanes() + i];
      }
    }
  }

  /** The view of this operand in a block that begins at an address. */
  View view(long address) {
    return View.of(address + first, shape.rows(), shape.lanes(), rowStride);
  }

  int index(int r, int i) {
    return first + r * rowStride + i;
  }

  float get(int r, int i) {
    return block[index(r, i)];
  }

  boolean isElement(int index) {
    int fromFirst = index - first;
    return fromFirst >= 0
        && fromFirst < shape.rows() * rowStride
        && fromFirst % rowStride < shape.lanes();
  }
}
