package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Share;
import dev.lanewise.kernels.View;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sums by warp shuffles, the instruction done in OpenCL C on whatever device there is: what it does
 * itself, only NVIDIA's devices show, when {@link WarpShuffles} tries it.
 */
class WarpShufflesTest {
  private static final Groups GROUPS = new Groups(3, 256);

  private static OpenClBackend backend;

  @BeforeAll
  static void open() {
    backend =
        new OpenClBackend(
            Installed.device("no sum by warp shuffles"), GROUPS, TensorCores.Use.EMULATED);
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
    }
  }

  /** By itself and in a phase, however it is cut. */
  @Test
  void sumsHaveTheDocumentedBits() {
    for (int rows : new int[] {1, 5, 40}) {
      for (int lanes : new int[] {1, 16, 100}) {
        try (var region = backend.open("sums")) {
          float[] numbers = new float[rows * lanes], expected = new float[rows];
          var random = new Random(31L * rows + lanes);
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
          }
          for (int r = 0; r < rows; r++) {
            expected[r] = sum(numbers, r * lanes, lanes);
          }
          long x = region.allocate(numbers.length, "x"), y = region.allocate(rows, "y");
          backend.write(x, numbers, 0, numbers.length);
          View from = View.of(x, rows, lanes, lanes), to = View.of(y, rows, 1, 1);
          var sum = backend.kernels().reduceLanes(Reduction.SUM, from, to);
          sum.run();
          assertThat(read(y, rows)).isEqualTo(expected);
          for (var cut : List.of(Cut.NONE, Cut.ROWS)) {
            backend.kernels().fill(0, to).run();
            // twice, as a phase of one call may be that call
            backend.phase(List.of(new Share(sum, cut, 0), new Share(sum, cut, 0))).run();
            assertThat(read(y, rows))
                .as("%s rows of %s, cut by %s", rows, lanes, cut)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  /** Sixteen sums, then half of them added to the other half until there is one. */
  private static float sum(float[] numbers, int from, int count) {
    var sums = new float[16];
    for (int i = 0; i < count; i++) {
      sums[i % 16] += numbers[from + i];
    }
    for (int apart = 8; apart > 0; apart /= 2) {
      for (int p = 0; p < apart; p++) {
        sums[p] += sums[p + apart];
      }
    }
    return sums[0];
  }

  private static float[] read(long address, int count) {
    var numbers = new float[count];
    backend.read(address, numbers, 0, count);
    return numbers;
  }

  @Test
  void onlyADeviceThatHasShownThemUsesThem() {
    try (var queue = new Queue(OpenClDevices.found(backend.device()))) {
      var cache = new BinaryCache(backend.device());
      String emulated = TensorCores.defines(TensorCores.Use.EMULATED);
      assertThat(WarpShuffles.defines(queue, cache, emulated)).isEqualTo(" -DSHUFFLES");
      var sumsWrongly = emulated + " -Dbarrier(x)=";
      assertThat(WarpShuffles.defines(queue, cache, sumsWrongly)).isEmpty();
      var doesNotBuild = emulated + " -Dfarther=nearer";
      assertThat(WarpShuffles.defines(queue, cache, doesNotBuild + "(")).isEmpty();
      Assumptions.assumeFalse(
          backend.device().platform().equals("NVIDIA CUDA"), "NVIDIA's own driver has them");
      assertThat(WarpShuffles.defines(queue, cache, "")).isEmpty();
    }
  }
}
