package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Bytes that stepping puts on the heap, once everything is compiled: none. Measured in a JVM of its
 * own: among many tests that compete for the compiler, a kernel can stay in a tier that makes its
 * vectors on the heap, for good.
 */
class SteppingAllocationTest {

  @Test
  void aStepAllocatesNothing() throws Exception {
    var java = ProcessHandle.current().info().command().orElseThrow();
    var process =
        new ProcessBuilder(
                java,
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SteppingAllocationTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(answer.lines().toList())
        .as("bytes in 1000 steps: reference, cpu, and each wrapper")
        .hasSize(2 + (int) WrappersTest.wrappers().count())
        .allMatch("0"::equals);
  }

  /** Prints a number of bytes a line. */
  public static void main(String[] args) {
    try (var cpu = Device.cpu(1);
        var reference = Device.reference()) {
      Stream.concat(
              Stream.of(pendulums(reference), pendulums(cpu)),
              WrappersTest.wrappers().map(wrapper -> wrapper.apply(pendulums(cpu))))
          .forEach(env -> System.out.println(steadyBytes(env)));
    }
  }

  private static BatchedEnv pendulums(Device device) {
    return Environments.make("Pendulum-v1", device, 33);
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  private static long steadyBytes(BatchedEnv env) {
    env.reset(0);
    env.action().fill(0.5);
    long asked = 0;
    long giveUp = System.nanoTime() + 20_000_000_000L;
    for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
      asked = bytesOfThousandSteps(env);
      quiet = asked == 0 ? quiet + 1 : 0;
    }
    return asked;
  }

  /** Five of them with new episodes. */
  private static long bytesOfThousandSteps(BatchedEnv env) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int t = 0; t < 1000; t++) {
      env.step();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
