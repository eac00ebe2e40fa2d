package dev.lanewise.algos.cli;

import dev.lanewise.algos.SnapshotException;
import dev.lanewise.engine.env.EnvException;
import dev.lanewise.engine.env.MissingLibraryException;
import dev.lanewise.engine.env.Nearest;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.OutOfSlabException;
import dev.lanewise.kernels.opencl.OpenClException;
import dev.lanewise.kernels.opencl.OutOfDeviceMemoryException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 for done, 1 for something that failed, 2 for a mistake in what
 * was asked, 130 for stopped by Ctrl-C.
 */
public final class Main {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int MISTAKEN = 2;
  static final int STOPPED = 130;

  private Main() {}

  public static void main(String[] args) {
    // Logs are UTF-8, whatever the locale of the machine that they were made on.
    var out = utf8(new FileOutputStream(FileDescriptor.out));
    var err = Terminal.isThere() ? Terminal.err() : utf8(new FileOutputStream(FileDescriptor.err));
    System.exit(run(List.of(args), out, err));
  }

  static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Does what the arguments say and answers with the exit code. */
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    boolean debug = args.contains("--debug");
    try {
      return execute(args, out, err);
    } catch (ParameterException e) {
      return complain(err, sentence(e), MISTAKEN, debug, e);
    } catch (IllegalArgumentException e) {
      return complain(err, e.getMessage(), MISTAKEN, debug, e);
    } catch (Failure
        | EnvException
        | MissingLibraryException
        | SnapshotException
        | NotFiniteException
        | OutOfSlabException
        | OpenClException
        | OutOfDeviceMemoryException
        | IOException
        | UncheckedIOException e) {
      return complain(err, e.getMessage(), FAILED, debug, e);
    } catch (OutOfMemoryError e) {
      var sentence =
          "Java's heap is too small (%s); give it more, for example LANEWISE_JAVA_OPTS=-Xmx8g"
              .formatted(e.getMessage());
      return complain(err, sentence, FAILED, debug, e);
    } catch (RuntimeException | Error e) {
      var sentence =
          "this should not happen: %s%s".formatted(e, debug ? "" : "; --debug shows where it did");
      return complain(err, sentence, FAILED, debug, e);
    }
  }

  private static int complain(
      PrintStream err, String sentence, int code, boolean debug, Throwable cause) {
    err.println("lanewise: " + sentence);
    if (debug) {
      cause.printStackTrace(err);
    }
    return code;
  }

  private static int execute(List<String> args, PrintStream out, PrintStream err)
      throws IOException {
    var root = Commands.root();
    var parsed = root.parseArgs(args.toArray(String[]::new));
    var deepest = parsed;
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
    }
    var command = deepest.commandSpec().commandLine();
    if (deepest.isUsageHelpRequested()) {
      command.usage(out, CommandLine.Help.Ansi.OFF);
      return DONE;
    }
    if (parsed.isVersionHelpRequested()) {
      command.printVersionHelp(out, CommandLine.Help.Ansi.OFF);
      return DONE;
    }
    return switch (deepest.commandSpec().name()) {
      case "train" -> TrainCommand.run(deepest, "lanewise " + String.join(" ", args), out, err);
      case "benchmark" ->
          BenchmarkCommand.run(deepest, "lanewise " + String.join(" ", args), out, err);
      case "eval" -> EvalCommand.run(deepest, out);
      case "watch" -> WatchCommand.run(deepest, out);
      case "envs" -> EnvsCommand.run(out);
      case "devices" -> DevicesCommand.run(out);
      case "check-env" -> CheckEnvCommand.run(deepest, out);
      case "conform" -> ConformCommand.run(deepest, out);
      case "help" -> help(root, deepest, out);
      default -> {
        root.usage(err, CommandLine.Help.Ansi.OFF);
        yield MISTAKEN;
      }
    };
  }

  private static int help(CommandLine root, ParseResult parsed, PrintStream out) {
    if (!parsed.hasMatchedPositional(0)) {
      root.usage(out, CommandLine.Help.Ansi.OFF);
      return DONE;
    }
    String name = parsed.matchedPositionalValue(0, "");
    var command = root.getSubcommands().get(name);
    if (command == null) {
      throw new IllegalArgumentException(
          Nearest.unknown("command", name, root.getSubcommands().keySet()));
    }
    command.usage(out, CommandLine.Help.Ansi.OFF);
    return DONE;
  }

  private static String sentence(ParameterException e) {
    var spec = e.getCommandLine().getCommandSpec();
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return e.getMessage();
    }
    var what = unmatched.getUnmatched().getFirst();
    if (what.startsWith("-")) {
      var options = new ArrayList<String>();
      spec.options().forEach(option -> options.addAll(List.of(option.names())));
      Collections.sort(options);
      return Nearest.unknown("option", what.replaceAll("=.*", ""), options);
    }
    return spec.parent() == null
        ? Nearest.unknown("command", what, e.getCommandLine().getSubcommands().keySet())
        : "'%s' is one argument too many; see lanewise %s --help".formatted(what, spec.name());
  }

  /** The terminal, if messages and progress go to one. */
  static final class Terminal {
    private Terminal() {}

    static boolean isThere() {
      return Boolean.getBoolean("lanewise.terminal");
    }

    /** The launcher filters what Java itself writes to stderr, and says where the terminal is. */
    static PrintStream err() {
      var path = System.getProperty("lanewise.stderr", "");
      if (path.isEmpty()) {
        return utf8(new FileOutputStream(FileDescriptor.err));
      }
      try {
        return utf8(new FileOutputStream(path));
      } catch (IOException e) {
        System.err.println("lanewise: cannot open " + path + ": " + e.getMessage());
        return utf8(new FileOutputStream(FileDescriptor.err));
      }
    }
  }
}
