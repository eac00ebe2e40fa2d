package dev.lanewise.kernels.cpu;

import dev.lanewise.kernels.Region;
import java.lang.ref.Cleaner;

/**
 * What products need while they run: one per thread, so that it stays in the caches of its core and
 * plans may come and go. Of bounded size, 2 MiB but for products that say otherwise; given back
 * when its thread has ended.
 */
final class Scratch {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

  /** Apart from the scratch, which would otherwise keep itself alive. */
  private static final class Memory implements Runnable {
    Region region = new Region("scratch of products", Float.BYTES);

    @Override
    public void run() {
      region.close();
    }
  }

  /** The arguments of a {@link Tile}. */
  final long[] tile = new long[Tile.ARGUMENTS];

  private static final int SQUARE = 16 * 16;

  private final Memory memory = new Memory();
  private long bytes;
  private long start, square;

  private Scratch() {
    CLEANER.register(this, memory);
  }

  static Scratch mine() {
    return MINE.get();
  }

  /** The {@linkplain Pointers address} of at least so many bytes of unknown content. */
  long start(long bytes) {
    if (bytes > this.bytes) {
      grow(bytes);
    }
    return start;
  }

  /** Room for 16 by 16 elements besides. */
  long square() {
    if (square == 0) {
      grow(0);
    }
    return square;
  }

  private void grow(long bytes) {
    var region = new Region("scratch of products", Float.BYTES);
    square = Pointers.ofOffset(Lanes.bytes(region.allocate(SQUARE, "a square")));
    long address = region.allocate(Math.ceilDiv(bytes, Float.BYTES), "packed operands");
    memory.region.close();
    memory.region = region;
    this.bytes = bytes;
    start = Pointers.ofOffset(Lanes.bytes(address));
  }
}
