package dev.lanewise.engine.env.mujoco;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A batch's threads: each takes the next item until none is left, while the caller waits. They are
 * not the device's workers, of which the caller is one, because {@link NativeThread}s can get lost.
 */
final class Steppers implements AutoCloseable {

  /** Work for one item; runs on any of the threads. */
  interface Job {
    void run(int item);
  }

  /** How long a thread without work keeps its core: tens of microseconds. */
  private static final int SPINS = 2_000;

  /**
   * How long a caller that has a core of its own stays awake, which it lends to whoever needs it
   * after the first {@link #SPINS}: some milliseconds, the steps of a batch. To wake it takes as
   * long as a robot's step or two.
   */
  private static final int PATIENCE = 10_000;

  private final class Stepper extends NativeThread {
    volatile boolean parked;

    Stepper(int number) {
      super("lanewise-mujoco-" + number);
    }

    @Override
    public void run() {
      while (!closed) {
        int left = unclaimed.get();
        if (left == 0) {
          idle();
        } else if (unclaimed.compareAndSet(left, left - 1)) {
          work(left - 1);
        }
      }
    }

    private void work(int item) {
      try {
        job.run(item);
      } catch (Throwable e) {
        thrown = e;
      }
      finished(1);
    }

    private void idle() {
      for (int spin = 0; spin < SPINS; spin++) {
        if (unclaimed.get() != 0 || closed) {
          return;
        }
        pause();
      }
      parked = true;
      if (unclaimed.get() == 0 && !closed) {
        LockSupport.park(Steppers.this);
      }
      parked = false;
    }

    @Override
    void lost(String message) {
      fatal = message;
      finished(1 + unclaimed.getAndSet(0));
    }
  }

  private final Stepper[] threads;

  /** Whether the caller has a core of its own to wait on. */
  private final boolean spare;

  private final AtomicInteger unclaimed = new AtomicInteger();
  private final AtomicInteger unfinished = new AtomicInteger();
  private Job job;
  private volatile Thread waiting;
  private volatile Throwable thrown;
  private volatile String fatal;
  private volatile boolean closed;

  Steppers(int count) {
    spare = count < Runtime.getRuntime().availableProcessors();
    threads = new Stepper[count];
    for (int t = 0; t < count; t++) {
      threads[t] = new Stepper(t);
      threads[t].start();
    }
  }

  /**
   * Runs a job once for each item and returns when all are done.
   *
   * @throws IllegalStateException if MuJoCo stopped, in this run or an earlier one
   */
  void run(int items, Job work) {
    checkAlive();
    job = work;
    unfinished.set(items);
    unclaimed.set(items);
    for (int t = 0; t < threads.length && t < items; t++) {
      if (threads[t].parked) {
        LockSupport.unpark(threads[t]);
      }
    }
    await();
    checkAlive();
    var e = thrown;
    if (e != null) {
      thrown = null;
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }

  private void await() {
    for (int spin = 0; spare && spin < PATIENCE && unfinished.get() != 0; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    waiting = Thread.currentThread();
    while (unfinished.get() != 0) {
      LockSupport.park(this);
    }
    waiting = null;
  }

  private void finished(int items) {
    if (unfinished.addAndGet(-items) == 0) {
      LockSupport.unpark(waiting);
    }
  }

  /** Where all cores have a thread, the caller gets one as soon as it can go on. */
  private void pause() {
    if (spare) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  /** Whether MuJoCo stopped; then its models and data are nobody's to touch or to free. */
  boolean failed() {
    return fatal != null;
  }

  private void checkAlive() {
    if (fatal != null) {
      throw new IllegalStateException(
          "MuJoCo stopped with a fatal error: %s; this batch is lost, close it and make another"
              .formatted(fatal));
    }
  }

  @Override
  public void close() {
    closed = true;
    for (var thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
