package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.View;

/** Refusals of numbers that must not be. */
final class Checks {

  private Checks() {}

  static void finite(View x, String name) {
    for (int r = 0; r < x.rows(); r++) {
      for (int i = 0; i < x.lanes(); i++) {
        double value = Doubles.get(x, r, i);
        if (!Double.isFinite(value)) {
          throw new NotFiniteException(name, value);
        }
      }
    }
  }

  static void wholeNumbers(View x, int first, int last, String name) {
    for (int r = 0; r < x.rows(); r++) {
      for (int i = 0; i < x.lanes(); i++) {
        double value = Doubles.get(x, r, i);
        if (!(value >= first && value <= last && value == Math.rint(value))) {
          throw new IllegalArgumentException(
              "%s is %s, not a whole number from %d to %d".formatted(name, value, first, last));
        }
      }
    }
  }
}
