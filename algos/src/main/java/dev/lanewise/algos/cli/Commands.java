package dev.lanewise.algos.cli;

import dev.lanewise.algos.Algorithms;
import dev.lanewise.algos.RunConfig;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The commands with their options, and what their help says. */
final class Commands {
  private Commands() {}

  static CommandLine root() {
    var spec = command("lanewise", "Reinforcement learning in pure Java.");
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print the version.")
            .build());
    spec.version("Lanewise " + RunConfig.version(), "Java " + Runtime.version());
    spec.addOption(
        flag("--debug", "Print where in the program an error came from.")
            .scopeType(ScopeType.INHERIT)
            .build());
    spec.addSubcommand("train", train());
    spec.addSubcommand("eval", eval());
    spec.addSubcommand("watch", watch());
    spec.addSubcommand("benchmark", benchmark());
    spec.addSubcommand("envs", command("envs", "List the environments."));
    spec.addSubcommand("devices", command("devices", "List the devices that can compute."));
    spec.addSubcommand("check-env", checkEnv());
    spec.addSubcommand("conform", conform());
    spec.addSubcommand("help", help());
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .footer(
            "",
            "For example: lanewise train sac --env Pendulum-v1",
            "             lanewise help train");
    return new CommandLine(spec);
  }

  private static CommandSpec train() {
    var spec = command("train", "Train an agent, or go on with a training.");
    spec.usageMessage()
        .customSynopsis(
            "lanewise train ALGO --env ID [--class-path PATH] [--steps N] [--seed S]",
            "                      [--out DIR] [--device NAME] [--workers N]",
            "                      [--preset NAME] [--set NAME=VALUE]...",
            "lanewise train --config FILE [--class-path PATH] [--seed S] [--out DIR]",
            "                      [--set NAME=VALUE]...",
            "lanewise train --resume DIR [--class-path PATH] [--steps N] [--device NAME]",
            "                      [--workers N]")
        .footer(
            "",
            "Ctrl-C stops with a checkpoint. The folder holds config.json, metrics.csv,",
            "learning_curve.png, last.safetensors (to resume from) and best.safetensors.",
            "With the same seed the result is the same bit for bit, whatever the number",
            "of workers, and however often the run was interrupted.",
            "With LANEWISE_JAVA_OPTS=-Dlanewise.opencl.tf32=true NVIDIA's tensor cores may",
            "round the factors of large products to 10 bits; 'lanewise devices' says if so.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("ALGO")
            .index("0")
            .arity("0..1")
            .type(String.class)
            .description("The algorithm: " + String.join(", ", Algorithms.names()) + ".")
            .build());
    spec.addOption(
        text("--env", "ID", "The environment ('lanewise envs' lists them), or a class of your own.")
            .build());
    spec.addOption(classPath().build());
    spec.addOption(text("--steps", "N", "Environment steps: the setting total_timesteps.").build());
    spec.addOption(whole("--seed", "S", "Of everything random (default: 1).").build());
    spec.addOption(
        text("--out", "DIR", "Folder for the results (default: a new one in runs/).").build());
    spec.addOption(device());
    spec.addOption(workers());
    spec.addOption(preset());
    spec.addOption(set());
    spec.addOption(
        text("--config", "FILE", "Do again what a run's config.json says, bit for bit.").build());
    spec.addOption(text("--resume", "DIR", "Go on with the run in this folder.").build());
    return spec;
  }

  private static CommandSpec eval() {
    var spec = command("eval", "Let a trained policy play, without exploring.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("DIR")
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .description("The folder of a run.")
            .build());
    spec.addOption(whole("--episodes", "N", "How many episodes (default: 20).").build());
    spec.addOption(whole("--seed", "S", "Of the episodes (default: 1).").build());
    spec.addOption(flag("--last", "The last networks instead of the best.").build());
    spec.addOption(classPath().build());
    spec.addOption(flag("--json", "Print one JSON object and nothing else.").build());
    spec.addOption(device());
    spec.addOption(workers());
    return spec;
  }

  private static CommandSpec watch() {
    var spec = command("watch", "Make an animated picture of episodes.");
    spec.usageMessage()
        .customSynopsis(
            "lanewise watch RUN [--episodes N] [--seed S] [--checkpoint best|last]",
            "                   [--out FILE.gif] [--frames DIR]",
            "lanewise watch --env ID --random [--episodes N] [--seed S]",
            "                   [--out FILE.gif] [--frames DIR]");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("RUN")
            .index("0")
            .arity("0..1")
            .type(String.class)
            .description("The folder of a run, whose policy plays.")
            .build());
    spec.addOption(
        text("--env", "ID", "Without a run: the environment, or a class of your own.").build());
    spec.addOption(classPath().build());
    spec.addOption(flag("--random", "Without a run: random actions.").build());
    spec.addOption(whole("--episodes", "N", "How many episodes (default: 1).").build());
    spec.addOption(whole("--seed", "S", "Of the episodes (default: 1).").build());
    spec.addOption(text("--checkpoint", "WHICH", "Networks: best (the default) or last.").build());
    spec.addOption(
        text("--out", "FILE.gif", "The picture (default: RUN/episode.gif, or ID.gif).").build());
    spec.addOption(text("--frames", "DIR", "A folder for every frame as a PNG.").build());
    return spec;
  }

  private static CommandSpec checkEnv() {
    var spec = command("check-env", "Play an environment and say where it breaks its contract.");
    spec.usageMessage()
        .footer(
            "",
            "Exits with 0 if there is no violation, with 1 if there is one.",
            "For example: lanewise check-env my.Maze --class-path target/classes");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("ENV")
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .description(
                "A class that implements Env and has a public constructor without arguments,"
                    + " or an id that 'lanewise envs' lists.")
            .build());
    spec.addOption(classPath().build());
    spec.addOption(whole("--seed", "S", "Of episodes and actions (default: 1).").build());
    spec.addOption(whole("--steps", "N", "Steps to play in each check (default: 1000).").build());
    spec.addOption(
        whole("--seeds", "N", "Play as many steps from each of N seeds, too, from --seed on.")
            .build());
    return spec;
  }

  private static CommandSpec conform() {
    var spec = command("conform", "Compare an environment with recorded transitions.");
    spec.usageMessage()
        .footer(
            "",
            "The file is a table with a line of column names. Transitions: state0, ...",
            "(or qpos0, ..., qvel0, ...), action0, ..., next_state0, ..., obs0, ...,",
            "reward, terminated. Episodes: episode, t, start0, ..., action0, ...,",
            "obs0, ..., reward, terminated, truncated.",
            "A deviation is |ours - recorded| / max(1, |recorded|): absolute for small",
            "numbers, relative for large ones. Steps of an episode are compared from its",
            "start on, so that differences add up; transitions tell physics apart.",
            "Exits with 0 within the tolerance, 1 beyond it, 2 for a bad file.");
    spec.addOption(
        text("--env", "ID", "The environment, or the class of your own.").required(true).build());
    spec.addOption(text("--transitions", "FILE.csv", "The recording.").required(true).build());
    spec.addOption(
        text("--tolerance", "X", "Largest deviation that will do (default: 1e-4).").build());
    spec.addOption(
        text("--device", "NAME", "cpu (the default), reference (double), or opencl.").build());
    spec.addOption(classPath().build());
    return spec;
  }

  private static OptionSpec.Builder classPath() {
    return OptionSpec.builder("--class-path")
        .paramLabel("PATH")
        .arity("1")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .description("A folder of classes or a jar; can be repeated.");
  }

  private static CommandSpec benchmark() {
    var spec =
        command("benchmark", "Train many times and compare: algorithms, environments, seeds.");
    spec.usageMessage()
        .footer(
            "",
            "Each run is the folder DIR/ALGO-ENV-SEED of an ordinary training with one worker.",
            "Each of --jobs Java processes trains one run after the other, so that Java warms",
            "up once. A run that fails takes no other along: the next gets a new process.",
            "Ctrl-C stops them all with checkpoints; the same command goes on. At the end,",
            "and whenever it is called again, DIR has RESULTS.md, results.csv and ENV.png.");
    spec.addOption(text("--algo", "ALGO,...", "The algorithms (default: all that fit).").build());
    spec.addOption(
        text("--env", "ID,...", "The environments, or classes of your own (default: all).")
            .build());
    spec.addOption(classPath().build());
    spec.addOption(
        text("--seeds", "N|S,S,...", "How many seeds from 1 on, or which (default: 10).").build());
    spec.addOption(
        text("--out", "DIR", "Folder for the results (default: runs/benchmark).").build());
    spec.addOption(
        whole("--jobs", "N", "Runs at a time (default: as many as there are cores).").build());
    spec.addOption(text("--steps", "N", "Environment steps of each run.").build());
    spec.addOption(preset());
    spec.addOption(set());
    spec.addOption(
        whole("--episodes", "N", "Episodes to evaluate each last policy (default: 100).").build());
    return spec;
  }

  private static OptionSpec preset() {
    var names = Algorithms.names().stream().flatMap(a -> Algorithms.presets(a).stream());
    return text(
            "--preset",
            "NAME",
            "Begin with the hyperparameters of the algorithm's paper, or with its defaults (none),"
                + " instead of those known to work on the environment: "
                + names.distinct().sorted().collect(Collectors.joining(", "))
                + ".")
        .build();
  }

  private static OptionSpec set() {
    return OptionSpec.builder("--set")
        .paramLabel("NAME=VALUE")
        .arity("1")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .description(
            "A hyperparameter, such as learning_rate=1e-3; can be repeated."
                + " A run's config.json has them all.")
        .build();
  }

  private static CommandSpec help() {
    var spec = command("help", "Say how a command is used.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("COMMAND")
            .index("0")
            .arity("0..1")
            .type(String.class)
            .description("The command.")
            .build());
    return spec;
  }

  private static CommandSpec command(String name, String description) {
    var spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description).sortOptions(false);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this help.").build());
    return spec;
  }

  private static OptionSpec.Builder flag(String name, String description) {
    return OptionSpec.builder(name).description(description);
  }

  private static OptionSpec.Builder text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .arity("1")
        .type(String.class)
        .description(description);
  }

  private static OptionSpec device() {
    return text(
            "--device",
            "NAME",
            "cpu (the default), opencl, opencl:NUMBER, opencl:PART-OF-ITS-NAME, or auto;"
                + " 'lanewise devices' lists them.")
        .build();
  }

  private static OptionSpec workers() {
    return whole("--workers", "N", "Threads of the cpu (default: as many as there are cores).")
        .build();
  }

  private static OptionSpec.Builder whole(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .arity("1")
        .type(Long.class)
        .converters(Commands::toWhole)
        .description(description);
  }

  /** The value of an option that is a whole number between bounds. */
  static int within(ParseResult parsed, String option, int otherwise, int low, int high) {
    long value = parsed.matchedOptionValue(option, (long) otherwise);
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s %d is not a number from %d to %d".formatted(option, value, low, high));
    }
    return (int) value;
  }

  private static Long toWhole(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
  }
}
