package dev.lanewise.kernels;

/**
 * A stream of random numbers by Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as
 * easy as 1, 2, 3", section 3.3): block number {@code counter} of stream {@code stream} under the
 * key {@code seed} is a pure function of the three, four words of 32 bits.
 *
 * <p>The counter is the stream's whole state. Not safe for use by several threads at once.
 */
public final class Philox {
  public static final int MULTIPLIER_0 = 0xD2511F53;
  public static final int MULTIPLIER_1 = 0xCD9E8D57;
  public static final int WEYL_0 = 0x9E3779B9;
  public static final int WEYL_1 = 0xBB67AE85;
  public static final int ROUNDS = 10;

  private final long seed;
  private final long stream;
  private long counter;

  public Philox(long seed, long stream) {
    this.seed = seed;
    this.stream = stream;
  }

  public long seed() {
    return seed;
  }

  public long stream() {
    return stream;
  }

  /** The number of the next block. */
  public long counter() {
    return counter;
  }

  public void seek(long newCounter) {
    counter = newCounter;
  }

  /** Moves past so many blocks, or back. */
  public void advance(long blocks) {
    counter += blocks;
  }

  /** Word {@code word} (0 to 3) of block {@code counter}. */
  public static int word(long seed, long stream, long counter, int word) {
    int k0 = (int) seed, k1 = (int) (seed >>> 32);
    int c0 = (int) counter, c1 = (int) (counter >>> 32);
    int c2 = (int) stream, c3 = (int) (stream >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return switch (word) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      case 3 -> c3;
      default -> throw new IllegalArgumentException("word " + word + " of a block of four");
    };
  }

  /** 32 random bits as a number in (0, 1): (⌊bits / 2⁹⌋ + ½) / 2²³, exact in a float. */
  public static double unit(int bits) {
    return ((bits >>> 9) + 0.5) * 0x1p-23;
  }
}
