package dev.lanewise.algos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Trains runs, so many at a time: each {@link RunProcess} takes the next one that is waiting, with
 * one worker on the same Java with the same options. Runs at the same time do not share a heap, a
 * compiler or a lock, and one that fails takes no other along.
 */
final class RunProcesses {
  /** Whoever watches; called on any thread, but by one at a time. */
  interface Watcher {
    void reached(BenchmarkRun run, long step);

    /**
     * @param complaint why it failed; empty if it came to its end
     */
    void ended(BenchmarkRun run, Optional<String> complaint);
  }

  private final List<String> settings;
  private final Watcher watcher;
  private final Queue<BenchmarkRun> waiting = new ArrayDeque<>();
  private final List<RunProcess> processes = new ArrayList<>();
  private boolean stopping;

  /**
   * @param settings the hyperparameters in the command, as options, for runs that are begun
   */
  RunProcesses(List<String> settings, Watcher watcher) {
    this.settings = settings;
    this.watcher = watcher;
  }

  /** Until all have ended or were stopped. */
  void run(List<BenchmarkRun> runs, int jobs) {
    synchronized (this) {
      waiting.addAll(runs);
      Stream.generate(RunProcess::new).limit(Math.min(jobs, runs.size())).forEach(processes::add);
    }
    try (var pool = Executors.newCachedThreadPool()) {
      var futures = processes.stream().map(process -> pool.submit(() -> train(process))).toList();
      pool.shutdown();
      for (var future : futures) {
        try {
          future.get();
        } catch (InterruptedException e) {
          stop();
          Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
          stop();
          throw new IllegalStateException(e.getCause());
        }
      }
    }
  }

  /** Asks all processes to end with a checkpoint, and starts no other; from any thread. */
  synchronized void stop() {
    stopping = true;
    processes.forEach(RunProcess::stop);
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /** Nothing if there is to be no other. */
  private synchronized Optional<BenchmarkRun> next() {
    return stopping ? Optional.empty() : Optional.ofNullable(waiting.poll());
  }

  private void train(RunProcess process) {
    try (process) {
      for (var run = next(); run.isPresent(); run = next()) {
        end(run.get(), train(run.get(), process));
      }
    }
  }

  private Optional<String> train(BenchmarkRun run, RunProcess process) {
    try {
      return process.train(arguments(run), step -> watch(run, step));
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  private synchronized void watch(BenchmarkRun run, long step) {
    watcher.reached(run, step);
  }

  private synchronized void end(BenchmarkRun run, Optional<String> complaint) {
    if (complaint.isEmpty() || !stopping) {
      watcher.ended(run, complaint);
    }
  }

  private List<String> arguments(BenchmarkRun run) throws IOException {
    var path = run.path().toString();
    var env = NamedEnv.options(run.config());
    if (run.checkpoint().isPresent()) {
      var resume = new ArrayList<>(List.of("train", "--resume", path, "--workers", "1"));
      resume.addAll(env.subList(2, env.size()));
      return resume;
    }
    // A log without a checkpoint is of a run that ended while it was being begun.
    Files.deleteIfExists(run.path().resolve("metrics.csv"));
    var config = run.config();
    var train = new ArrayList<>(List.of("train", config.algorithm(), "--out", path));
    train.addAll(env);
    train.addAll(List.of("--seed", Long.toString(config.seed()), "--workers", "1"));
    train.addAll(settings);
    return train;
  }
}
