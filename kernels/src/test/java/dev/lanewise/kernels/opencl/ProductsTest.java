package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.View;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every tile, those for other devices too, sums in the documented order to the bit. */
class ProductsTest {
  private static OpenClBackend backend;

  @BeforeAll
  static void open() {
    backend = new OpenClBackend(Installed.device("no product of any tile"));
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void everyTileSumsInTheDocumentedOrder() {
    int[][] sizes = {{1, 1, 1}, {3, 40, 0}, {7, 33, 17}, {37, 70, 35}, {130, 131, 16}, {20, 6, 50}};
    for (var tile : tiles()) {
      for (int[] size : sizes) {
        for (int flips = 0; flips < 4; flips++) {
          var epilogue = Epilogue.values()[(flips + size[0]) % Epilogue.values().length];
          product(tile, size[0], size[1], size[2], (flips & 1) != 0, (flips & 2) != 0, epilogue);
        }
      }
    }
  }

  /** More than a kernel is launched for at once. */
  @Test
  void everyTileHasAllOfManyRows() {
    for (var tile : tiles()) {
      product(tile, 70_001, 3, 2, false, false, Epilogue.NONE);
    }
  }

  private static Set<Tile> tiles() {
    var tiles = new LinkedHashSet<Tile>();
    for (var type : OpenClDevice.Type.values()) {
      for (var shape : Tile.Shape.values()) {
        tiles.addAll(Tile.candidates(type, shape));
      }
    }
    tiles.removeAll(Tile.candidates(OpenClDevice.Type.GPU, Tile.Shape.LARGE)); // TensorCoresTest
    return tiles;
  }

  private static void product(
      Tile tile, int m, int n, int k, boolean aFlipped, boolean bFlipped, Epilogue epilogue) {
    float[] a = normal(m * k, 1),
        b = normal(k * n, 2),
        c = normal(m * n, 3),
        gate = normal(m * n, 4);
    float[] expected = c.clone();
    for (int r = 0; r < m; r++) {
      for (int i = 0; i < n; i++) {
        float sum = c[r * n + i];
        for (int j = 0; j < k; j++) {
          sum =
              Math.fma(
                  a[aFlipped ? j * m + r : r * k + j], b[bFlipped ? i * k + j : j * n + i], sum);
        }
        expected[r * n + i] =
            switch (epilogue) {
              case NONE -> sum;
              case RELU -> Math.max(sum, 0);
              case RELU_GATE -> gate[r * n + i] > 0 ? sum : 0;
              case TANH_GATE -> sum * (1 - gate[r * n + i] * gate[r * n + i]);
            };
      }
    }
    try (var region = backend.open("product")) {
      View left =
          aFlipped
              ? matrix(region.allocate(m * k, "a"), k, m, a).flipped()
              : matrix(region.allocate(m * k, "a"), m, k, a);
      View right =
          bFlipped
              ? matrix(region.allocate(k * n, "b"), n, k, b).flipped()
              : matrix(region.allocate(k * n, "b"), k, n, b);
      View to = matrix(region.allocate(m * n, "c"), m, n, c);
      View shut = matrix(region.allocate(m * n, "gate"), m, n, gate);
      backend
          .products()
          .gemm(new Gemm(left, right, to, to, epilogue, shut, Gemm.Form.OUTER), tile)
          .run();
      float[] found = new float[m * n];
      backend.read(to.address(), found, 0, m * n);
      assertThat(found)
          .as(
              "%s of (%d, %d%s) and (%d, %d%s), %s",
              tile, m, k, aFlipped ? "'" : "", k, n, bFlipped ? "'" : "", epilogue)
          .isEqualTo(expected);
    }
  }

  private static View matrix(long address, int rows, int lanes, float[] values) {
    backend.write(address, values, 0, values.length);
    return View.of(address, rows, lanes, lanes);
  }

  private static float[] normal(int count, long seed) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
