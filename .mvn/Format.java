import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds the repository's Java files to google-java-format: {@code check} names those that differ
 * and exits 1, {@code fix} rewrites them. Runs in the repository's root, straight from its source:
 * the root pom.xml's check-format and the launcher's {@code format} call it.
 */
public class Format {
  static final List<String> ROOTS =
      List.of(".mvn", "kernels/src", "engine/src", "autograd/src", "algos/src", "bench/src");

  sealed interface Outcome {
    record Unchanged() implements Outcome {}

    record Differs(Path file, String formatted) implements Outcome {}

    record Unreadable(Path file, String why) implements Outcome {}
  }

  public static void main(String[] args) throws IOException {
    boolean fix =
        switch (String.join(" ", args)) {
          case "check" -> false;
          case "fix" -> true;
          default -> throw new IllegalArgumentException("expected 'check' or 'fix'");
        };
    List<Path> files = ROOTS.stream().flatMap(Format::javaFiles).sorted().toList();
    List<Outcome> outcomes = files.parallelStream().map(Format::format).toList();

    boolean failed = false;
    for (var outcome : outcomes) {
      if (outcome instanceof Outcome.Unreadable(Path file, String why)) {
        System.err.println(file + " cannot be formatted, because it is not Java: " + why);
        failed = true;
      }
    }
    var differing =
        outcomes.stream()
            .filter(Outcome.Differs.class::isInstance)
            .map(Outcome.Differs.class::cast)
            .toList();
    if (fix) {
      for (var differs : differing) {
        Files.writeString(differs.file, differs.formatted);
        System.out.println("formatted " + differs.file);
      }
    } else if (!differing.isEmpty()) {
      System.err.println(
          differing.stream()
              .map(differs -> differs.file.toString())
              .collect(
                  Collectors.joining(
                      ", ", "Not in google-java-format: ", "; run ./lanewise format to mend.")));
      failed = true;
    }
    System.exit(failed ? 1 : 0);
  }

  static Stream<Path> javaFiles(String root) {
    if (!Files.isDirectory(Path.of(root))) {
      return Stream.empty();
    }
    try (var files = Files.walk(Path.of(root))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Outcome format(Path file) {
    try {
      String source = Files.readString(file);
      String formatted = new Formatter().formatSourceAndFixImports(source);
      return formatted.equals(source)
          ? new Outcome.Unchanged()
          : new Outcome.Differs(file, formatted);
    } catch (FormatterException | IOException e) {
      return new Outcome.Unreadable(file, e.getMessage());
    }
  }
}
