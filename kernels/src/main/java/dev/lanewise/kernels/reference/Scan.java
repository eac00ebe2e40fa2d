package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.View;

/** The linear recurrence from the last row to the first. */
final class Scan {

  private Scan() {}

  static void scan(View a, View b, View y) {
    for (int i = 0; i < y.lanes(); i++) {
      double next = 0;
      for (int r = y.rows() - 1; r >= 0; r--) {
        next = Doubles.get(a, r, i) + Doubles.get(b, r, i) * next;
        Doubles.set(y, r, i, next);
      }
    }
  }
}
