package dev.lanewise.algos.cli;

import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.RunListener;
import dev.lanewise.algos.Runner;
import dev.lanewise.algos.Training;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.SequencedMap;

/** Shows how a run gets on, and keeps its picture up to date. */
abstract sealed class Progress implements RunListener, AutoCloseable permits Lines, Bar {
  private final Runner runner;
  private final long firstStep;
  private final long startNanos = System.nanoTime();
  private boolean draws = true;
  private boolean drawn;

  Progress(Runner runner) {
    this.runner = runner;
    firstStep = runner.training().steps();
  }

  /** A bar on a terminal, lines elsewhere. */
  static Progress of(Runner runner, PrintStream out, PrintStream err) {
    return Main.Terminal.isThere() ? new Bar(runner, err) : new Lines(runner, out);
  }

  @Override
  public void advanced(Training training) {}

  /** The first picture is drawn early: Java cannot begin to draw while the process ends. */
  @Override
  public void logged(SequencedMap<String, Double> row) {
    if (!drawn) {
      draw();
    }
  }

  @Override
  public void saved(RunFolder folder) {
    draw();
  }

  /** A picture that cannot be drawn must not cost a run. */
  private void draw() {
    if (!draws) {
      return;
    }
    try {
      var config = runner.config();
      var folder = runner.folder();
      LearningCurve.draw(
          "%s on %s, seed %d".formatted(config.algorithm(), config.env(), config.seed()),
          folder.metrics(),
          folder.picture());
      drawn = true;
    } catch (IOException e) {
      draws = false;
      notice("no learning curve: " + e.getMessage());
    }
  }

  long total() {
    return runner.settings().totalTimesteps();
  }

  /** Steps a second since this session began. */
  double speed(long step) {
    return (step - firstStep) / Math.max(1e-9, (System.nanoTime() - startNanos) / 1e9);
  }

  /** ", 3:33 min left", at the speed so far; empty where there is none yet. */
  String left(long step) {
    double speed = speed(step);
    return speed > 0 ? ", %s left".formatted(time(Math.max(0, total() - step) / speed)) : "";
  }

  /** "return -153.2, evaluation -149.8 ± 80.1", as far as there are such. */
  static String returns(SequencedMap<String, Double> row) {
    double rollout = row.getOrDefault("rollout/ep_rew_mean", Double.NaN);
    double mean = row.getOrDefault("eval/mean_reward", Double.NaN);
    var text = Double.isNaN(rollout) ? "" : String.format(Locale.ROOT, "return %.1f", rollout);
    if (Double.isNaN(mean)) {
      return text;
    }
    return (text.isEmpty() ? "" : text + ", ")
        + String.format(
            Locale.ROOT,
            "evaluation %.1f ± %.1f",
            mean,
            row.getOrDefault("eval/std_reward", Double.NaN));
  }

  /** "3 s", "4:05 min", "2:04:05 h" */
  static String time(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? "%d:%02d min".formatted(s / 60, s % 60)
        : "%d:%02d:%02d h".formatted(s / 3600, s / 60 % 60, s % 60);
  }

  @Override
  public abstract void close();
}
