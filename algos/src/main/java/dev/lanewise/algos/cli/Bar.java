package dev.lanewise.algos.cli;

import dev.lanewise.algos.Runner;
import dev.lanewise.algos.Training;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.SequencedMap;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar in the last line of a terminal. */
final class Bar extends Progress {
  private static final long REFRESH_NANOS = 500_000_000;
  static final String ERASE_LINE = "\r\033[K";

  private final PrintStream err;
  private final ProgressBar bar;
  private long refreshedAt;
  private String evaluation = "";

  Bar(Runner runner, PrintStream err) {
    super(runner);
    this.err = err;
    bar = ofSteps(runner.training().steps(), total(), err);
  }

  /** The library's own terminal would take Ctrl-C away from us and its width is all we need. */
  static ProgressBar ofSteps(long from, long total, PrintStream err) {
    return new ProgressBarBuilder()
        .setTaskName("")
        .setInitialMax(total)
        .startsFrom(from, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis((int) (REFRESH_NANOS / 1_000_000))
        .setUnit(" steps", 1)
        .hideEta()
        .showSpeed(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setConsumer(
            new DelegatingProgressBarConsumer(
                text -> err.print(ERASE_LINE + text.strip()), TerminalWidth.columns() - 1))
        .build();
  }

  @Override
  public void notice(String sentence) {
    err.println(ERASE_LINE + "note      " + sentence);
  }

  @Override
  public void advanced(Training training) {
    bar.stepTo(training.steps());
    long now = System.nanoTime();
    if (now - refreshedAt >= REFRESH_NANOS) {
      refreshedAt = now;
      show(training.steps(), training.metrics());
    }
  }

  @Override
  public void logged(SequencedMap<String, Double> row) {
    super.logged(row);
    double mean = row.getOrDefault("eval/mean_reward", Double.NaN);
    if (!Double.isNaN(mean)) {
      evaluation = String.format(Locale.ROOT, ", eval %.1f", mean);
    }
    show(row.get("time/total_timesteps").longValue(), row);
  }

  private void show(long step, SequencedMap<String, Double> metrics) {
    double rollout = metrics.getOrDefault("rollout/ep_rew_mean", Double.NaN);
    bar.setExtraMessage(
        left(step)
            + (Double.isNaN(rollout) ? "" : String.format(Locale.ROOT, ", return %.1f", rollout))
            + evaluation);
  }

  @Override
  public void close() {
    bar.close();
    err.println();
  }
}
