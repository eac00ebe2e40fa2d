package dev.lanewise.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of the vectors, one for the whole process: the processor's own, or {@code
 * -Dlanewise.vector.bits=128|256|512} (slow where the processor has no such vectors). And the short
 * words for reading and writing the slab: a byte offset and a lane behind it.
 *
 * <p>They are for kernels whose every turn comes by them. Where fewer than one run in a hundred
 * comes by, or where C2 has no profile yet, it inlines nothing but the methods of FloatVector
 * itself, and a vector that is handed to any other lies on the heap for as long as the JVM lives.
 * So kernels of a few instructions, with a loop over whole vectors that short rows never enter,
 * call FloatVector directly.
 */
final class Lanes {
  static final VectorSpecies<Float> F = species();
  static final int COUNT = F.length();
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** The slab again, so that kernels read it from a constant of their own package. */
  static final MemorySegment MEMORY = dev.lanewise.kernels.Slab.MEMORY;

  static final FloatVector ZERO = FloatVector.zero(F);

  /** The exact class that all vectors have here. */
  static final Class<? extends FloatVector> TYPE = ZERO.getClass();

  /** The first 0, 1, ..., COUNT lanes: ready-made, because making one costs more than using it. */
  private static final VectorMask<Float>[] FIRST = firstLanes();

  private Lanes() {}

  /** The byte offset of an address, or the bytes of a stride. */
  static long bytes(long elements) {
    return elements << 2;
  }

  /** How many of n elements fill whole vectors. */
  static int whole(int n) {
    return n & -COUNT;
  }

  /** The lanes that are left of n elements behind the whole vectors. */
  static VectorMask<Float> rest(int n) {
    return FIRST[n & (COUNT - 1)];
  }

  /**
   * The first n lanes: none below 0, all from COUNT on. Loops leave the last 1 to COUNT lanes to
   * them, even where whole vectors would fit, so that every run comes by the code for the rest.
   */
  static VectorMask<Float> first(int n) {
    return FIRST[Math.clamp(n, 0, COUNT)];
  }

  /** All lanes, or only the mask's and 0 in the others: one place for both, for every turn. */
  static FloatVector at(long base, int i, boolean whole, VectorMask<Float> mask) {
    return whole
        ? FloatVector.fromMemorySegment(F, MEMORY, base + ((long) i << 2), ORDER)
        : FloatVector.fromMemorySegment(F, MEMORY, base + ((long) i << 2), ORDER, mask);
  }

  static void put(FloatVector v, long base, int i, boolean whole, VectorMask<Float> mask) {
    if (whole) {
      v.intoMemorySegment(MEMORY, base + ((long) i << 2), ORDER);
    } else {
      v.intoMemorySegment(MEMORY, base + ((long) i << 2), ORDER, mask);
    }
  }

  static FloatVector all(float value) {
    return FloatVector.broadcast(F, value);
  }

  static float get(long offset) {
    return MEMORY.get(ValueLayout.JAVA_FLOAT, offset);
  }

  static void set(long offset, float value) {
    MEMORY.set(ValueLayout.JAVA_FLOAT, offset, value);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorMask<Float>[] firstLanes() {
    var masks = new VectorMask[COUNT + 1];
    for (int n = 0; n <= COUNT; n++) {
      masks[n] = F.indexInRange(0, n);
    }
    return masks;
  }

  private static VectorSpecies<Float> species() {
    int bits =
        Integer.getInteger(
            "lanewise.vector.bits",
            Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512));
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException(
          "-Dlanewise.vector.bits=" + bits + " is not 128, 256 or 512");
    }
    return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }
}
