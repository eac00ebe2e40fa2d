package dev.lanewise.algos.cli;

import dev.lanewise.algos.Runner;
import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Progress as a line for each row of the log. */
final class Lines extends Progress {
  private static final Pattern STEP = Pattern.compile("step (\\d+) of \\d+: .*");

  private final PrintStream out;

  Lines(Runner runner, PrintStream out) {
    super(runner);
    this.out = out;
  }

  /** The step that one of these lines is about; empty for other lines. */
  static OptionalLong step(String line) {
    var match = STEP.matcher(line);
    return match.matches() ? OptionalLong.of(Long.parseLong(match.group(1))) : OptionalLong.empty();
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
        "step %d of %d: %s%.0f steps/s%s%n",
        step,
        total(),
        returns.isEmpty() ? "" : returns + ", ",
        speed(step),
        left(step));
  }

  @Override
  public void close() {
    out.flush();
  }
}
