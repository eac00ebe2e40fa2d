package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says can be compiled and run, can. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  @Test
  void theEmbeddingExampleCompilesRunsAndLearns(@TempDir Path folder) throws Exception {
    Snippets.compile(README, folder);
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      var main = loader.loadClass("Thermostat").getMethod("train", int.class);
      var error = (Double) main.invoke(null, 1000);
      assertThat(error).as("mean distance from the set point at the end").isLessThan(0.5);
    }
  }

  @Test
  void theFilesToReadExist() throws Exception {
    var links = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(read());
    var paths = links.results().map(m -> README.resolveSibling(m.group(1))).toList();
    assertThat(paths).hasSizeGreaterThan(6).allMatch(Files::exists);
    assertThat(List.of("lanewise", "LICENSE")).allMatch(f -> Files.exists(Path.of("..", f)));
  }

  private static String read() throws Exception {
    return Files.readString(README);
  }
}
