package dev.lanewise.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of the vectors, one for the whole process: the processor's own, or {@code
 * -Dlanewise.vector.bits=128|256|512} (slow where the processor has no such vectors).
 */
final class Lanes {
  static final VectorSpecies<Float> F = species();
  static final int COUNT = F.length();
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** The slab again, so that kernels read it from a constant of their own package. */
  static final MemorySegment MEMORY = dev.lanewise.kernels.Slab.MEMORY;

  private Lanes() {}

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
