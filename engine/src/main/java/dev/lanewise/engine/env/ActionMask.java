package dev.lanewise.engine.env;

import dev.lanewise.kernels.Philox;

/**
 * How flags say which choices of an action are allowed: one for each choice, column after column.
 *
 * @param nvec number of choices of each column
 * @param start the first value of each column
 */
record ActionMask(Space space, int[] nvec, int[] start) {

  static ActionMask of(Space space) {
    var nvec = new int[space.size()];
    var start = new int[space.size()];
    for (int j = 0; j < nvec.length; j++) {
      nvec[j] = space.range(j).n();
      start[j] = space.range(j).start();
    }
    return new ActionMask(space, nvec, start);
  }

  /** What is wrong with the flags; empty if nothing, and then without allocating. */
  String fault(boolean[] allowed) {
    if (allowed == null) {
      return "the action mask is null";
    }
    int at = 0;
    for (int j = 0; j < nvec.length; j++) {
      if (at + nvec[j] <= allowed.length && count(allowed, at, nvec[j]) == 0) {
        return "the action mask forbids all %d choices of column %d".formatted(nvec[j], j);
      }
      at += nvec[j];
    }
    return at == allowed.length
        ? ""
        : "the action mask has %d flags, but %s has %d choices"
            .formatted(allowed.length, space, at);
  }

  /**
   * Draws an action, uniformly of what is allowed, one block of the stream for each column.
   *
   * @param allowed without {@link #fault}
   */
  void sample(boolean[] allowed, Philox random, float[] into) {
    int at = 0;
    for (int j = 0; j < nvec.length; j++) {
      int skip = Draws.integer(random, count(allowed, at, nvec[j]));
      int choice = at;
      while (!allowed[choice] || skip-- > 0) {
        choice++;
      }
      into[j] = start[j] + choice - at;
      at += nvec[j];
    }
  }

  private static int count(boolean[] allowed, int from, int n) {
    int count = 0;
    for (int k = from; k < from + n; k++) {
      count += allowed[k] ? 1 : 0;
    }
    return count;
  }
}
