package dev.lanewise.algos.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** How far all the runs of a benchmark have come together: a bar on a terminal, lines elsewhere. */
final class RunsProgress implements RunProcesses.Watcher, AutoCloseable {
  private static final int LINES_ON_THE_WAY = 20;

  private final PrintStream stream;
  private final Optional<ProgressBar> bar;
  private final Map<BenchmarkRun, Long> steps = new HashMap<>();
  private final List<String> failed = new ArrayList<>();
  private final long total;
  private final int runs;
  private final long first;
  private final long startNanos = System.nanoTime();
  private int finished;
  private long done;

  /**
   * @param steps how far each run has come so far
   * @param finished how many of them are at their end
   */
  RunsProgress(Map<BenchmarkRun, Long> steps, int finished, PrintStream out, PrintStream err) {
    this.steps.putAll(steps);
    this.finished = finished;
    runs = steps.size();
    total = steps.keySet().stream().mapToLong(run -> run.config().totalTimesteps()).sum();
    first = steps.values().stream().mapToLong(Long::longValue).sum();
    done = first;
    boolean terminal = Main.Terminal.isThere();
    stream = terminal ? err : out;
    bar = terminal ? Optional.of(Bar.ofSteps(first, total, err)) : Optional.empty();
    show();
  }

  @Override
  public void reached(BenchmarkRun run, long step) {
    long before = done;
    long counted = Math.min(step, run.config().totalTimesteps()); // The last round may go beyond.
    done += counted - steps.put(run, counted);
    show();
    if (bar.isEmpty() && part(done) > part(before) && done < total) {
      stream.println("running   " + state());
    }
  }

  private long part(long step) {
    return step * LINES_ON_THE_WAY / total;
  }

  @Override
  public void ended(BenchmarkRun run, Optional<String> complaint) {
    complaint.ifPresentOrElse(
        why -> {
          failed.add(run.name());
          say("failed", "%s: %s".formatted(run.name(), why));
        },
        () -> {
          finished++;
          say("done", "%s; %s".formatted(run.name(), state()));
        });
    show();
  }

  /** Names of the runs that failed. */
  List<String> failed() {
    return failed;
  }

  int finished() {
    return finished;
  }

  private void say(String label, String text) {
    stream.printf("%s%-10s%s%n", bar.isPresent() ? Bar.ERASE_LINE : "", label, text);
  }

  private void show() {
    bar.ifPresent(
        b -> {
          b.stepTo(done);
          b.setExtraMessage(", %d of %d runs%s".formatted(finished, runs, timeLeft()));
        });
  }

  private String state() {
    return "%d of %d runs, %d %% of the steps%s"
        .formatted(finished, runs, 100 * done / total, timeLeft());
  }

  /** Nothing before there is a speed to go by. */
  private String timeLeft() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return done > first
        ? ", " + Progress.time((total - done) * seconds / (done - first)) + " left"
        : "";
  }

  @Override
  public void close() {
    bar.ifPresent(
        b -> {
          b.close();
          stream.println();
        });
  }
}
