package dev.lanewise.algos;

import dev.lanewise.kernels.Philox;

/** A random order. */
final class Shuffle {

  private Shuffle() {}

  /**
   * Fills with 0, 1, ..., n - 1 in an order that is uniform among all (Fisher and Yates 1938,
   * Durstenfeld 1964), by n - 1 words of the stream.
   */
  static void of(int[] order, Philox stream) {
    long block = stream.counter();
    for (int i = 0; i < order.length; i++) {
      int word = Philox.word(stream.seed(), stream.stream(), block + i / 4, i % 4);
      int j = (int) (Integer.toUnsignedLong(word) * (i + 1) >>> 32);
      order[i] = order[j];
      order[j] = i;
    }
    stream.advance(Math.ceilDiv(order.length, 4));
  }
}
