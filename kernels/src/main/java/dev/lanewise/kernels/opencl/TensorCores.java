package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.View;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * NVIDIA's tensor cores multiply factors that are rounded to tf32, which keeps 10 bits of a float's
 * 23, and sum in float. Results change by that, so they are used only where the user allows it, for
 * products that are worth it, and where the device has shown that it can.
 */
final class TensorCores {
  /** {@code -Dlanewise.opencl.tf32=true} allows them. */
  private static final String PROPERTY = "lanewise.opencl.tf32";

  /** The one platform that takes PTX in OpenCL C; LLVM of another may end the process. */
  static final String NVIDIA = "NVIDIA CUDA";

  /** As it is written: PoCL's optimizer dies of barriers in loops of a phase. */
  private static final String EMULATION = " -DEMULATED -cl-opt-disable";

  /** Rows, lanes and steps that a product has at least. */
  private static final int LARGE = 32;

  /** Of the product to try them on: no multiples of a tile's. */
  private static final int M = 83, N = 75, K = 37;

  /**
   * Numbers, and what tf32 has of them: less than half of the last bit is dropped, half goes away
   * from zero. All sums of their products are exact.
   */
  private static final float[] LEFT = {0, 1 + 0x1p-11f, -2, 3 + 0x1p-11f, -1 - 0x1p-11f, 5},
      LEFT_TF32 = {0, 1 + 0x1p-10f, -2, 3, -1 - 0x1p-10f, 5},
      RIGHT = {1, -4 - 0x1p-10f, 0, 6 + 0x1p-10f, 5 - 0x1p-9f, -3 + 0x1p-12f, 2},
      RIGHT_TF32 = {1, -4, 0, 6, 5, -3, 2};

  enum Use {
    NEVER,
    ALLOWED,
    /** by plain OpenCL C that does what the instructions are documented to do: for tests */
    EMULATED
  }

  private TensorCores() {}

  static Use asked() {
    return Boolean.getBoolean(PROPERTY) ? Use.ALLOWED : Use.NEVER;
  }

  /** What all programs are built with. */
  static String defines(Use use) {
    return use == Use.EMULATED ? EMULATION : "";
  }

  /** Whether they have a product, where they are used: a matter of its shape alone. */
  static boolean have(Gemm gemm) {
    return gemm.form() == Gemm.Form.OUTER
        && gemm.c().rows() >= LARGE
        && gemm.c().lanes() >= LARGE
        && gemm.a().lanes() >= LARGE;
  }

  /** One sentence: whether a device uses them, and if not, why. Opens it where they are allowed. */
  static String state(OpenClDevice device) {
    if (asked() == Use.NEVER) {
      return "not used; -D%s=true allows it for large products".formatted(PROPERTY);
    }
    try (var backend = new OpenClBackend(device)) {
      return backend.tf32();
    } catch (OpenClException e) {
      return "not used: " + e.getMessage();
    }
  }

  /**
   * Why a device cannot multiply by them; nothing where it can, which is found out once: with each
   * tile it computes a product whose numbers are known, and only that all were right is kept.
   */
  static Optional<String> missing(
      Use use, OpenClDevice device, Products products, OpenClMemory memory, BinaryCache cache) {
    if (use == Use.ALLOWED && !device.platform().equals(NVIDIA)) {
      return Optional.of("%s is not NVIDIA's own driver".formatted(device.platform()));
    }
    var tiles = Tile.candidates(device.type(), Tile.Shape.LARGE);
    if (!tiles.stream().allMatch(tile -> tile.fits(device))) {
      return Optional.of("its work-groups are too small");
    }
    String name = "tf32", source = Programs.text("products"), options = tiles + defines(use);
    if (cache.load(name, source, options) != null) {
      return Optional.empty();
    }
    try {
      for (var tile : tiles) {
        var wrong = wrong(products, memory, tile);
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    } catch (OpenClException e) { // does not build, or is refused
      return Optional.of(e.getMessage().lines().limit(3).collect(Collectors.joining(" ")));
    }
    cache.save(name, source, options, () -> "works".getBytes(StandardCharsets.UTF_8));
    return Optional.empty();
  }

  /** What is wrong with a product, if anything. */
  static Optional<String> wrong(Products products, OpenClMemory memory, Tile tile) {
    float[] expected = new float[M * N], found = new float[M * N];
    float[] left = new float[M * K], right = new float[K * N];
    for (int k = 0; k < K; k++) {
      for (int r = 0; r < M; r++) {
        left[r * K + k] = LEFT[of(r, k, LEFT.length)];
      }
      for (int i = 0; i < N; i++) {
        right[k * N + i] = RIGHT[of(k, i, RIGHT.length)];
      }
      for (int e = 0; e < M * N; e++) {
        expected[e] +=
            LEFT_TF32[of(e / N, k, LEFT.length)] * RIGHT_TF32[of(k, e % N, RIGHT.length)];
      }
    }
    try (var region = new Region("a product to try tf32 on", Float.BYTES, memory)) {
      View a = matrix(region, memory, M, K, left), b = matrix(region, memory, K, N, right);
      View c = matrix(region, memory, M, N, found);
      products.gemm(new Gemm(a, b, c, c, Gemm.Epilogue.NONE, c, Gemm.Form.OUTER), tile).run();
      memory.read(c.address(), found, 0, found.length);
    }
    for (int e = 0; e < found.length; e++) {
      if (found[e] != expected[e]) {
        return Optional.of(
            "with %s, element (%d, %d) of a product is %s where it should be %s"
                .formatted(tile, e / N, e % N, found[e], expected[e]));
      }
    }
    return Optional.empty();
  }

  /** Another number for each row and each lane, without a pattern that a tile's would fit. */
  private static int of(int r, int i, int count) {
    return (r * 31 + i * 17 + r * i) % count;
  }

  private static View matrix(
      Region region, OpenClMemory memory, int rows, int lanes, float[] values) {
    var matrix = View.of(region.allocate(values.length, "a matrix"), rows, lanes, lanes);
    memory.write(matrix.address(), values, 0, values.length);
    return matrix;
  }
}
