package dev.lanewise.engine.env;

import dev.lanewise.kernels.Call;

/**
 * Two calls with the same effect. Now and then both are timed, one after the other, and until the
 * next time the faster one is run.
 */
final class Faster implements Call {
  private static final int PERIOD = 1024;

  /**
   * Of each, in a row, and the least time counts: the first ones may have to wake threads, and to
   * fetch from another core's cache what the other call left there.
   */
  private static final int TRIALS = 16;

  private final Call one;
  private final Call other;
  private int turn;
  private long least;
  private long leastOfOther;

  Faster(Call one, Call other) {
    this.one = one;
    this.other = other;
  }

  @Override
  public void run() {
    int now = turn;
    turn = (turn + 1) % PERIOD;
    if (now >= 2 * TRIALS) {
      (least <= leastOfOther ? one : other).run();
      return;
    }
    if (now == 0) {
      least = Long.MAX_VALUE;
      leastOfOther = Long.MAX_VALUE;
    }
    long from = System.nanoTime();
    if (now < TRIALS) {
      one.run();
      least = Math.min(least, System.nanoTime() - from);
    } else {
      other.run();
      leastOfOther = Math.min(leastOfOther, System.nanoTime() - from);
    }
  }
}
