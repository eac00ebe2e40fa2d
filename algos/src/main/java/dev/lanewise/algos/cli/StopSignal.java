package dev.lanewise.algos.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and the system's request to end (SIGINT, SIGTERM): asks for what was begun to stop, and
 * holds up the end of the process until everything is written and this is closed.
 */
final class StopSignal {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(Runnable stop) {
    hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  stop.run();
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  static StopSignal calling(Runnable stop) {
    var signal = new StopSignal(stop);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  void close() {
    closed.countDown();
    if (hook.getState() == Thread.State.NEW) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came just now: the hook finds the latch open.
        Thread.yield();
      }
    }
  }
}
