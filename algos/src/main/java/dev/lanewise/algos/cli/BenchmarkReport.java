package dev.lanewise.algos.cli;

import dev.lanewise.algos.Bootstrap;
import dev.lanewise.algos.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** RESULTS.md, results.csv and the pictures of a benchmark. */
final class BenchmarkReport {
  /** Of the episodes in which the last policies play, the same for all. */
  private static final long EVALUATION_SEED = 1_000_000;

  private final Path folder;
  private final List<BenchmarkPair> pairs;
  private final int episodes;
  private final int jobs;
  private final String command;
  private final long earlier;

  /**
   * @param command that was given now
   * @param earlier number of runs that other commands had begun before
   */
  BenchmarkReport(
      Path folder,
      List<BenchmarkPair> pairs,
      int episodes,
      int jobs,
      String command,
      long earlier) {
    this.folder = folder;
    this.pairs = pairs;
    this.episodes = episodes;
    this.jobs = jobs;
    this.command = command;
    this.earlier = earlier;
  }

  /** Evaluates the finished runs, writes everything and says where it is. */
  void write(PrintStream out) throws IOException {
    var rows = new ArrayList<ResultsTable.Row>();
    var missing = new ArrayList<String>();
    for (var pair : pairs) {
      var results = new ArrayList<RunResult>();
      for (var run : pair.runs()) {
        if (run.isFinished()) {
          results.add(RunResult.of(run, episodes, EVALUATION_SEED));
        } else {
          missing.add(run.name());
        }
      }
      rows.add(new ResultsTable.Row(pair.algorithm(), pair.env(), results));
    }
    var pictures = pictures(rows, out);
    var table = ResultsTable.markdown(rows);
    write(folder.resolve("results.csv"), ResultsTable.csv(rows));
    write(folder.resolve("RESULTS.md"), page(table, missing, pictures));
    out.print(table);
    out.printf("%-10s%s%n", "results", folder.resolve("RESULTS.md"));
  }

  private static void write(Path file, String text) throws IOException {
    RunFolder.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The file of each environment's picture. A picture that cannot be drawn costs no results. */
  private SequencedMap<String, Path> pictures(List<ResultsTable.Row> rows, PrintStream out) {
    var logs = new LinkedHashMap<String, SequencedMap<String, List<Path>>>();
    for (var row : rows) {
      if (!row.results().isEmpty()) {
        logs.computeIfAbsent(row.env(), env -> new LinkedHashMap<>())
            .put(row.algorithm(), row.results().stream().map(BenchmarkReport::log).toList());
      }
    }
    var pictures = new LinkedHashMap<String, Path>();
    for (var env : logs.keySet()) {
      var picture = folder.resolve(env.replaceAll("[^A-Za-z0-9._-]", "-") + ".png");
      try {
        var title = "%s: interquartile mean over seeds, 95 %% interval".formatted(env);
        ComparedCurves.draw(title, logs.get(env), picture);
        pictures.put(env, picture);
      } catch (IOException e) {
        out.printf("%-10sno learning curves of %s: %s%n", "note", env, e.getMessage());
      }
    }
    return pictures;
  }

  private static Path log(RunResult result) {
    return result.run().path().resolve("metrics.csv");
  }

  private String page(String table, List<String> missing, SequencedMap<String, Path> pictures)
      throws IOException {
    var page = new StringBuilder("# Results\n\n").append(table).append('\n');
    page.append(
        """
        A score is the mean return of a run's last policy over %d episodes without exploring, the same
        episodes for every run. IQM is the mean of the scores' middle half (⌊n/4⌋ of n seeds fall off at
        each end), its interval the stratified percentile bootstrap's with %d resamples, as rliable has
        them; with fewer than ten seeds the interval is too narrow. Std is between seeds, divided by n - 1.
        Time is a run's training with one worker, evaluations on the way included, %d at a time; the
        first run of each Java process includes Java's warm-up, the others do not. Steps are of the
        environment.
        """
            .formatted(episodes, Bootstrap.RESAMPLES, jobs));
    if (!missing.isEmpty()) {
      page.append("\nNot finished, and in no number: ").append(String.join(", ", missing));
      page.append(".\n");
    }
    pictures.forEach(
        (env, file) ->
            page.append("\n![Learning curves on %s](%s)\n".formatted(env, file.getFileName())));
    page.append("\n## How they were made\n\n```sh\n./").append(command).append("\n```\n\n");
    if (earlier > 0) {
      page.append(
          """
          This command went on with %d runs that were begun before; what else is said here, and how
          many ran at a time, is of this command alone.

          """
              .formatted(earlier));
    }
    page.append("- Date: ").append(LocalDate.now()).append('\n');
    page.append("- Machine: ").append(Origin.machine()).append('\n');
    page.append("- Java: ").append(Origin.java()).append('\n');
    page.append("- Lanewise: ").append(Origin.lanewise()).append('\n');
    page.append("\nHyperparameters that are not the algorithm's defaults:\n\n");
    for (var pair : pairs) {
      page.append("- ").append(settings(pair)).append('\n');
    }
    return page.toString();
  }

  private static String settings(BenchmarkPair pair) {
    var preset = pair.preset().isEmpty() ? "no preset" : SettingOptions.joined(pair.preset());
    return "%s on %s: %s%s"
        .formatted(
            pair.algorithm(),
            pair.env(),
            preset,
            pair.given().isEmpty() ? "" : "; given " + SettingOptions.joined(pair.given()));
  }
}
