package dev.lanewise.algos.cli;

import dev.lanewise.algos.Bootstrap;
import dev.lanewise.algos.InterquartileMean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The numbers of a benchmark, for people and for programs. */
final class ResultsTable {
  private static final List<String> HEADINGS =
      List.of(
          "environment",
          "algorithm",
          "IQM",
          "95 % interval",
          "mean ± std",
          "median",
          "min",
          "max",
          "seeds",
          "steps",
          "time a run",
          "steps/s",
          "gradient steps/s");

  /** Of the columns before it, only the names stand at the left. */
  private static final int NAMES = 2;

  private static final String NONE = "–";

  private ResultsTable() {}

  /** The finished runs of an algorithm on an environment. */
  record Row(String algorithm, String env, List<RunResult> results) {}

  /** A table in Markdown, a line a row, in columns of even width. */
  static String markdown(List<Row> rows) {
    var cells = rows.stream().map(ResultsTable::cells).toList();
    var widths =
        IntStream.range(0, HEADINGS.size())
            .map(
                c ->
                    Math.max(
                        HEADINGS.get(c).length(),
                        cells.stream().mapToInt(row -> row.get(c).length()).max().orElse(0)))
            .toArray();
    var rule =
        IntStream.range(0, widths.length)
            .mapToObj(c -> "-".repeat(widths[c] - 1) + (c < NAMES ? "-" : ":"))
            .toList();
    return line(HEADINGS, widths)
        + line(rule, widths)
        + cells.stream().map(row -> line(row, widths)).collect(Collectors.joining());
  }

  private static String line(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(c -> ("%" + (c < NAMES ? "-" : "") + widths[c] + "s").formatted(cells.get(c)))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static List<String> cells(Row row) {
    var results = row.results();
    int n = results.size();
    if (n == 0) {
      var empty = new String[HEADINGS.size()];
      Arrays.fill(empty, NONE);
      empty[0] = row.env();
      empty[1] = row.algorithm();
      empty[HEADINGS.indexOf("seeds")] = "0";
      return List.of(empty);
    }
    var scores = results.stream().mapToDouble(RunResult::score).sorted().toArray();
    double mean = Arrays.stream(scores).average().orElseThrow();
    double seconds = sum(results, RunResult::seconds);
    return List.of(
        row.env(),
        row.algorithm(),
        decimal(InterquartileMean.of(scores)),
        n == 1 ? NONE : interval(scores),
        decimal(mean) + " ± " + (n == 1 ? NONE : decimal(std(scores, mean))),
        decimal((scores[(n - 1) / 2] + scores[n / 2]) / 2),
        decimal(scores[0]),
        decimal(scores[n - 1]),
        Integer.toString(n),
        whole(sum(results, RunResult::steps) / n),
        Progress.time(seconds / n),
        whole(sum(results, RunResult::steps) / seconds),
        whole(sum(results, RunResult::updates) / seconds));
  }

  private static String interval(double[] scores) {
    var interval = Bootstrap.interval(new double[][] {scores}, InterquartileMean::of);
    return "%s to %s".formatted(decimal(interval.low()), decimal(interval.high()));
  }

  /** Of a sample, divided by n - 1. */
  private static double std(double[] values, double mean) {
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  private static double sum(List<RunResult> results, ToDoubleFunction<RunResult> value) {
    return results.stream().mapToDouble(value).sum();
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String whole(double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.0f", value);
  }

  /** Comma-separated values, a line a run. */
  static String csv(List<Row> rows) {
    var csv =
        new StringBuilder(
            "algo,env,seed,mean_reward,std_reward,min_reward,max_reward,mean_ep_length,episodes,"
                + "total_timesteps,time_elapsed,fps,n_updates,updates_per_second,folder\n");
    for (var row : rows) {
      for (var result : row.results()) {
        csv.append(csv(result)).append('\n');
      }
    }
    return csv.toString();
  }

  private static String csv(RunResult result) {
    var config = result.run().config();
    var evaluation = result.evaluation();
    var updates = result.updates();
    return String.join(
        ",",
        config.algorithm(),
        config.env(),
        Long.toString(config.seed()),
        Double.toString(evaluation.meanReward()),
        Double.toString(evaluation.stdReward()),
        Double.toString(evaluation.minReward()),
        Double.toString(evaluation.maxReward()),
        Double.toString(evaluation.meanEpLength()),
        Integer.toString(evaluation.episodes()),
        Long.toString(result.steps()),
        Double.toString(result.seconds()),
        Double.toString(result.stepsPerSecond()),
        Double.isNaN(updates) ? "" : whole(updates),
        Double.isNaN(updates) ? "" : Double.toString(result.updatesPerSecond()),
        result.run().name());
  }
}
