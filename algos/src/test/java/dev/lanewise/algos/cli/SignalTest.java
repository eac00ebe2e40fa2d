package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.algos.TrainedPolicy;
import dev.lanewise.engine.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own is asked to end. */
class SignalTest {
  private static final int SIGTERM = 15;

  @Test
  void askedToEndItWritesACheckpointFirst(@TempDir Path temporary)
      throws IOException, InterruptedException {
    var folder = temporary.resolve("run");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "sac",
                "--env=Pendulum-v1",
                "--steps=1000000",
                "--workers=1",
                "--out=" + folder,
                "--set=net_arch=16,16",
                "--set=eval_freq=50",
                "--set=n_eval_episodes=1",
                "--set=save_freq=1000000")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
      var line = lines.readLine();
      while (line != null && !line.startsWith("step 100 ")) {
        line = lines.readLine();
      }
      process.toHandle().destroy();
      var rest = lines.readAllLines();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
      assertThat(rest)
          .anyMatch(said -> said.startsWith("stopped   at step "))
          .anyMatch(said -> said.endsWith("lanewise train --resume " + folder));
    } finally {
      process.destroyForcibly();
    }
    try (var device = Device.cpu(1);
        var policy = TrainedPolicy.load(folder.resolve("last.safetensors"), device)) {
      assertThat(policy.step()).isGreaterThanOrEqualTo(100);
    }
  }
}
