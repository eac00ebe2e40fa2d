package dev.lanewise.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that replay plans together: the caller is worker 0, the others wait for a job, spinning
 * briefly before they park.
 */
final class Workers implements AutoCloseable {
  /** About 50 µs, and it must outlast the caller's work between two replays now and then. */
  private static final int SPINS = 20_000;

  private static final VarHandle PARKED = MethodHandles.arrayElementVarHandle(boolean[].class);

  /** A flag's distance from the next, two cache lines. */
  private static final int PAD = 128;

  /** Work for all workers. */
  interface Job {
    void run(int worker);
  }

  private final Thread[] threads;
  private final boolean[] parked;

  private volatile long started;
  private volatile Job job;
  private volatile boolean closed;

  Workers(int count) {
    threads = new Thread[count];
    parked = new boolean[count * PAD];
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

  /**
   * Runs a job on this thread as worker 0, and on the others as soon as they come to it, which may
   * be after the end: a job knows itself what is left to do, and by when it is done.
   */
  void run(Job work) {
    job = work;
    started++;
    for (int w = 1; w < threads.length; w++) {
      if ((boolean) PARKED.getVolatile(parked, w * PAD)) {
        LockSupport.unpark(threads[w]);
      }
    }
    work.run(0);
  }

  private void serve(int worker) {
    long seen = 0;
    while (true) {
      for (int spin = 0; started == seen; spin++) {
        if (closed) {
          return;
        }
        if (spin < SPINS) {
          Thread.onSpinWait();
        } else {
          PARKED.setVolatile(parked, worker * PAD, true);
          if (started == seen && !closed) {
            LockSupport.park(this);
          }
          PARKED.setVolatile(parked, worker * PAD, false);
        }
      }
      seen = started;
      job.run(worker);
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
