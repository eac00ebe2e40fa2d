package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.Space;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Bytes that an update puts on the heap, once everything is compiled: none. In a JVM of its own,
 * where nothing else waits for the compiler; all algorithms in the same one, for what ran before
 * must not matter.
 */
@Execution(ExecutionMode.CONCURRENT)
class UpdateAllocationTest {
  private static final int ROUND = 100;

  @Test
  void anUpdateAllocatesNothing() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                UpdateAllocationTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readAllLines())
          .containsExactlyElementsOf(
              AlgorithmContractTest.cases().stream().map(c -> c + ": 0 bytes").toList());
    }
    assertThat(process.waitFor()).isZero();
  }

  /** Says how many bytes updates of each case allocate in the steady state. */
  public static void main(String[] args) {
    for (var c : AlgorithmContractTest.cases()) {
      try (var device = Device.cpu(1)) {
        System.out.println(c + ": " + allocated(update(c, device)) + " bytes");
      }
    }
  }

  private static Runnable update(AlgorithmContractTest.Case c, Device device) {
    var random = RandomStream.of(1);
    if (c.algorithm().equals("ppo")) {
      var memory = new RolloutMemory(device, c.env(), 32, 4);
      return new Ppo(Ppo.Config.of(c.settings()), c.env(), memory, random).update()::run;
    }
    var memory = new ReplayMemory(device, c.env(), ReplayMemory.Config.of(c.settings()));
    int obs = c.env().observationSpace().size();
    for (int i = 0; i < 1000; i++) {
      memory.add(new float[obs], new float[1], i % 7, new float[obs], i % 9 == 0, false);
    }
    var agent =
        switch (c.algorithm()) {
          case "ddpg" -> new Ddpg(Ddpg.Config.of(c.settings()), c.env(), memory, random);
          case "td3" -> new Td3(Td3.Config.of(c.settings()), c.env(), memory, random);
          default ->
              c.env().actionSpace() instanceof Space.Discrete
                  ? new DiscreteSac(Sac.Config.of(c.settings()), c.env(), memory, random)
                  : new Sac(Sac.Config.of(c.settings()), c.env(), memory, random);
        };
    long[] n = {0};
    return () -> agent.update(++n[0]);
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  private static long allocated(Runnable update) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0, giveUp = System.nanoTime() + 60_000_000_000L;
    for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUND; i++) {
        update.run();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      quiet = bytes == 0 ? quiet + 1 : 0;
    }
    return bytes;
  }
}
