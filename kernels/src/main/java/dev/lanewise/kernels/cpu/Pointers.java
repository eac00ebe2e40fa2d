package dev.lanewise.kernels.cpu;

import dev.lanewise.kernels.Slab;
import dev.lanewise.kernels.View;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The slab without bounds checks, for the innermost loops of products: byte offsets are whole
 * addresses of the process. A view is checked once, when it is bound.
 *
 * <p>The base of {@link Slab#MEMORY} is a constant, which C2 puts into a register again before
 * every single access, as it does with the bounds: 52 % of peak. Here the base is 0, and the masks
 * below prove every offset positive, so that no check is left: 90 %.
 */
final class Pointers {
  @SuppressWarnings("restricted") // a view is checked when it is bound
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /**
   * What a pointer, a stride between rows, one along k, and an index are less than. Not tighter: an
   * offset that fits an int becomes an index register of the address, and then C2 loads all
   * operands before the first multiplication and spills sums: 42 %.
   */
  static final long POINTER = (1L << 56) - 1, SPAN = (1L << 48) - 1, STEP = (1L << 31) - 1;

  static final long INDEX = (1L << 31) - 1;

  private static final long BASE = Slab.MEMORY.address();
  private static final long LIMIT = Slab.MEMORY.byteSize();

  private Pointers() {}

  /** Where a view starts; all of it lies in the slab. */
  static long of(View view) {
    long first = Lanes.bytes(view.address());
    if (!view.isEmpty()) {
      long last = Lanes.bytes(view.at(view.rows() - 1, view.lanes() - 1));
      boolean forward = view.rowStride() >= 0 && view.laneStride() >= 0;
      if (!forward || first < 0 || last < first || last > LIMIT - Float.BYTES) {
        throw new IndexOutOfBoundsException(view + " does not lie in the slab");
      }
    }
    return BASE + first;
  }

  /** Where an offset of the slab lies. */
  static long ofOffset(long offset) {
    return BASE + offset;
  }
}
