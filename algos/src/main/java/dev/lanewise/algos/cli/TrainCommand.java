package dev.lanewise.algos.cli;

import dev.lanewise.algos.Algorithms;
import dev.lanewise.algos.Checkpoint;
import dev.lanewise.algos.RunConfig;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.RunRequest;
import dev.lanewise.algos.Runner;
import dev.lanewise.algos.SnapshotException;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvException;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Nearest;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.OutOfSlabException;
import dev.lanewise.kernels.opencl.OpenClException;
import dev.lanewise.kernels.opencl.OutOfDeviceMemoryException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SequencedMap;
import picocli.CommandLine.ParseResult;

/** {@code lanewise train} */
final class TrainCommand {
  private final ParseResult parsed;
  private final PrintStream out;
  private final PrintStream err;

  private TrainCommand(ParseResult parsed, PrintStream out, PrintStream err) {
    this.parsed = parsed;
    this.out = out;
    this.err = err;
  }

  static int run(ParseResult parsed, String command, PrintStream out, PrintStream err)
      throws IOException {
    var train = new TrainCommand(parsed, out, err);
    return parsed.hasMatchedOption("--resume") ? train.resume() : train.begin(command);
  }

  // --- what is asked for

  /**
   * @param settings all that are not to have their defaults
   * @param preset those of them that come from a preset
   * @param origin where an environment of a user's own is found
   */
  private record Asked(
      String algorithm,
      String env,
      long seed,
      SequencedMap<String, String> settings,
      SequencedMap<String, String> preset,
      SequencedMap<String, String> origin) {}

  private int begin(String command) throws IOException {
    var asked = parsed.hasMatchedOption("--config") ? repeated() : named();
    var path =
        parsed.hasMatchedOption("--out")
            ? out()
            : newFolder(asked.algorithm, asked.env, asked.seed);
    asked.origin.putFirst("command", command);
    var request =
        new RunRequest(asked.algorithm, asked.env, asked.seed, asked.settings, asked.origin);
    try (var device = Devices.asked(parsed);
        var runner = Runner.begin(path, request, device)) {
      describe(runner, device);
      if (!asked.preset.isEmpty()) {
        var preset = SettingOptions.joined(asked.preset);
        var name = parsed.matchedOptionValue(SettingOptions.PRESET, "for " + asked.env);
        line("preset", "%s: %s (--set changes it)", name, preset);
      }
      if (parsed.hasMatchedOption("--config")) {
        var unsaid = new LinkedHashMap<>(runner.config().settings());
        unsaid.keySet().removeAll(asked.settings.keySet());
        if (!unsaid.isEmpty()) {
          line(
              "note",
              "%s does not say %s; these are the defaults",
              config(),
              SettingOptions.joined(unsaid));
        }
      }
      return watched(runner);
    }
  }

  private Asked named() {
    var algorithm = parsed.matchedPositionalValue(0, "");
    var named = named(algorithm, parsed.matchedOptionValue("--env", ""));
    var env = named.register();
    var chosen = SettingOptions.chosen(parsed, algorithm, env);
    long seed = parsed.matchedOptionValue("--seed", 1L);
    return new Asked(algorithm, env, seed, chosen.settings(), chosen.preset(), named.origin());
  }

  /** Another run's configuration, but for what is given. */
  private Asked repeated() throws IOException {
    leaveOut("the algorithm and the environment are those of " + config(), "--env");
    leaveOut("the hyperparameters are those of " + config(), SettingOptions.PRESET);
    var config = RunConfig.read(config());
    var settings = new LinkedHashMap<>(config.settings());
    settings.putAll(SettingOptions.given(parsed));
    long seed = parsed.matchedOptionValue("--seed", config.seed());
    var origin = NamedEnv.register(config, parsed);
    return new Asked(
        config.algorithm(), config.env(), seed, settings, new LinkedHashMap<>(), origin);
  }

  private Path config() {
    return Path.of(parsed.matchedOptionValue("--config", ""));
  }

  /** Options, and the algorithm, that something else says already. */
  private void leaveOut(String because, String... options) {
    for (var option : options) {
      if (parsed.hasMatchedOption(option)) {
        throw new IllegalArgumentException("%s; leave out %s".formatted(because, option));
      }
    }
    if (parsed.hasMatchedPositional(0)) {
      throw new IllegalArgumentException(
          "%s; leave out '%s'".formatted(because, parsed.matchedPositionalValue(0, "")));
    }
  }

  private int resume() throws IOException {
    leaveOut(
        "a run is resumed with the configuration it was begun with",
        "--config",
        "--env",
        "--seed",
        "--out",
        SettingOptions.PRESET,
        "--set");
    var path = Path.of(parsed.matchedOptionValue("--resume", ""));
    var total =
        parsed.hasMatchedOption("--steps")
            ? OptionalLong.of(SettingOptions.steps(parsed))
            : OptionalLong.empty();
    try (var device = Devices.asked(parsed);
        var runner = resumed(path, total, device)) {
      describe(runner, device);
      line("resumed", "at step %d", runner.training().steps());
      return watched(runner);
    }
  }

