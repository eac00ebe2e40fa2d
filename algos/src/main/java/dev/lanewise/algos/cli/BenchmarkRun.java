package dev.lanewise.algos.cli;

import dev.lanewise.algos.Checkpoint;
import dev.lanewise.algos.RunConfig;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.RunRequest;
import dev.lanewise.algos.Runner;
import dev.lanewise.algos.SettingException;
import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One run of a benchmark.
 *
 * @param config what it is or will be begun with
 */
record BenchmarkRun(RunConfig config, Path path) {

  static BenchmarkRun in(Path folder, RunConfig config) {
    var name = "%s-%s-%d".formatted(config.algorithm(), config.env(), config.seed());
    return new BenchmarkRun(config, folder.resolve(name.replaceAll("[^A-Za-z0-9._-]", "-")));
  }

  String name() {
    return path.getFileName().toString();
  }

  /** What its last checkpoint is of, if there is one. */
  Optional<Checkpoint> checkpoint() throws IOException {
    if (!Files.isDirectory(path)) {
      return Optional.empty();
    }
    var last = RunFolder.reading(path).last();
    return Files.exists(last) ? Optional.of(Checkpoint.head(last)) : Optional.empty();
  }

  boolean isFinished() throws IOException {
    return checkpoint().map(Checkpoint::isOfTheEnd).orElse(false);
  }

  /**
   * @throws IllegalArgumentException if the folder holds a run with another configuration
   */
  void checkSame(RunConfig there) {
    checkSame("algorithm", there.algorithm(), config.algorithm());
    checkSame("environment", there.env(), config.env());
    checkSame("seed", Long.toString(there.seed()), Long.toString(config.seed()));
    var begun = filledUp(there).settings();
    config.settings().forEach((name, wanted) -> checkSame(name, begun.get(name), wanted));
  }

  /** As this version goes on with it: what an older one did not know has its default. */
  private RunConfig filledUp(RunConfig there) {
    if (there.settings().keySet().equals(config.settings().keySet())) {
      return there;
    }
    var request = new RunRequest(there.algorithm(), there.env(), there.seed(), there.settings());
    try (var device = Device.cpu(1)) {
      return Runner.config(request, device, notice -> {});
    } catch (SettingException e) {
      throw new IllegalArgumentException(
          "%s was begun by another version: %s; choose another folder with --out"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  private void checkSame(String what, String there, String wanted) {
    if (!there.equals(wanted)) {
      throw new IllegalArgumentException(
          "%s was begun with %s=%s, not %s; choose another folder with --out"
              .formatted(path, what, there, wanted));
    }
  }
}
