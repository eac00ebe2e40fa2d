package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of their own, in which there is no MuJoCo. */
class WithoutMujocoTest {
  private static final String INSTALL =
      "there is no MuJoCo library at /nonexistent/libmujoco.so; install it with 'apt-get install"
          + " libmujoco2.2.2' or 'pip install mujoco', or name the library with"
          + " -Dlanewise.mujoco=PATH";

  @TempDir private Path folder;

  private Answer lanewise(String... args) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlanewise.mujoco=/nonexistent/libmujoco.so",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    var out = folder.resolve("out").toFile();
    var err = folder.resolve("err").toFile();
    int code = new ProcessBuilder(command).redirectOutput(out).redirectError(err).start().waitFor();
    var said =
        Files.readString(err.toPath(), StandardCharsets.UTF_8)
            .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    return new Answer(code, Files.readString(out.toPath(), StandardCharsets.UTF_8), said);
  }

  /** Only here are the environments the built-in ones: all of them have a picture. */
  @Test
  void theListSaysHowToInstallItAndNothingElseIsMissing() throws Exception {
    var lines = lanewise("envs").assertDone().out().lines().toList();
    var ids = lines.stream().filter(line -> !line.startsWith(" ")).toList();
    assertThat(ids).hasSize(18).allSatisfy(id -> assertThat(Pictures.of(id).width()).isPositive());
    var unavailable = lines.stream().filter(line -> line.contains("unavailable")).toList();
    assertThat(unavailable).hasSize(11).containsOnly("  unavailable  " + INSTALL);
    assertThat(lines.get(lines.indexOf("HalfCheetah-v5") + 6)).contains("unavailable");
  }

  @Test
  void trainingIsOneSentenceAndLeavesNothingBehind() throws Exception {
    var run = folder.resolve("run");
    lanewise("train", "sac", "--env", "HalfCheetah-v5", "--out", run.toString())
        .assertOneSentence(1, INSTALL);
    assertThat(run).doesNotExist();
    for (var command : List.of("watch --random --env", "check-env", "benchmark --env")) {
      var args = new ArrayList<>(List.of(command.split(" ")));
      args.add("Ant-v5");
      var answer = lanewise(args.toArray(String[]::new));
      assertThat(answer.err()).as(command).isEqualTo("lanewise: " + INSTALL + "\n");
      assertThat(answer.code()).isEqualTo(1);
    }
  }
}
