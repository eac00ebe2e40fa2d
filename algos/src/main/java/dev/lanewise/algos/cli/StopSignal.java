package dev.lanewise.algos.cli;

import dev.lanewise.algos.Runner;
import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and the system's request to end (SIGINT, SIGTERM): asks a run to stop, and holds up the
 * end of the process until everything is written and this is closed.
 */
final class StopSignal {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(Runner runner) {
    hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  runner.stop();
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  static StopSignal stopping(Runner runner) {
    var signal = new StopSignal(runner);
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
