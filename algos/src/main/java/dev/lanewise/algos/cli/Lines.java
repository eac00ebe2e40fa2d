package dev.lanewise.algos.cli;

import dev.lanewise.algos.Runner;
import java.io.PrintStream;
import java.util.Locale;
import java.util.SequencedMap;

/** Progress as a line for each row of the log. */
final class Lines extends Progress {
  private final PrintStream out;

  Lines(Runner runner, PrintStream out) {
    super(runner);
    this.out = out;
  }

  @Override
  public void notice(String sentence) {
    out.println("note      " + sentence);
  }

  @Override
  public void logged(SequencedMap<String, Double> row) {
    super.logged(row);
    long step = row.get("time/total_timesteps").longValue();
    var returns = returns(row);
    out.printf(
        Locale.ROOT,
        "step %d of %d: %s%.0f steps/s, %s left%n",
        step,
        total(),
        returns.isEmpty() ? "" : returns + ", ",
        speed(step),
        time(secondsLeft(step)));
  }

  @Override
  public void close() {
    out.flush();
  }
}
