package dev.lanewise.engine;

import dev.lanewise.kernels.Call;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Phases of calls, those of a phase in any order and at the same time; done when all are.
 *
 * <p>Each worker begins with calls of its own, so that their memory stays in its caches, and then
 * takes what no other has begun. So nobody waits for a worker that the system has put aside, unless
 * it was put aside within a call.
 */
final class Together implements Call {
  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  /** The bits of {@link #finished} that count calls. */
  private static final int COUNT = 20;

  private static final long COUNTED = (1L << COUNT) - 1;

  /** About 50 µs. */
  private static final int SPINS = 20_000;

  private final Workers workers;
  private final Call[][] phases;

  /** By phase and call: the last run in which somebody took it. */
  private final long[][] taken;

  /** By phase: the run, and how many of its calls are finished. */
  private final long[] finished;

  /** By phase and call. */
  private final Throwable[][] failures;

  private final Workers.Job job = this::work;
  private volatile long run;
  private volatile long failedRun;

  Together(Workers workers, Call[][] phases) {
    this.workers = workers;
    this.phases = phases;
    taken = new long[phases.length][];
    failures = new Throwable[phases.length][];
    for (int p = 0; p < phases.length; p++) {
      taken[p] = new long[phases[p].length];
      failures[p] = new Throwable[phases[p].length];
    }
    finished = new long[phases.length];
  }

  @Override
  public void run() {
    long mine = run + 1;
    for (int p = 0; p < phases.length; p++) {
      LONG.setRelease(finished, p, mine << COUNT);
    }
    run = mine;
    workers.run(job);
    if (failedRun == mine) {
      throw failure();
    }
  }

  private void work(int worker) {
    long mine = run;
    for (int p = 0; p < phases.length; p++) {
      int count = phases[p].length, first = worker * count / workers.count();
      for (int k = 0; k < count; k++) {
        int i = (first + k) % count;
        if (take(taken[p], i, mine)) {
          run(p, i, mine);
        }
      }
      boolean last = p == phases.length - 1;
      if ((!last || worker == 0) && !completed(p, mine)) {
        return;
      }
    }
  }

  /** A worker that comes so late that the run is over takes nothing. */
  private static boolean take(long[] taken, int i, long mine) {
    long before = (long) LONG.getAcquire(taken, i);
    return before < mine && LONG.compareAndSet(taken, i, before, mine);
  }

  private void run(int p, int i, long mine) {
    try {
      phases[p][i].run();
    } catch (RuntimeException | Error e) { // a worker that ends would be waited for for ever
      failures[p][i] = e;
      failedRun = mine;
    }
    LONG.getAndAdd(finished, p, 1L);
  }

  /** Waits until all calls of a phase are finished; whether the run goes on after it. */
  private boolean completed(int p, long mine) {
    for (int spin = 0; ; spin++) {
      long now = (long) LONG.getAcquire(finished, p);
      if (now >>> COUNT != mine) {
        return false;
      }
      if ((now & COUNTED) == phases[p].length) {
        return failedRun < mine;
      }
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** The first call's failure, whoever came first. */
  private RuntimeException failure() {
    Throwable first = null;
    for (var phase : failures) {
      for (var failure : phase) {
        first = first == null ? failure : first;
      }
      Arrays.fill(phase, null);
    }
    if (first instanceof Error error) {
      throw error;
    }
    return (RuntimeException) first;
  }
}
