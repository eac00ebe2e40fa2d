package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;

/**
 * A stack of memory on a backend that one trial after the other uses: opening regions takes time.
 */
final class TrialMemory {
  private static final Map<String, TrialMemory> OF_SIDE = new HashMap<>();
  private static final int SIZE = 1 << 24;

  private final long start;
  private long used;

  private TrialMemory(Backend backend) {
    start = backend.open("trials").allocate(SIZE, "operands");
  }

  /**
   * @param side that no other has, also where both are of one backend
   */
  static TrialMemory of(Backend backend, String side) {
    return OF_SIDE.computeIfAbsent(
        backend.name() + " as " + side, name -> new TrialMemory(backend));
  }

  /** Address of a block on a 64-byte boundary. */
  long push(int elements) {
    long address = start + used;
    used += aligned(elements);
    assertThat(used).isLessThanOrEqualTo(SIZE);
    return address;
  }

  void pop(int elements) {
    used -= aligned(elements);
  }

  private static long aligned(int elements) {
    return Math.ceilDiv(elements, 16) * 16L;
  }
}
