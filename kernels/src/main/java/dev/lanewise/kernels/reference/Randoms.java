package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;

/** Random numbers by their place in the stream. */
final class Randoms {

  private Randoms() {}

  static void uniform(Draw draw, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, Philox.unit(bits(draw, r, i, number(draw, i))));
      }
    }
  }

  static void normal(Draw draw, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        int number = number(draw, i), first = number / 2 * 2;
        double radius = Math.sqrt(-2 * Math.log(Philox.unit(bits(draw, r, i, first))));
        double angle = 2 * Math.PI * Philox.unit(bits(draw, r, i, first + 1));
        Doubles.set(y, r, i, radius * (number == first ? Math.cos(angle) : Math.sin(angle)));
      }
    }
  }

  static void integers(Draw draw, View bound, View y) {
    long below = (long) Doubles.get(bound, 0, 0);
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        long word = Integer.toUnsignedLong(bits(draw, r, i, number(draw, i)));
        Doubles.set(y, r, i, word * below >>> 32);
      }
    }
  }

  /** The number of the word that element (r, i) of the view takes of its block. */
  private static int number(Draw draw, int i) {
    return (draw.firstLane() + i) % 64 / 16;
  }

  private static int bits(Draw draw, int r, int i, int number) {
    return Philox.word(
        draw.stream().seed(),
        draw.stream().stream(),
        draw.counter(draw.firstRow() + r, draw.firstLane() + i),
        number);
  }
}
