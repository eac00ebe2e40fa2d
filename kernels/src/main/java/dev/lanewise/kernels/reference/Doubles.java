package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Slab;
import dev.lanewise.kernels.View;
import java.lang.foreign.ValueLayout;

/** Elements as doubles: address a lies at byte 8a of the slab. */
final class Doubles {
  static final int BYTES = Double.BYTES;

  private Doubles() {}

  static double get(long address) {
    return Slab.MEMORY.get(ValueLayout.JAVA_DOUBLE, address * BYTES);
  }

  static double get(View x, int r, int i) {
    return get(x.at(r, i));
  }

  static void set(long address, double value) {
    Slab.MEMORY.set(ValueLayout.JAVA_DOUBLE, address * BYTES, value);
  }

  static void set(View y, int r, int i, double value) {
    set(y.at(r, i), value);
  }
}
