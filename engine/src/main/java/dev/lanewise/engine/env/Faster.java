package dev.lanewise.engine.env;

import dev.lanewise.kernels.Call;

/**
 * Two calls with the same effect. Now and then both are timed, in turn, and until the next time the
 * faster one is run.
 */
final class Faster implements Call {
  private static final int PERIOD = 1024;

  /** Of each; the first is not timed, as it may have to wake threads. */
  private static final int TRIALS = 16;

  private final Call one;
  private final Call other;
  private int turn;

  /** Time that one took less the time that the other took. */
  private long difference;

  Faster(Call one, Call other) {
    this.one = one;
    this.other = other;
  }

  @Override
  public void run() {
    int now = turn++ % PERIOD;
    if (now >= 2 * TRIALS) {
      (difference <= 0 ? one : other).run();
    } else if (now < 2) {
      difference = 0;
      (now == 0 ? one : other).run();
    } else {
      long from = System.nanoTime();
      (now % 2 == 0 ? one : other).run();
      long time = System.nanoTime() - from;
      difference += now % 2 == 0 ? time : -time;
    }
  }
}
