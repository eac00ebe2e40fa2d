package dev.lanewise.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that replay plans together: the caller is worker 0, the others wait for it, spinning
 * briefly (a round trip of 0.1 µs) before they park.
 */
final class Workers implements AutoCloseable {
  /** One cache line pair for each worker's counter. */
  private static final int PAD = 16;

  /** About 50 µs, and it must outlast the caller's work between two replays now and then. */
  private static final int SPINS = 20_000;

  private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);

  /** Work for all workers. */
  interface Job {
    void run(int worker);
  }

  private final Thread[] threads;
  private final long[] arrived;
  private final boolean[] parked;

  /** Side by side, as whoever waits for the next job reads them all. */
  private volatile long started;

  private Job job;
  private volatile boolean closed;

  Workers(int count) {
    threads = new Thread[count];
    arrived = new long[(count + 1) * PAD];
    parked = new boolean[count * 64];
    for (int w = 1; w < count; w++) {
      int worker = w;
      threads[w] =
          Thread.ofPlatform().daemon().name("lanewise-worker-" + w).unstarted(() -> serve(worker));
      threads[w].start();
    }
  }

  int count() {
    return threads.length;
  }

  /** Runs a job on all workers; returns when all have finished. */
  void run(Job work) {
    job = work;
    started++;
    for (int w = 1; w < threads.length; w++) {
      if ((boolean) PARKED.getVolatile(parked, w * 64)) {
        LockSupport.unpark(threads[w]);
      }
    }
    work.run(0);
    barrier(0);
  }

  private static final VarHandle PARKED = MethodHandles.arrayElementVarHandle(boolean[].class);

  /** Waits until every worker has come here as often as this one. */
  void barrier(int worker) {
    int mine = (worker + 1) * PAD;
    long round = arrived[mine] + 1;
    COUNTER.setRelease(arrived, mine, round);
    for (int w = 0; w < threads.length; w++) {
      int other = (w + 1) * PAD;
      for (int spin = 0; (long) COUNTER.getAcquire(arrived, other) < round; spin++) {
        if (spin < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
  }

  private void serve(int worker) {
    long seen = 0;
    while (true) {
      int spin = 0;
      while (started == seen) {
        if (closed) {
          return;
        }
        if (spin++ < SPINS) {
          Thread.onSpinWait();
        } else {
          PARKED.setVolatile(parked, worker * 64, true);
          if (started == seen && !closed) {
            LockSupport.park(this);
          }
          PARKED.setVolatile(parked, worker * 64, false);
        }
      }
      seen++;
      job.run(worker);
      barrier(worker);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (int w = 1; w < threads.length; w++) {
      LockSupport.unpark(threads[w]);
      try {
        threads[w].join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
