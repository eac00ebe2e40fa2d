package dev.lanewise.kernels.cpu;

import com.sun.management.ThreadMXBean;
import dev.lanewise.kernels.Region;
import java.lang.management.ManagementFactory;

/**
 * Runs a new loop on scratch memory until it is compiled, so that its first use runs at full speed
 * and its profile is the same in every process. Interpreted, a vector is an object: a call that
 * allocates nothing is compiled code.
 */
final class WarmUp {
  /** The memory that examples have. */
  static final long BYTES = 1 << 16;

  private static final int ROUND = 64;

  /** By then the compiler has been asked; what is left is to wait for it. */
  private static final int ASKED = 6_400;

  private static final long PATIENCE = 10_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());

  /** Sets the arguments of a small call, not the same in each turn. */
  interface Example {
    void set(long[] arguments, long memory, int turn);
  }

  private WarmUp() {}

  static void of(String name, Loop loop, int count, Example example) {
    if (Lanes.F.vectorBitSize() > jdk.incubator.vector.FloatVector.SPECIES_MAX.vectorBitSize()) {
      return; // without such registers a vector is always an object
    }
    long giveUp = System.nanoTime() + PATIENCE;
    var arguments = new long[count];
    try (var region = new Region("warm-up", Float.BYTES)) {
      long memory = Pointers.ofOffset(Lanes.bytes(region.allocate(BYTES / Float.BYTES, name)));
      int turn = 0;
      for (int quiet = 0; quiet < 2; ) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int end = turn + ROUND; turn < end; turn++) {
          example.set(arguments, memory, turn);
          loop.run(arguments);
        }
        quiet = THREADS.getCurrentThreadAllocatedBytes() == before ? quiet + 1 : 0;
        if (turn > ASKED && quiet == 0) {
          Thread.sleep(1);
          if (System.nanoTime() > giveUp) {
            LOG.log(System.Logger.Level.WARNING, "{0} still allocates after {1} calls", name, turn);
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // compiled a little later, by its first uses
    }
  }
}
