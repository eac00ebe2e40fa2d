package dev.lanewise.algos.cli;

import dev.lanewise.algos.Algorithms;
import dev.lanewise.algos.Checkpoint;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.RunRequest;
import dev.lanewise.algos.Runner;
import dev.lanewise.algos.SettingException;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.MissingLibraryException;
import dev.lanewise.engine.env.Nearest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import picocli.CommandLine.ParseResult;

/** {@code lanewise benchmark} */
final class BenchmarkCommand {
  private static final int MOST_SEEDS = 10_000;

  private final ParseResult parsed;
  private final PrintStream out;
  private final PrintStream err;

  private BenchmarkCommand(ParseResult parsed, PrintStream out, PrintStream err) {
    this.parsed = parsed;
    this.out = out;
    this.err = err;
  }

  static int run(ParseResult parsed, String command, PrintStream out, PrintStream err)
      throws IOException {
    return new BenchmarkCommand(parsed, out, err).run(command);
  }

  private int run(String command) throws IOException {
    var folder = Path.of(parsed.matchedOptionValue("--out", "runs/benchmark"));
    int jobs = (int) count("--jobs", Runtime.getRuntime().availableProcessors(), 1024);
    int episodes = (int) count("--episodes", 100, 1 << 20);
    var given = SettingOptions.given(parsed);
    var pairs = pairs(folder, names("--algo", Algorithms.names()), environments(), seeds(), given);
    var runs = pairs.stream().flatMap(pair -> pair.runs().stream()).toList();
    makeWritable(folder);

    var steps = steps(runs);
    var unfinished = unfinished(runs);
    int finished = runs.size() - unfinished.size();
    line("folder", "%s", folder);
    line("runs", "%d, %d of them finished, %d at a time", runs.size(), finished, jobs);
    var progress = new RunsProgress(steps, finished, out, err);
    var processes = new RunProcesses(SettingOptions.repeated(parsed), progress);
    var signal = StopSignal.calling(processes::stop);
    try {
      try (progress) {
        processes.run(unfinished, jobs);
      }
      if (processes.isStopping()) {
        line("stopped", "%d of %d runs are finished", progress.finished(), runs.size());
        line("next", "the same command goes on");
        return Main.STOPPED;
      }
    } finally {
      signal.close();
    }
    long earlier = steps.values().stream().filter(step -> step > 0).count();
    new BenchmarkReport(folder, pairs, episodes, jobs, command, earlier).write(out);
    if (!progress.failed().isEmpty()) {
      throw new Failure(
          "%d of %d runs failed: %s; the same command tries them again"
              .formatted(
                  progress.failed().size(), runs.size(), String.join(", ", progress.failed())));
    }
    return Main.DONE;
  }

  // --- what is asked for

  private List<String> names(String option, List<String> all) {
    var names = new LinkedHashSet<String>();
    for (var name : parsed.matchedOptionValue(option, String.join(",", all)).split(",")) {
      if (!names.add(name.strip())) {
        throw new IllegalArgumentException("%s names %s twice".formatted(option, name.strip()));
      }
    }
    return List.copyOf(names);
  }

  private List<String> environments() {
    return names("--env", Environments.ids());
  }

  private long[] seeds() {
    var text = parsed.matchedOptionValue("--seeds", "10");
    try {
      if (text.contains(",")) {
        var seeds =
            names("--seeds", List.of()).stream().mapToLong(Long::parseLong).distinct().toArray();
        if (seeds.length > 0) {
          return seeds;
        }
      } else if (Long.parseLong(text) >= 1 && Long.parseLong(text) <= MOST_SEEDS) {
        return LongStream.rangeClosed(1, Long.parseLong(text)).toArray();
      }
    } catch (NumberFormatException e) {
      throw notSeeds(text);
    }
    throw notSeeds(text);
  }

  private static IllegalArgumentException notSeeds(String text) {
    return new IllegalArgumentException(
        "--seeds %s is neither a number from 1 to %d nor a list of seeds such as 1,2,3"
            .formatted(text, MOST_SEEDS));
  }

  private long count(String option, long otherwise, long most) {
    long count = parsed.matchedOptionValue(option, otherwise);
    if (count < 1 || count > most) {
      throw new IllegalArgumentException(
          "%s %d is not a number from 1 to %d".formatted(option, count, most));
    }
    return count;
  }

  /** Those that fit each other; says which do not. */
  private List<BenchmarkPair> pairs(
      Path folder,
      List<String> algorithms,
      List<String> envs,
      long[] seeds,
      SequencedMap<String, String> given) {
    for (var algorithm : algorithms) {
      if (!Algorithms.names().contains(algorithm)) {
        throw new IllegalArgumentException(
            Nearest.unknown("algorithm", algorithm, Algorithms.names()));
      }
    }
    var pairs = new ArrayList<BenchmarkPair>();
    for (var name : envs) {
      var named = NamedEnv.of(name, parsed);
      var env = named.register();
      for (var algorithm : algorithms) {
        try {
          pairs.add(pair(folder, algorithm, env, named.origin(), seeds, given));
        } catch (SettingException e) {
          throw new IllegalArgumentException(
              "%s on %s: %s".formatted(algorithm, env, e.getMessage()), e);
        } catch (IllegalArgumentException e) {
          line("left out", "%s on %s: %s", algorithm, env, e.getMessage());
        } catch (MissingLibraryException e) {
          if (parsed.hasMatchedOption("--env")) {
            throw e;
          }
          line("left out", "%s on %s: %s", algorithm, env, e.getMessage());
        }
      }
    }
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "none of the algorithms fits any of the environments; choose others");
    }
    return pairs;
  }

  private BenchmarkPair pair(
      Path folder,
      String algorithm,
      String env,
      SequencedMap<String, String> origin,
      long[] seeds,
      SequencedMap<String, String> given) {
    var chosen = SettingOptions.chosen(parsed, algorithm, env);
    try (var device = Device.cpu(1)) {
      var request = new RunRequest(algorithm, env, seeds[0], chosen.settings(), origin);
      var config =
          Runner.config(
              request, device, notice -> line("note", "%s on %s: %s", algorithm, env, notice));
      var runs =
          LongStream.of(seeds)
              .mapToObj(seed -> BenchmarkRun.in(folder, config.withSeed(seed)))
              .toList();
      return new BenchmarkPair(algorithm, env, chosen.preset(), given, runs);
    }
  }

  // --- what is there

  private static void makeWritable(Path folder) throws IOException {
    RunFolder.make(folder);
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "cannot write to the folder %s: no permission; choose another folder".formatted(folder));
    }
  }

  /** How far each has come. */
  private static SequencedMap<BenchmarkRun, Long> steps(List<BenchmarkRun> runs)
      throws IOException {
    var steps = new LinkedHashMap<BenchmarkRun, Long>();
    for (var run : runs) {
      var checkpoint = run.checkpoint();
      checkpoint.map(Checkpoint::config).ifPresent(run::checkSame);
      long step = checkpoint.map(Checkpoint::step).orElse(0L);
      steps.put(run, Math.min(step, run.config().totalTimesteps()));
    }
    return steps;
  }

  private static List<BenchmarkRun> unfinished(List<BenchmarkRun> runs) throws IOException {
    var unfinished = new ArrayList<BenchmarkRun>();
    for (var run : runs) {
      if (!run.isFinished()) {
        unfinished.add(run);
      }
    }
    return unfinished;
  }

  private void line(String label, String format, Object... arguments) {
    out.printf("%-10s", label);
    out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
