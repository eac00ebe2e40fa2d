package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.View;

/** Elements and rows by their number. */
final class Gathers {

  private Gathers() {}

  static void pick(View x, View index, View y) {
    for (int i = 0; i < y.lanes(); i++) {
      Doubles.set(y, 0, i, Doubles.get(x, index(index, i, x.rows()), i));
    }
  }

  static void oneHot(View index, View y) {
    for (int i = 0; i < y.lanes(); i++) {
      double hot = Doubles.get(index, 0, i);
      for (int r = 0; r < y.rows(); r++) {
        Doubles.set(y, r, i, r == hot ? 1 : 0);
      }
    }
  }

  static void gather(View x, View index, View y) {
    for (int i = 0; i < y.lanes(); i++) {
      int record = index(index, i, x.rows());
      for (int r = 0; r < y.rows(); r++) {
        Doubles.set(y, r, i, Doubles.get(x, record, r));
      }
    }
  }

  static void scatter(View x, View index, View y) {
    for (int i = 0; i < x.lanes(); i++) {
      int record = index(index, i, y.rows());
      for (int r = 0; r < x.rows(); r++) {
        Doubles.set(y, record, r, Doubles.get(x, r, i));
      }
    }
  }

  private static int index(View index, int i, int count) {
    double value = Doubles.get(index, 0, i);
    if (!(value >= 0 && value < count && value == Math.floor(value))) {
      throw new IndexOutOfBoundsException(
          "the index %s of lane %d is not a whole number in [0, %d)".formatted(value, i, count));
    }
    return (int) value;
  }
}
