package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Philox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The same seed and actions give the same bits in every environment, for one worker and for two and
 * at every vector width, each in a JVM of its own: the whole state, looked at every twenty steps.
 */
@Execution(ExecutionMode.CONCURRENT)
class SameBitsTest {
  private static final int STEPS = 220;

  @Test
  void theSameForEveryWidthAndAnyNumberOfWorkers() throws Exception {
    var expected = checksums(128, 1);
    assertThat(expected).hasSize(made().size());
    assertThat(checksums(128, 2)).as("128 bits, 2 workers").isEqualTo(expected);
    assertThat(checksums(256, 2)).as("256 bits, 2 workers").isEqualTo(expected);
    assertThat(checksums(512, 2)).as("512 bits, 2 workers").isEqualTo(expected);
  }

  private static List<String> made() {
    var ids = new ArrayList<String>();
    for (var id : Environments.ids()) {
      if (id.startsWith("EnvironmentsTest")) {
        continue; // registered by another test in the same process
      }
      if (Environments.missing(id).isPresent()) {
        System.out.println(id + " is left out: " + Environments.missing(id).get());
      } else {
        ids.add(id);
      }
    }
    return ids;
  }

  private static List<String> checksums(int bits, int workers)
      throws IOException, InterruptedException {
    var java = ProcessHandle.current().info().command().orElseThrow();
    var process =
        new ProcessBuilder(
                java,
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlanewise.vector.bits=" + bits,
                "-cp",
                System.getProperty("java.class.path"),
                SameBitsTest.class.getName(),
                "" + workers)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return answer.lines().filter(line -> line.startsWith("checksum ")).toList();
  }

  /** Prints a checksum of each environment. */
  public static void main(String[] args) {
    try (var device = Device.cpu(Integer.parseInt(args[0]))) {
      for (var id : made()) {
        System.out.printf("checksum %s %08x%n", id, checksum(id, device));
      }
    }
  }

  /**
   * Of classic control there are as many as two workers share, and some lanes more. MuJoCo computes
   * without our vectors; a few steps show what is around it.
   */
  private static long checksum(String id, Device device) {
    int n = id.endsWith("-v5") || id.startsWith("LunarLander") ? 5 : 2 * 1024 + 13;
    var checksum = new CRC32();
    try (var env = Environments.make(id, device, n)) {
      var space = env.spec().actionSpace();
      var random = new Philox(3, 1);
      env.reset(7);
      int steps = id.endsWith("-v5") ? STEPS / 10 : STEPS;
      for (int t = 0; t < steps; t++) {
        if (t % 20 == 0) {
          env.state().tensors().values().forEach(tensor -> add(checksum, tensor.toArray()));
          for (int i = 0; i < n; i++) {
            env.action().writeRow(i, space.sample(random));
          }
        }
        env.step();
      }
      env.state().tensors().values().forEach(tensor -> add(checksum, tensor.toArray()));
    }
    return checksum.getValue();
  }

  private static void add(CRC32 checksum, float[] values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    checksum.update(bytes);
  }
}
