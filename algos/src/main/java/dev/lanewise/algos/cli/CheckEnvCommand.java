package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchChecker;
import dev.lanewise.engine.env.EnvChecker;
import java.io.PrintStream;
import java.util.List;
import java.util.function.IntConsumer;
import picocli.CommandLine.ParseResult;

/** {@code lanewise check-env} */
final class CheckEnvCommand {
  private CheckEnvCommand() {}

  static int run(ParseResult parsed, PrintStream out) {
    String name = parsed.matchedPositionalValue(0, "");
    var env = NamedEnv.of(name, parsed);
    long seed = parsed.matchedOptionValue("--seed", 1L);
    int steps = Commands.within(parsed, "--steps", 1000, 1, 1_000_000);
    int seeds = Commands.within(parsed, "--seeds", 1, 1, 1_000_000);
    var findings =
        env.user().isPresent()
            ? EnvChecker.check(
                env.user().get(), seed, steps, slow -> out.println("note      " + slow))
            : inBatches(env, seed, steps);
    for (var finding : findings) {
      out.println((finding.violation() ? "violation " : "warning   ") + finding.sentence());
    }
    if (findings.stream().anyMatch(EnvChecker.Finding::violation)) {
      return failed(env, out);
    }
    env.checkIdIsFree();
    out.printf("fine      %s: no violation in %d steps, seed %d%n", name, steps, seed);
    return parsed.hasMatchedOption("--seeds") ? seeds(env, seed, seeds, steps, out) : Main.DONE;
  }

  private static int failed(NamedEnv env, PrintStream out) {
    env.caveat().ifPresent(what -> out.println("note      " + what));
    return Main.FAILED;
  }

  private static int seeds(NamedEnv env, long first, int seeds, int steps, PrintStream out) {
    IntConsumer progress =
        played -> {
          if (played < seeds && played * 10L / seeds != (played - 1) * 10L / seeds) {
            out.printf("progress  %d of %d seeds%n", played, seeds);
          }
        };
    try (var device = Device.cpu(1)) {
      var findings = BatchChecker.checkSeeds(env.factory(), device, first, seeds, steps, progress);
      findings.forEach(finding -> out.println("violation " + finding.sentence()));
      if (!findings.isEmpty()) {
        return failed(env, out);
      }
      out.printf(
          "fine      %s: finite and within its spaces for %d steps from each of the seeds %d to"
              + " %d%n",
          env.name(), steps, first, first + seeds - 1);
      return Main.DONE;
    }
  }

  private static List<EnvChecker.Finding> inBatches(NamedEnv env, long seed, int steps) {
    try (var device = Device.cpu(1)) {
      return BatchChecker.check(env.factory(), device, seed, steps);
    }
  }
}
