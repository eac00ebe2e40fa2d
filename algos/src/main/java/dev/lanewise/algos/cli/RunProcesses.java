package dev.lanewise.algos.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * Runs in processes of their own, so many at a time: each is {@code lanewise train} with one worker
 * on the same Java with the same options. Runs do not share a heap, a compiler or a lock, and one
 * that fails takes no other along.
 */
final class RunProcesses {
  private static final String COMPLAINT = "lanewise: ";

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
  private final Set<Process> alive = new HashSet<>();
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
    try (var pool = Executors.newFixedThreadPool(jobs)) {
      var futures = runs.stream().map(run -> pool.submit(() -> run(run), run)).toList();
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
    // Process.destroy would close what is still to be read
    alive.forEach(process -> process.toHandle().destroy());
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  private void run(BenchmarkRun run) {
    var complaint = "";
    int code;
    try {
      var started = start(run);
      if (started.isEmpty()) {
        return;
      }
      var process = started.get();
      try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          watch(run, line);
          complaint = line.startsWith(COMPLAINT) ? line.substring(COMPLAINT.length()) : complaint;
        }
        code = process.waitFor();
      } finally {
        forget(process);
      }
    } catch (IOException | UncheckedIOException e) {
      end(run, Optional.of(e.getMessage()));
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (code == Main.DONE) {
      end(run, Optional.empty());
    } else if (!isStopping()) {
      end(run, Optional.of(complaint.isEmpty() ? "it ended with exit code " + code : complaint));
    }
  }

  private synchronized void watch(BenchmarkRun run, String line) {
    Lines.step(line).ifPresent(step -> watcher.reached(run, step));
  }

  private synchronized void end(BenchmarkRun run, Optional<String> complaint) {
    watcher.ended(run, complaint);
  }

  /** Nothing if there is to be no other. */
  private synchronized Optional<Process> start(BenchmarkRun run) throws IOException {
    if (stopping) {
      return Optional.empty();
    }
    var command = java();
    command.addAll(train(run));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    alive.add(process);
    return Optional.of(process);
  }

  private synchronized void forget(Process process) {
    alive.remove(process);
  }

  /** This process's own Java and options, but for those about the terminal. */
  private static List<String> java() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-Dlanewise.terminal=") && !option.startsWith("-Dlanewise.stderr=")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return command;
  }

  private List<String> train(BenchmarkRun run) throws IOException {
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
