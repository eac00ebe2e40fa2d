package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Set;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A call allocates nothing, whatever sizes a process has seen before. What few calls come by, the
 * compiler thinks rare and does not inline, and a vector that is handed to a method that is not
 * inlined lies on the heap from then on: so every kernel is called with one size thousands of times
 * and now and then with another, and that other is measured. In processes of their own, with code
 * compiled for nothing else.
 */
@Execution(ExecutionMode.CONCURRENT)
class AllocationTest {
  private static final int ROUND = 1000;

  @ParameterizedTest
  @CsvSource({"1, 81", "80, 5", "5, 80"})
  void aCallAllocatesNothing(int usual, int rare) throws IOException, InterruptedException {
    var allocating = allocating(usual, rare);
    if (!allocating.isEmpty()) {
      // kernels that are not generated rely on the profiles of the JDK's own methods, which one
      // launch in some twenty spoils for one of them (docs/compilers.md); never the same one twice
      allocating.retainAll(allocating(usual, rare));
    }
    assertThat(allocating).isEmpty();
  }

  /** The kernels that allocate in a launch. */
  private static Set<String> allocating(int usual, int rare)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AllocationTest.class.getName(),
                "" + usual,
                "" + rare)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var bytes = new LinkedHashMap<String, String>();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().map(line -> line.split(": ")).forEach(line -> bytes.put(line[0], line[1]));
    }
    assertThat(process.waitFor()).isZero();
    assertThat(bytes.keySet()).containsExactlyElementsOf(EveryKernel.byName().keySet());
    bytes.values().removeIf("0 bytes"::equals);
    bytes.forEach((kernel, count) -> System.out.println(kernel + " allocates " + count));
    return bytes.keySet();
  }

  /** Prints for each kernel how many bytes a call of the rare size allocates in the end. */
  public static void main(String[] args) {
    int usual = Integer.parseInt(args[0]), rare = Integer.parseInt(args[1]);
    EveryKernel.byName()
        .forEach(
            (name, bind) ->
                System.out.println(
                    name + ": " + allocated(bind.apply(usual), bind.apply(rare)) + " bytes"));
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  private static long allocated(Call usual, Call rare) {
    for (int i = 0; i < 40 * ROUND; i++) {
      (i % (2 * ROUND) == 0 ? rare : usual).run();
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0, giveUp = System.nanoTime() + 10_000_000_000L;
    for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUND; i++) {
        rare.run();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      quiet = bytes == 0 ? quiet + 1 : 0;
    }
    return bytes / ROUND;
  }
}
