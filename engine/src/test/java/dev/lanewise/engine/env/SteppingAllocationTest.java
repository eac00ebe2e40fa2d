package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Bytes that stepping puts on the heap, once everything is compiled: none. Measured in a JVM of its
 * own: among many tests that compete for the compiler, a kernel can stay in a tier that makes its
 * vectors on the heap, for good.
 */
@Execution(ExecutionMode.CONCURRENT)
class SteppingAllocationTest {
  private static final List<String> IDS =
      List.of(
          "Acrobot-v1", "CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1");

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
        .as("bytes in 1000 steps: on the reference, each environment, and each wrapper")
        .hasSize(2 + IDS.size() + (int) WrappersTest.wrappers().count())
        .allMatch("0"::equals);
  }

  /** Prints a number of bytes a line. */
  public static void main(String[] args) {
    try (var cpu = Device.cpu(1);
        var reference = Device.reference()) {
      Stream.of(
              Stream.of(Environments.make("Pendulum-v1", reference, 33)),
              IDS.stream().map(id -> Environments.make(id, cpu, 33)),
              // Episodes of the same length begin rarely but many at once: in code compiled late.
              Stream.of(Environments.make("MountainCar-v0", cpu, 2000)),
              WrappersTest.wrappers()
                  .map(wrapper -> wrapper.apply(Environments.make("Pendulum-v1", cpu, 33))))
          .flatMap(envs -> envs)
          .forEach(env -> System.out.println(steadyBytes(env)));
    }
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  private static long steadyBytes(BatchedEnv env) {
    env.reset(0);
    env.action().fill(env.spec().actionSpace() instanceof Space.Box ? 0.5 : 1);
    long asked = 0;
    long giveUp = System.nanoTime() + 60_000_000_000L;
    for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
      asked = bytesOfThousandSteps(env);
      quiet = asked == 0 ? quiet + 1 : 0;
    }
    return asked;
  }

  private static long bytesOfThousandSteps(BatchedEnv env) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int t = 0; t < 1000; t++) {
      env.step();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
