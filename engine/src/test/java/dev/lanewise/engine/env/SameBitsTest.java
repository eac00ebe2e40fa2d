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

/**
 * The same seed and actions give the same bits in every environment, for one worker and for two and
 * at every vector width, each in a JVM of its own.
 */
class SameBitsTest {
  private static final int STEPS = 220;

  @Test
  void theSameForEveryWidthAndAnyNumberOfWorkers() throws Exception {
    List<String> expected = List.of();
    for (int bits : new int[] {128, 256, 512}) {
      for (int workers : new int[] {1, 2}) {
        var checksums = checksums(bits, workers);
        if (expected.isEmpty()) {
          expected = checksums;
          assertThat(expected).hasSize(made().size());
        }
        assertThat(checksums).as("%d bits, %d workers", bits, workers).isEqualTo(expected);
      }
    }
  }

  private static List<String> made() {
    var ids = new ArrayList<String>();
    for (var id : Environments.ids()) {
      if (id.startsWith("EnvironmentsTest")) {
        continue; // a registration of another test in the same process
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

  /** Of classic control there are as many as two workers share, and some lanes more. */
  private static long checksum(String id, Device device) {
    int n = id.endsWith("-v5") || id.startsWith("LunarLander") ? 5 : 2 * 1024 + 13;
    var checksum = new CRC32();
    try (var env = Environments.make(id, device, n)) {
      var space = env.spec().actionSpace();
      var random = new Philox(3, 1);
      env.reset(7);
      add(checksum, env.observation().toArray());
      for (int t = 0; t < STEPS; t++) {
        for (int i = 0; i < n; i++) {
          env.action().writeRow(i, space.sample(random));
        }
        env.step();
        add(checksum, env.observation().toArray());
        add(checksum, env.finalObservation().toArray());
        add(checksum, env.reward().toArray());
        add(checksum, env.terminated().toArray());
        add(checksum, env.truncated().toArray());
      }
    }
    return checksum.getValue();
  }

  private static void add(CRC32 checksum, float[] values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    checksum.update(bytes);
  }
}