  private Runner resumed(Path path, OptionalLong total, Device device) throws IOException {
    try {
      var last = RunFolder.reading(path).last();
      if (Files.exists(last)) {
        NamedEnv.register(Checkpoint.head(last).config(), parsed);
      }
      return Runner.resume(path, total, device);
    } catch (SnapshotException e) {
      var best = path.resolve("best.safetensors");
      throw Files.exists(best)
          ? new Failure(
              "%s (the best policy so far is still in %s)".formatted(e.getMessage(), best), e)
          : e;
    }
  }

  private NamedEnv named(String algorithm, String env) {
    if (algorithm.isEmpty()) {
      throw new IllegalArgumentException(
          "name an algorithm (%s), for example: lanewise train sac --env Pendulum-v1"
              .formatted(String.join(", ", Algorithms.names())));
    }
    if (!Algorithms.names().contains(algorithm)) {
      throw new IllegalArgumentException(
          Nearest.unknown("algorithm", algorithm, Algorithms.names()));
    }
    if (env.isEmpty()) {
      throw new IllegalArgumentException(
          "name an environment with --env (%s)".formatted(String.join(", ", Environments.ids())));
    }
    return NamedEnv.of(env, parsed);
  }

  private Path out() {
    return Path.of(parsed.matchedOptionValue("--out", ""));
  }

  private static Path newFolder(String algorithm, String env, long seed) {
    var now = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    var name =
        "%s-%s-seed%d-%s".formatted(algorithm, env, seed, now).replaceAll("[^A-Za-z0-9._-]", "-");
    var path = Path.of("runs", name);
    for (int i = 2; Files.exists(path); i++) {
      path = Path.of("runs", name + "-" + i);
    }
    return path;
  }

  // --- what is shown

  private void describe(Runner runner, Device device) {
    var config = runner.config();
    out.printf(
        "%s on %s, seed %d, %d steps%n",
        config.algorithm(), config.env(), config.seed(), runner.settings().totalTimesteps());
    line(
        "device",
        "%s, %d worker%s",
        device.backend().description(),
        device.workers(),
        device.workers() == 1 ? "" : "s");
    if (device.workers() > Runtime.getRuntime().availableProcessors()) {
      line(
          "note",
          "there are only %d cores; more workers than that slow each other down",
          Runtime.getRuntime().availableProcessors());
    }
    line(
        "memory",
        "%s of %s, replay memory included",
        OutOfSlabException.readable(device.backend().used()),
        OutOfSlabException.readable(device.backend().limit()));
    line("folder", "%s", runner.folder().path());
  }

  private int watched(Runner runner) throws IOException {
    var signal = StopSignal.calling(runner::stop);
    try {
      boolean finished = driven(runner);
      summary(runner, finished);
      return finished ? Main.DONE : Main.STOPPED;
    } finally {
      signal.close();
    }
  }

  private boolean driven(Runner runner) throws IOException {
    try (var progress = Progress.of(runner, out, err)) {
      return runner.run(progress);
    } catch (NotFiniteException e) {
      throw ended(runner, e, " (a smaller learning_rate may help)");
    } catch (EnvException e) {
      throw ended(
          runner,
          e,
          "; mend the environment and go on with lanewise train --resume "
              + runner.folder().path());
    } catch (OpenClException | OutOfDeviceMemoryException e) {
      throw ended(runner, e, "");
    }
  }

  private static Failure ended(Runner runner, RuntimeException because, String remedy) {
    return new Failure(
        "the run ended after step %d because %s; %s still holds step %d%s"
            .formatted(
                runner.training().steps(),
                because.getMessage(),
                runner.folder().last(),
                runner.savedAt(),
                remedy),
        because);
  }

  private void summary(Runner runner, boolean finished) {
    var path = runner.folder().path();
    line(
        finished ? "done" : "stopped",
        "at step %d after %s",
        runner.training().steps(),
        Progress.time(runner.progress().elapsedSeconds()));
    runner
        .lastEvaluation()
        .ifPresent(
            last ->
                line(
                    "last",
                    "return %.2f ± %.2f over %d episodes",
                    last.meanReward(),
                    last.stdReward(),
                    last.episodes()));
    if (runner.progress().bestAt() > 0) {
      line(
          "best",
          "return %.2f at step %d",
          runner.progress().bestReward(),
          runner.progress().bestAt());
    }
    line("next", finished ? "lanewise eval %s" : "lanewise train --resume %s", path);
  }

  private void line(String label, String format, Object... arguments) {
    out.printf("%-10s", label);
    out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
