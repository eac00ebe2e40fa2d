package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;

import dev.lanewise.kernels.Slab;
import dev.lanewise.kernels.View;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The slab without bounds checks, for the innermost loops: byte offsets are whole addresses of the
 * process. A view is checked once, when it is bound.
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

  /** Where a row of a view starts. */
  static long ofRow(View view, int r) {
    return of(View.row(view.row(r), view.lanes()));
  }

  /** Where an offset of the slab lies. */
  static long ofOffset(long offset) {
    return BASE + offset;
  }

  static FloatVector at(long pointer, int i) {
    return FloatVector.fromMemorySegment(F, MEMORY, (pointer & POINTER) + 4 * (i & INDEX), ORDER);
  }

  /** As {@link Lanes#at(long, int, boolean, VectorMask)}. */
  static FloatVector at(long pointer, int i, boolean whole, VectorMask<Float> mask) {
    return whole
        ? FloatVector.fromMemorySegment(F, MEMORY, (pointer & POINTER) + 4 * (i & INDEX), ORDER)
        : FloatVector.fromMemorySegment(
            F, MEMORY, (pointer & POINTER) + 4 * (i & INDEX), ORDER, mask);
  }

  static void put(FloatVector v, long pointer, int i) {
    v.intoMemorySegment(MEMORY, (pointer & POINTER) + 4 * (i & INDEX), ORDER);
  }

  static float get(long pointer) {
    return MEMORY.get(FLOAT, pointer & POINTER);
  }

  static void set(long pointer, float value) {
    MEMORY.set(FLOAT, pointer & POINTER, value);
  }
}
