package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.algos.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What engine/docs/your-own-environment.md says can be compiled and run, can. */
class OwnEnvironmentPageTest {
  private static final Path PAGE = Path.of("..", "engine", "docs", "your-own-environment.md");

  @TempDir private Path folder;

  @BeforeEach
  void compile() throws Exception {
    Snippets.compile(PAGE, folder);
  }

  private String lanewise(String... args) {
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(Main.run(List.of(args), stream, stream)).as(out.toString()).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private Object call(String type, String method, Class<?>[] types, Object... arguments)
      throws Exception {
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      var found = loader.loadClass(type).getDeclaredMethod(method, types);
      found.setAccessible(true);
      return found.invoke(null, arguments);
    }
  }

  @Test
  void theEnvironmentIsSoundInTheWordsOfThePage() throws Exception {
    var answer = lanewise("check-env", "Docking", "--class-path", folder.toString());
    assertThat(Files.readString(PAGE)).contains("```\n" + answer.strip() + "\n```");
  }

  @Test
  void theMaskedEnvironmentIsSoundToo() {
    assertThat(lanewise("check-env", "Nim", "--class-path", folder.toString()))
        .startsWith("fine      Nim: no violation in ");
  }

  @Test
  void theRecordingConforms() throws Exception {
    var table = Pattern.compile("```\\n(state0.*?)```", Pattern.DOTALL);
    var match = table.matcher(Files.readString(PAGE));
    assertThat(match.find()).isTrue();
    var file = Files.writeString(folder.resolve("recorded.csv"), match.group(1));
    lanewise(
        "conform --env Docking --tolerance 1e-6 --class-path %s --transitions %s"
            .formatted(folder, file)
            .split(" "));
  }

  /** Without thrust the mean return is -136, as simulated over 20,000 episodes. */
  @Test
  void itIsLearned() throws Exception {
    var types = new Class<?>[] {Path.class, int.class};
    var mean = (Double) call("TrainDocking", "train", types, folder.resolve("run"), 5000);
    assertThat(mean).isBetween(-20.0, -1.0);
    assertThat(folder.resolve("run")).isDirectoryContaining("glob:**best.safetensors");
  }

  @Test
  void itIsWrapped() throws Exception {
    var largest = (Double) call("WrappedDocking", "largest", new Class<?>[] {int.class}, 100);
    assertThat(largest).isBetween(1.0, 10.0);
  }
}
