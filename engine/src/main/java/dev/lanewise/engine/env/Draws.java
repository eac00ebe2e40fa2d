package dev.lanewise.engine.env;

import dev.lanewise.kernels.Philox;

/**
 * Random numbers one at a time, on the host. Each takes one block of its stream, so that a stream's
 * counter is the number of draws so far.
 */
final class Draws {

  private Draws() {}

  /** Uniform between two numbers, neither included, in steps of 2⁻²³ of their distance. */
  static double uniform(Philox random, double low, double high) {
    return low + (high - low) * Philox.unit(next(random, 0));
  }

  /** Uniform among 0, 1, ..., bound - 1, as the kernel of this name. */
  static int integer(Philox random, int bound) {
    return (int) (Integer.toUnsignedLong(next(random, 0)) * bound >>> 32);
  }

  /** Exponential with mean 1. */
  static double exponential(Philox random) {
    return -Math.log(Philox.unit(next(random, 0)));
  }

  /** Standard normal by Box and Muller (1958). */
  static double normal(Philox random) {
    double angle = 2 * Math.PI * Philox.unit(word(random, 1));
    return Math.sqrt(-2 * Math.log(Philox.unit(next(random, 0)))) * Math.cos(angle);
  }

  /** 64 random bits. */
  static long bits(Philox random) {
    long high = Integer.toUnsignedLong(word(random, 1));
    return high << 32 | Integer.toUnsignedLong(next(random, 0));
  }

  /** A word of the stream's next block, which is used up by it. */
  private static int next(Philox random, int word) {
    int bits = word(random, word);
    random.advance(1);
    return bits;
  }

  private static int word(Philox random, int word) {
    return Philox.word(random.seed(), random.stream(), random.counter(), word);
  }
}
