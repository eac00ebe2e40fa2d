package dev.lanewise.algos.cli;

import dev.lanewise.algos.Checkpoint;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.TrainedPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ParseResult;

/** {@code lanewise eval} */
final class EvalCommand {
  private EvalCommand() {}

  static int run(ParseResult parsed, PrintStream out) throws IOException {
    var folder = RunFolder.reading(Path.of(parsed.matchedPositionalValue(0, "")));
    int episodes = Commands.within(parsed, "--episodes", 20, 1, 1 << 20);
    var file = file(folder, parsed.hasMatchedOption("--last"), "--last");
    NamedEnv.register(Checkpoint.head(file).config(), parsed);
    try (var device = Devices.asked(parsed);
        var policy = TrainedPolicy.load(file, device)) {
      var evaluation = policy.evaluate(episodes, parsed.matchedOptionValue("--seed", 1L));
      if (parsed.hasMatchedOption("--json")) {
        out.println(evaluation.toJson(policy.config()));
        return Main.DONE;
      }
      out.printf(
          Locale.ROOT,
          "%s on %s, %s of step %d%n",
          policy.config().algorithm(),
          policy.config().env(),
          file.getFileName(),
          policy.step());
      out.printf(
          Locale.ROOT,
          "return    %.2f ± %.2f over %d episodes, from %.2f to %.2f; ± is between episodes%n",
          evaluation.meanReward(),
          evaluation.stdReward(),
          evaluation.episodes(),
          evaluation.minReward(),
          evaluation.maxReward());
      out.printf(Locale.ROOT, "length    %.1f steps%n", evaluation.meanEpLength());
    }
    return Main.DONE;
  }

  /**
   * The checkpoint to play.
   *
   * @param askForLast how the last one is asked for
   */
  static Path file(RunFolder folder, boolean last, String askForLast) {
    var file = last ? folder.last() : folder.best();
    if (Files.exists(file)) {
      return file;
    }
    throw new IllegalArgumentException(
        !last && Files.exists(folder.last())
            ? "%s was not evaluated yet and has no %s; take %s"
                .formatted(folder.path(), file.getFileName(), askForLast)
            : "%s is not the folder of a run: it has no %s"
                .formatted(folder.path(), file.getFileName()));
  }
}
