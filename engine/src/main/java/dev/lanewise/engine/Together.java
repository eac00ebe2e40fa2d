package dev.lanewise.engine;

import dev.lanewise.kernels.Call;
import java.util.Arrays;

/** Phases of calls, those of a phase at the same time, one for each worker; done when all are. */
final class Together implements Call {
  private final Workers workers;
  private final Call[][] phases;

  /** By phase and worker. */
  private final Throwable[][] failures;

  private final Workers.Job job = this::work;

  Together(Workers workers, Call[][] phases) {
    this.workers = workers;
    this.phases = phases;
    failures = new Throwable[phases.length][workers.count()];
  }

  @Override
  public void run() {
    workers.run(job);
    for (var phase : failures) {
      var first = first(phase);
      if (first != null) {
        Arrays.fill(phase, null);
        throw thrown(first);
      }
    }
  }

  /** Caught, because a worker that ends would be waited for for ever. */
  private void work(int worker) {
    for (int p = 0; p < phases.length; p++) {
      if (p > 0) {
        workers.barrier(worker);
        if (first(failures[p - 1]) != null) {
          return;
        }
      }
      if (worker < phases[p].length) {
        try {
          phases[p][worker].run();
        } catch (RuntimeException | Error e) {
          failures[p][worker] = e;
        }
      }
    }
  }

  /** The first worker's failure, whoever came first; null if there is none. */
  private static Throwable first(Throwable[] phase) {
    for (var failure : phase) {
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  private static RuntimeException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }
}
