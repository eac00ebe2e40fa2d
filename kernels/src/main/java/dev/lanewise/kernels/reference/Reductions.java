package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.View;

/** One number of many. */
final class Reductions {

  private Reductions() {}

  static void rows(Reduction reduction, View x, View y) {
    for (int i = 0; i < y.lanes(); i++) {
      Doubles.set(y, 0, i, reduce(reduction, x.lanes(i, i + 1)));
    }
  }

  static void lanes(Reduction reduction, View x, View y) {
    for (int r = 0; r < y.rows(); r++) {
      Doubles.set(y, r, 0, reduce(reduction, x.rows(r, r + 1).flipped()));
    }
  }

  private static double reduce(Reduction reduction, View column) {
    return switch (reduction) {
      case SUM -> sum(column);
      case MAX -> max(column);
      case ARGMAX -> argmax(column);
    };
  }

  private static double sum(View column) {
    double sum = 0;
    for (int r = 0; r < column.rows(); r++) {
      sum += Doubles.get(column, r, 0);
    }
    return sum;
  }

  private static double max(View column) {
    double max = Double.NEGATIVE_INFINITY;
    for (int r = 0; r < column.rows(); r++) {
      max = Math.max(max, Doubles.get(column, r, 0));
    }
    return max;
  }

  private static int argmax(View column) {
    int best = 0;
    for (int r = 0; r < column.rows(); r++) {
      double x = Doubles.get(column, r, 0);
      if (Double.isNaN(x)) {
        return r;
      }
      if (x > Doubles.get(column, best, 0)) {
        best = r;
      }
    }
    return best;
  }
}
