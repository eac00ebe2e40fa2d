package dev.lanewise.algos.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Java process that trains one run after the other, so that only the first pays for starting and
 * warming up Java; and the end of it that the benchmark holds.
 *
 * <p>It reads the arguments of a {@code lanewise train} from each line of its standard input, and
 * answers on its standard output with what that prints and, once the run is finished and everything
 * of it closed, with the line {@link #FINISHED}. A run that does not finish ends the process, with
 * the exit code of {@code lanewise train}: nothing that a failure leaves behind reaches another
 * run, which gets a new process.
 */
final class RunProcess implements AutoCloseable {
  private static final String FINISHED = "finished";
  private static final String COMPLAINT = "lanewise: ";

  private Optional<Process> process = Optional.empty();
  private boolean stopping;

  // --- in the process

  public static void main(String[] args) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = Main.utf8(new FileOutputStream(FileDescriptor.out));
    // An environment that reads or prints must not come between the lines.
    System.setIn(InputStream.nullInputStream());
    System.setOut(System.err);
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      int code = Main.run(decoded(line), out, out);
      if (code != Main.DONE) {
        System.exit(code);
      }
      NamedEnv.unloadAll();
      System.gc(); // Otherwise what the run left on the heap stays until there is no room for more.
      out.println("\n" + FINISHED); // A line of its own, whatever native code has printed.
    }
    System.exit(Main.DONE);
  }

  // --- in the benchmark

  /**
   * Trains a run, in the same process as the one before if that finished.
   *
   * @param arguments of {@code lanewise}
   * @param reached takes the steps that it has come to
   * @return why it failed; empty if it finished
   */
  Optional<String> train(List<String> arguments, LongConsumer reached) throws IOException {
    var running = running();
    try {
      var orders = running.outputWriter(StandardCharsets.UTF_8);
      orders.write(encoded(arguments) + "\n");
      orders.flush();
    } catch (IOException e) {
      // It has died: there will be no answer, but an exit code that says more.
    }
    var complaint = "";
    var answers = running.inputReader(StandardCharsets.UTF_8);
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.equals(FINISHED)) {
        return Optional.empty();
      }
      Lines.step(line).ifPresent(reached);
      complaint = line.startsWith(COMPLAINT) ? line.substring(COMPLAINT.length()) : complaint;
    }
    close();
    return Optional.of(
        complaint.isEmpty() ? "it ended with exit code " + running.exitValue() : complaint);
  }

  /** Asks it to end with a checkpoint; from any thread. */
  synchronized void stop() {
    stopping = true;
    // Process.destroy would close what is still to be read
    process.ifPresent(running -> running.toHandle().destroy());
  }

  private synchronized Process running() throws IOException {
    if (process.filter(Process::isAlive).isEmpty()) {
      close();
      process =
          Optional.of(
              new ProcessBuilder(java()).redirectError(ProcessBuilder.Redirect.DISCARD).start());
      if (stopping) {
        stop();
      }
    }
    return process.get();
  }

  /** This process's own Java and options, but for those about the terminal. */
  private static List<String> java() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-Dlanewise.terminal=") && !option.startsWith("-Dlanewise.stderr=")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RunProcess.class.getName());
    return command;
  }

  private static String encoded(List<String> arguments) {
    return arguments.stream()
        .map(argument -> URLEncoder.encode(argument, StandardCharsets.UTF_8))
        .collect(Collectors.joining(" "));
  }

  private static List<String> decoded(String line) {
    return Stream.of(line.split(" ", -1))
        .map(argument -> URLDecoder.decode(argument, StandardCharsets.UTF_8))
        .toList();
  }

  /** Ends the process, which trains nothing any more. */
  @Override
  public synchronized void close() {
    process.ifPresent(
        running -> {
          running.destroy();
          running.onExit().join();
        });
    process = Optional.empty();
  }
}
