package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.Share;
import dev.lanewise.kernels.View;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Products by tensor cores, their instructions done in OpenCL C on whatever device there is: what
 * the instructions themselves do, only NVIDIA's devices show, when {@link TensorCores} tries them.
 */
class TensorCoresTest {
  private static final Groups GROUPS = new Groups(3, 256);
  private static final List<Tile> TILES = Tile.candidates(OpenClDevice.Type.GPU, Tile.Shape.LARGE);

  private static OpenClBackend backend;

  @BeforeAll
  static void open() {
    backend =
        new OpenClBackend(
            Installed.device("no product of tensor cores"), GROUPS, TensorCores.Use.EMULATED);
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
    }
  }

  /** A product in a region of its own; A and B may lie transposed. */
  private record Product(
      Region region, float[] a, float[] b, float[] initial, float[] gates, Gemm gemm) {

    static Product of(
        int m, int n, int k, int flips, Epilogue epilogue, DoubleUnaryOperator change) {
      var random = new Random(m + 31L * n + k);
      float[] a = normal(random, m * k, change), b = normal(random, k * n, change);
      float[] initial = normal(random, m * n, x -> x), gates = normal(random, m * n, x -> x);
      var region = backend.open("product");
      View left = matrix(region, m, k, a, (flips & 1) != 0);
      View right = matrix(region, k, n, b, (flips & 2) != 0);
      View c = matrix(region, m, n, initial, false), gate = matrix(region, m, n, gates, false);
      var gemm = new Gemm(left, right, c, c, epilogue, gate, Gemm.Form.OUTER);
      return new Product(region, a, b, initial, gates, gemm);
    }

    private static float[] normal(Random random, int count, DoubleUnaryOperator change) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) change.applyAsDouble(random.nextGaussian());
      }
      return values;
    }

    private static View matrix(Region region, int rows, int lanes, float[] values, boolean flips) {
      float[] lying = values.clone();
      for (int e = 0; e < (flips ? values.length : 0); e++) {
        lying[e % lanes * rows + e / lanes] = values[e];
      }
      long address = region.allocate(Math.max(1, values.length), "a matrix");
      backend.write(address, lying, 0, lying.length);
      return flips
          ? View.of(address, lanes, rows, rows).flipped()
          : View.of(address, rows, lanes, lanes);
    }

    float[] found(Call call) {
      backend.write(gemm.c().address(), initial, 0, initial.length);
      call.run();
      return now();
    }

    float[] now() {
      float[] found = new float[initial.length];
      backend.read(gemm.c().address(), found, 0, found.length);
      return found;
    }

    /** Every element is the sum of exact products, up to so much of that of their sizes. */
    void assertNear(String what, float[] found, double relative) {
      int n = gemm.c().lanes(), depth = gemm.a().lanes();
      for (int e = 0; e < found.length; e++) {
        double sum = initial[e], size = Math.abs(sum);
        for (int k = 0; k < depth; k++) {
          double term = (double) a[e / n * depth + k] * b[k * n + e % n];
          sum += term;
          size += Math.abs(term);
        }
        double square = (double) gates[e] * gates[e];
        double expected =
            switch (gemm.epilogue()) {
              case NONE -> sum;
              case RELU -> Math.max(sum, 0);
              case RELU_GATE -> gates[e] > 0 ? sum : 0;
              case TANH_GATE -> sum * (1 - square);
            };
        double allowed =
            gemm.epilogue() == Epilogue.TANH_GATE
                ? size * (relative * Math.abs(1 - square) + 0x1p-22 * (1 + square))
                : size * relative;
        assertThat((double) found[e])
            .as("%s, %s, (%d, %d)", what, gemm, e / n, e % n)
            .isBetween(expected - allowed, expected + allowed);
      }
    }
  }

  private static final int[][] SIZES = {
    {1, 1, 1},
    {3, 40, 0},
    {7, 33, 17},
    {37, 70, 35},
    {130, 131, 16},
    {20, 6, 50},
    {65, 257, 65},
    {35, 36, 37},
    {16, 8, 8}
  };

  /** Roundings of a sum of up to 65 terms. */
  private static final double FLOAT = 66 * 0x1p-24;

  /** And of both factors to 11 digits. */
  private static final double TF32 = 2 * 0x1p-11 + 0x1p-22 + FLOAT;

  private static void everyProduct(DoubleUnaryOperator change, double relative) {
    for (int i = 0; i < TILES.size(); i++) {
      for (int j = 0; j < SIZES.length; j++) {
        int[] size = SIZES[j];
        var epilogue = Epilogue.values()[(i + j) % 4];
        var product = Product.of(size[0], size[1], size[2], j % 4, epilogue, change);
        try (product.region) {
          var found = product.found(backend.products().gemm(product.gemm, TILES.get(i)));
          product.assertNear(TILES.get(i).toString(), found, relative);
        }
      }
    }
  }

  @Test
  void factorsThatTf32HasAreMultipliedExactly() {
    everyProduct(x -> Math.rint(x * 256) / 256, FLOAT);
  }

  @Test
  void otherFactorsAreRoundedToTenBits() {
    everyProduct(x -> x, TF32);
  }

  /** Of products in float none would be that far away. */
  @Test
  void largeProductsAreRoundedAndSmallOnesAreNot() {
    assertThat(worst(64, 64, 64)).isBetween(8 * FLOAT, TF32);
    for (int[] small : new int[][] {{31, 64, 64}, {64, 31, 64}, {64, 64, 31}}) {
      assertThat(worst(small[0], small[1], small[2])).isLessThan(FLOAT);
    }
  }

  /** The largest error, of the sum of the terms' sizes. */
  private static double worst(int m, int n, int k) {
    var product = Product.of(m, n, k, 0, Epilogue.NONE, x -> x);
    try (product.region) {
      float[] found = product.found(backend.kernels().gemm(product.gemm));
      double worst = 0;
      for (int e = 0; e < found.length; e++) {
        double sum = product.initial[e], size = Math.abs(sum);
        for (int j = 0; j < k; j++) {
          double term = (double) product.a[e / n * k + j] * product.b[j * n + e % n];
          sum += term;
          size += Math.abs(term);
        }
        worst = Math.max(worst, Math.abs(found[e] - sum) / size);
      }
      return worst;
    }
  }

  /** However it is cut, and whatever is computed beside it. */
  @Test
  void aPhaseHasTheSameBits() {
    for (int[] size : new int[][] {{40, 40, 40}, {33, 130, 32}, {150, 35, 70}}) {
      for (var cut : Cut.values()) {
        var one = Product.of(size[0], size[1], size[2], 1, Epilogue.RELU_GATE, x -> x);
        var other = Product.of(size[1], size[0], size[2], 2, Epilogue.NONE, x -> x);
        try (one.region;
            other.region) {
          Call call = backend.kernels().gemm(one.gemm), next = backend.kernels().gemm(other.gemm);
          float[] expected = one.found(call), beside = other.found(next);
          backend.write(other.gemm.c().address(), other.initial, 0, other.initial.length);
          var phase = backend.phase(List.of(new Share(call, cut, 0), new Share(next, cut, 0)));
          assertThat(one.found(phase)).as("%s cut by %s", one.gemm, cut).isEqualTo(expected);
          assertThat(other.now()).as("%s cut by %s", other.gemm, cut).isEqualTo(beside);
        }
      }
    }
  }

  @Test
  void whatIsNoNumberStaysInItsRowAndLane() {
    float[] strange = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    for (float x : strange) {
      var product = Product.of(40, 50, 60, 0, Epilogue.NONE, y -> y);
      try (product.region) {
        backend.set(product.gemm.a().address() + 7 * 60 + 59, x);
        backend.set(product.gemm.b().address() + 3 * 50 + 49, x);
        float[] found = product.found(backend.kernels().gemm(product.gemm));
        for (int e = 0; e < found.length; e++) {
          assertThat(Float.isFinite(found[e]))
              .as("element %s with %s", e, x)
              .isEqualTo(e / 50 != 7 && e % 50 != 49);
        }
        assertThat(Float.compare(found[7 * 50], x * product.b[59 * 50])).isZero();
      }
    }
  }

  /** Tiles whose factors are floats do not pass for tensor cores. */
  @Test
  void aDeviceThatMultipliesOtherwiseIsFoundOut() {
    var tile = Tile.candidates(OpenClDevice.Type.GPU, Tile.Shape.WIDE).getFirst();
    assertThat(TensorCores.wrong(backend.products(), backend.memory(), tile).orElse(""))
        .contains("element (", "where it should be");
    for (var right : TILES) {
      assertThat(TensorCores.wrong(backend.products(), backend.memory(), right)).isEmpty();
    }
  }

  @Test
  void whereTheyAreUsedTheDeviceSaysSo() {
    assertThat(backend.tf32()).isEqualTo("used in large products");
    assertThat(backend.description())
        .isEqualTo(backend.device().description() + ", tf32 in large products");
  }

  /** And computes in float, which the warning says. */
  @Test
  void whereTheyAreAllowedButNotThereTheDeviceSaysWhy() {
    var device = backend.device();
    Assumptions.assumeFalse(
        device.platform().equals("NVIDIA CUDA"), "NVIDIA's own driver may have them");
    try (var allowed = new OpenClBackend(device, GROUPS, TensorCores.Use.ALLOWED);
        var never = new OpenClBackend(device, GROUPS, TensorCores.Use.NEVER)) {
      assertThat(allowed.tf32())
          .isEqualTo("not used: " + device.platform() + " is not NVIDIA's own driver");
      assertThat(allowed.description()).isEqualTo(device.description());
      assertThat(never.tf32()).isEqualTo("not used");
      assertThat(bits(allowed)).isEqualTo(bits(never));
    }
  }

  private static float[] bits(OpenClBackend on) {
    try (var region = on.open("product")) {
      float[] values = new float[64 * 64];
      var random = new Random(1);
      for (int e = 0; e < values.length; e++) {
        values[e] = (float) random.nextGaussian();
      }
      var views = new View[3];
      for (int i = 0; i < views.length; i++) {
        views[i] = View.of(region.allocate(values.length, "a matrix"), 64, 64, 64);
        on.write(views[i].address(), values, 0, values.length);
      }
      View a = views[0], b = views[1], c = views[2];
      on.kernels().gemm(new Gemm(a, b, c, c, Epilogue.NONE, c, Gemm.Form.OUTER)).run();
      on.read(c.address(), values, 0, values.length);
      return values;
    }
  }
}
