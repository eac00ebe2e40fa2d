package dev.lanewise.algos.cli;

import dev.lanewise.algos.RunConfig;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** On what and by what results were made. */
final class Origin {
  private Origin() {}

  /** "AMD EPYC 9B45, 2 cores, Linux 6.1 (amd64)" */
  static String machine() throws IOException {
    return "%s, %d cores, %s %s (%s)"
        .formatted(
            processor().orElse("processor of unknown name"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }

  /** As Linux or macOS knows it. */
  private static Optional<String> processor() throws IOException {
    var linux = Path.of("/proc/cpuinfo");
    if (!Files.exists(linux)) {
      return said(List.of("sysctl", "-n", "machdep.cpu.brand_string"));
    }
    return Files.readString(linux)
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  static String java() {
    return "%s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name"));
  }

  /**
   * The version, and the commit if this program lies in the git repository that it is made from.
   */
  static String lanewise() {
    var commit = commit().map(hash -> ", commit " + hash).orElse("");
    return RunConfig.version() + commit;
  }

  private static Optional<String> commit() {
    Path program;
    try {
      program = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    var git = List.of("git", "-C", program.getParent().toString());
    var source = "HEAD:algos/src/main/java/" + Main.class.getPackageName().replace('.', '/');
    return said(git, "rev-parse", "--verify", "--quiet", source)
        .flatMap(
            ours -> said(git, "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty"));
  }

  private static Optional<String> said(List<String> program, String... arguments) {
    var command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    return said(command);
  }

  /** What a program prints if there is such a program and it succeeds. */
  private static Optional<String> said(List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(text.strip()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Not installed: what it would say stays unsaid.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
