package dev.lanewise.engine;

import dev.lanewise.kernels.Call;

/** Calls that run at the same time, one for each worker; done when all are. */
final class Together implements Call {
  private final Workers workers;
  private final Call[] calls;
  private final Throwable[] failures;
  private final Workers.Job job = this::work;

  Together(Workers workers, Call[] calls) {
    this.workers = workers;
    this.calls = calls;
    failures = new Throwable[calls.length];
  }

  @Override
  public void run() {
    workers.run(job);
    for (int w = 0; w < failures.length; w++) {
      if (failures[w] != null) {
        throw failed(w);
      }
    }
  }

  /** Caught, because a worker that ends would be waited for for ever. */
  private void work(int worker) {
    if (worker < calls.length) {
      try {
        calls[worker].run();
      } catch (RuntimeException | Error e) {
        failures[worker] = e;
      }
    }
  }

  /** The first worker's failure, whoever came first. */
  private RuntimeException failed(int worker) {
    var failure = failures[worker];
    java.util.Arrays.fill(failures, null);
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }
}
