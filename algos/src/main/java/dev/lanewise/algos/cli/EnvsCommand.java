package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Environments;
import java.io.PrintStream;

/** {@code lanewise envs} */
final class EnvsCommand {
  private EnvsCommand() {}

  static int run(PrintStream out) {
    for (var id : Environments.ids()) {
      var spec = Environments.spec(id);
      out.println(id);
      if (!spec.description().isEmpty()) {
        out.println("  " + spec.description());
      }
      out.println("  observation  " + spec.observationSpace());
      out.println("  action       " + spec.actionSpace());
      out.println(
          "  episode      "
              + (spec.maxEpisodeSteps() > 0
                  ? "at most " + spec.maxEpisodeSteps() + " steps"
                  : "no time limit"));
      spec.rewardThreshold().ifPresent(r -> out.println("  solved at    " + r));
      Environments.caveat(id).ifPresent(what -> out.println("  note         " + what));
      Environments.missing(id).ifPresent(why -> out.println("  unavailable  " + why));
    }
    return Main.DONE;
  }
}
