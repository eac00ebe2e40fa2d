package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchChecker;
import dev.lanewise.engine.env.EnvChecker;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** {@code lanewise check-env} */
final class CheckEnvCommand {
  private CheckEnvCommand() {}

  static int run(ParseResult parsed, PrintStream out) {
    String name = parsed.matchedPositionalValue(0, "");
    var env = NamedEnv.of(name, parsed.matchedOptionValue("--class-path", List.<String>of()));
    long seed = parsed.matchedOptionValue("--seed", 1L);
    int steps = Commands.within(parsed, "--steps", 1000, 1, 1_000_000);
    var findings =
        env.user().isPresent()
            ? EnvChecker.check(env.user().get(), seed, steps)
            : inBatches(env, seed, steps);
    for (var finding : findings) {
      out.println((finding.violation() ? "violation " : "warning   ") + finding.sentence());
    }
    boolean sound = findings.stream().noneMatch(EnvChecker.Finding::violation);
    if (sound) {
      out.printf("fine      %s: no violation in %d steps, seed %d%n", name, steps, seed);
    }
    return sound ? Main.DONE : Main.FAILED;
  }

  private static List<EnvChecker.Finding> inBatches(NamedEnv env, long seed, int steps) {
    try (var device = Device.cpu(1)) {
      return BatchChecker.check(env.factory(), device, seed, steps);
    }
  }
}
