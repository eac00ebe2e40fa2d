package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.algos.Checkpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole benchmarks; their runs are processes of their own. */
class BenchmarkCommandTest {
  private static final int SIGTERM = 15;

  @TempDir private Path temporary;

  private static Answer lanewise(List<String> args) {
    return Answer.to(args.toArray(String[]::new));
  }

  private static List<String> benchmark(Path folder, String steps, String... more) {
    var args = new ArrayList<>(List.of("benchmark", "--env=Pendulum-v1", "--out=" + folder));
    args.addAll(List.of("--steps=" + steps, "--episodes=3", "--set=net_arch=16,16"));
    args.addAll(List.of("--set=eval_freq=100", "--set=n_eval_episodes=2"));
    args.addAll(List.of(more));
    return args;
  }

  /** What the runs came to, without the times. */
  private static List<String> scores(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("results.csv")).stream()
        .map(line -> String.join(",", List.of(line.split(",")).subList(0, 10)))
        .toList();
  }

  @Test
  void anInterruptedOneGoesOnToTheSameResults() throws IOException, InterruptedException {
    var folder = temporary.resolve("interrupted");
    var args = benchmark(folder, "3000", "--algo=sac", "--seeds=2", "--jobs=1");
    args.add("--set=sde_sample_freq=4");
    interrupt(folder, args);

    var resumed = lanewise(args);
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.code()).isZero();
    assertThat(resumed.out())
        .contains("runs      2, 1 of them finished, 1 at a time")
        .contains("sac on Pendulum-v1: sde_sample_freq=4 has no effect with use_sde=false");
    assertThat(resumed.out()).contains("done      sac-Pendulum-v1-2; 2 of 2 runs, 100 %");

    assertThat(Files.readString(folder.resolve("RESULTS.md")))
        .contains("This command went on with 2 runs that were begun before;");

    var other = temporary.resolve("other");
    lanewise(benchmark(other, "3000", "--algo=sac", "--seeds=2,"));
    assertThat(Files.readString(other.resolve("RESULTS.md"))).doesNotContain("begun before");
    assertThat(scores(folder)).hasSize(3);
    assertThat(scores(folder).get(2)).isEqualTo(scores(other).get(1));

    var last = folder.resolve("sac-Pendulum-v1-1").resolve("last.safetensors");
    var before = Files.getLastModifiedTime(last);
    var again = lanewise(args);
    assertThat(again.out()).contains("2 of them finished").doesNotContain("done  ");
    assertThat(Files.getLastModifiedTime(last)).isEqualTo(before);

    var same = new ArrayList<>(args);
    same.add("--set=gamma=99e-2");
    assertThat(lanewise(same).out()).contains("2 of them finished");

    var changed = new ArrayList<>(args);
    changed.add("--set=gamma=0.5");
    assertThat(lanewise(changed).err())
        .isEqualTo(
            "lanewise: %s was begun with gamma=0.99, not 0.5; choose another folder with --out%n"
                .formatted(last.getParent()));
  }

  /** Asks it to end in the midst of the second run. */
  private static void interrupt(Path folder, List<String> args)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(args);
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var second = folder.resolve("sac-Pendulum-v1-2");
    try (var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
      var metrics = second.resolve("metrics.csv");
      while (process.isAlive()
          && !(Files.exists(metrics) && Files.readAllLines(metrics).size() > 2)) {
        Thread.sleep(5);
      }
      process.toHandle().destroy();
      var said = lines.readAllLines();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
      assertThat(said)
          .contains("stopped   1 of 2 runs are finished", "next      the same command goes on")
          .noneMatch(line -> line.startsWith("failed"));
    } finally {
      process.destroyForcibly();
    }
    assertThat(Checkpoint.head(second.resolve("last.safetensors")).step()).isBetween(100L, 2999L);
    assertThat(folder.resolve("RESULTS.md")).doesNotExist();
  }

  @Test
  void twoAlgorithmsAndOneThatDoesNotFit() throws IOException {
    var folder = temporary.resolve("two");
    var args =
        benchmark(
            folder,
            "400",
            "--env=Pendulum-v1,CartPole-v1",
            "--algo=ppo,td3",
            "--seeds=2",
            "--set=batch_size=32");
    args.remove("--env=Pendulum-v1");
    var answer = lanewise(args);
    assertThat(answer.err()).isEmpty();
    assertThat(answer.code()).isZero();
    assertThat(answer.out()).contains("left out  td3 on CartPole-v1: td3 does not fit");
    var page = Files.readString(folder.resolve("RESULTS.md"));
    assertThat(page.lines().filter(line -> line.startsWith("| ")))
        .hasSize(5)
        .anyMatch(line -> line.startsWith("| Pendulum-v1 | td3 "))
        .anyMatch(line -> line.startsWith("| CartPole-v1 | ppo "));
    assertThat(page)
        .contains(
            "./lanewise " + String.join(" ", args),
            "over 3 episodes",
            "50000 resamples",
            "](Pendulum-v1.png)",
            "](CartPole-v1.png)",
            Runtime.getRuntime().availableProcessors() + " cores",
            "- Java: " + Runtime.version(),
            "- Lanewise: ",
            "- td3 on Pendulum-v1: gamma=0.98 buffer_size=200000 learning_starts=1000; given")
        .doesNotContain("Not finished");
    assertThat(scores(folder)).hasSize(7);
    var picture = ImageIO.read(folder.resolve("Pendulum-v1.png").toFile());
    assertThat(picture.getWidth()).isGreaterThan(500);
  }

  @Test
  void aPresetByNameReachesTheRuns() throws IOException {
    var folder = temporary.resolve("paper");
    var args =
        benchmark(
            folder, "150", "--algo=td3,ppo", "--seeds=1", "--preset=fujimoto2018", "--set=tau=0.5");
    var answer = lanewise(args);
    assertThat(answer.err()).isEmpty();
    assertThat(answer.code()).isZero();
    assertThat(answer.out())
        .contains("left out  ppo on Pendulum-v1: unknown preset of ppo 'fujimoto2018'");
    assertThat(folder.resolve("td3-Pendulum-v1-1/config.json"))
        .content()
        .contains("\"batch_size\": 100,", "\"gamma\": 0.99,", "\"tau\": 0.5,");
    assertThat(lanewise(args).out()).contains("1 of them finished");
  }

  @Test
  void oneThatFailsIsNamedAndTakesNoOtherAlong() throws IOException {
    var folder = temporary.resolve("failing");
    var busy = Files.createDirectories(folder.resolve("sac-Pendulum-v1-1"));
    var args = benchmark(folder, "100", "--algo=sac", "--seeds=2");
    try (var channel =
            FileChannel.open(
                busy.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      var answer = lanewise(args);
      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.out())
          .contains("failed    sac-Pendulum-v1-1: another process is working in " + busy);
      assertThat(answer.err())
          .isEqualTo(
              "lanewise: 1 of 2 runs failed: sac-Pendulum-v1-1;"
                  + " the same command tries them again%n".formatted());
    }
    assertThat(folder.resolve("RESULTS.md"))
        .content()
        .contains("Not finished, and in no number: sac-Pendulum-v1-1.");
    assertThat(scores(folder)).hasSize(2).last().asString().startsWith("sac,Pendulum-v1,2,");
  }

  @Test
  void aFolderThatCannotBeMade() throws IOException {
    var file = Files.writeString(temporary.resolve("file"), "precious");
    var below = file.resolve("results");
    var answer = lanewise(benchmark(below, "100", "--algo=sac"));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.err())
        .hasLineCount(1)
        .startsWith("lanewise: cannot make the folder " + below);
    assertThat(file).hasContent("precious");
  }
}
