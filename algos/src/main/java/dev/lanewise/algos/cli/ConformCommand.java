package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Conformance;
import dev.lanewise.engine.env.Recording;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** {@code lanewise conform} */
final class ConformCommand {
  private static final int LINES_SHOWN = 10;

  private ConformCommand() {}

  static int run(ParseResult parsed, PrintStream out) throws IOException {
    var env = NamedEnv.of(parsed.matchedOptionValue("--env", ""), parsed);
    double tolerance = tolerance(parsed.matchedOptionValue("--tolerance", "1e-4"));
    var recording = recording(Path.of(parsed.matchedOptionValue("--transitions", "")));
    try (var device = Devices.asked(parsed)) {
      var report = Conformance.replay(recording, env.factory(), device);
      print(report, out);
      boolean within = report.within(tolerance);
      out.printf(
          "%s %d rows on %s: %s the tolerance of %s%n",
          within ? "conforms " : "differs  ",
          report.rows(),
          device.backend().name(),
          within ? "within" : "beyond",
          tolerance);
      if (!within) {
        env.caveat().ifPresent(what -> out.println("note      " + what));
      }
      if (!within && recording.isOfEpisodes()) {
        out.println(
            """
            note      each step is compared with the same step of an episode from the same start:
                      what a step differs by, be it a float's rounding, adds up over an episode,
                      and where the motion is chaotic it grows until the two have nothing in
                      common. Whether a step is right is what a file of transitions tells;
                      --device reference rounds less, --tolerance allows more.\
            """);
      }
      return within ? Main.DONE : Main.FAILED;
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", so that it cannot be put into the recorded states", e);
    } catch (IllegalStateException e) {
      throw new Failure(e.getMessage(), e);
    }
  }

  /** A file that is not there is a mistake in what was asked, as a bad one is. */
  private static Recording recording(Path file) throws IOException {
    try {
      return Recording.read(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static double tolerance(String text) {
    try {
      double tolerance = Double.parseDouble(text);
      if (tolerance >= 0) {
        return tolerance;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--tolerance %s is not a number".formatted(text), e);
    }
    throw new IllegalArgumentException(
        "--tolerance %s is not a number of 0 or more".formatted(text));
  }

  private static void print(Conformance.Report report, PrintStream out) {
    out.printf(
        "%-14s %-10s %-6s %-24s %-24s %s%n",
        "column", "deviation", "line", "recorded", "ours", "rows");
    for (var d : report.deviations()) {
      out.printf(
          Locale.ROOT,
          d.line() == 0 ? "%-14s %-10s%n" : "%-14s %-10.3g %-6d %-24s %-24s %d%n",
          d.column(),
          d.line() == 0 ? "not compared: every episode ended" : (Object) d.largest(),
          d.line(),
          d.recorded(),
          d.ours(),
          d.compared());
    }
    for (var flag : report.mismatches()) {
      int count = flag.lines().size();
      var where =
          flag.lines().stream()
              .limit(LINES_SHOWN)
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
      out.printf(
          "%-14s %s%n",
          flag.column(),
          count == 0
              ? "as recorded"
              : "%d not as recorded, on line%s %s%s"
                  .formatted(
                      count, count == 1 ? "" : "s", where, count > LINES_SHOWN ? ", ..." : ""));
    }
  }
}
