package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever embeds algorithms needs none of the command line's libraries, and no desktop. */
class OptionalLibrariesTest {
  private static final Pattern OPTIONAL =
      Pattern.compile("\\b(picocli|org/knowm|me/tongfei|org/jline|java/awt|javax/imageio)/");

  @Test
  void onlyTheCommandLineNamesThem() throws IOException, URISyntaxException {
    var classes =
        Path.of(Training.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var users = new TreeSet<Path>();
    try (var files = Files.walk(classes)) {
      for (var file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        if (!file.endsWith("module-info.class") && names(file)) {
          users.add(classes.relativize(file));
        }
      }
    }
    var commandLine = Path.of("dev/lanewise/algos/cli");
    assertThat(users)
        .contains(commandLine.resolve("Main.class"), commandLine.resolve("Bar.class"))
        .allMatch(user -> user.startsWith(commandLine));
  }

  /** Whether the class has a name of such a library anywhere in its constants. */
  private static boolean names(Path file) throws IOException {
    for (var entry : ClassFile.of().parse(file).constantPool()) {
      if (entry instanceof Utf8Entry text && OPTIONAL.matcher(text.stringValue()).find()) {
        return true;
      }
    }
    return false;
  }
}
