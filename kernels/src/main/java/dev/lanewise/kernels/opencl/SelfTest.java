package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import dev.lanewise.kernels.reference.ReferenceBackend;

/**
 * A device computes a few numbers before anyone relies on it: drivers have been wrong about fused
 * multiply-adds, quotients and small numbers.
 */
final class SelfTest {
  private static final int ROWS = 5, LANES = 37;
  private static final float TINY = 1e-40f;

  /** A kernel of two inputs, bound to some backend's memory. */
  private interface Sample {
    Call bind(Kernels kernels, View a, View b, View y);
  }

  private final Backend device;
  private final Backend reference = new ReferenceBackend();
  private final float[] a = new float[ROWS * LANES];
  private final float[] b = new float[ROWS * LANES];

  private SelfTest(Backend device) {
    this.device = device;
    for (int i = 0; i < a.length; i++) {
      a[i] = (i * 37 % 101 - 50) / 7f;
      b[i] = i % 11 == 0 ? TINY : (i * 53 % 97 + 1) / 13f;
    }
  }

  /**
   * @throws OpenClException naming the first kernel that is wrong
   */
  static void run(OpenClBackend device) {
    var test = new SelfTest(device);
    test.compare("multiply", 0, (k, a, b, y) -> k.zip(Binary.MULTIPLY, a, b, y));
    test.compare("divide", 0, (k, a, b, y) -> k.zip(Binary.DIVIDE, a, b, y));
    test.compare("sqrt", 0, (k, a, b, y) -> k.map(Unary.SQRT, b, y));
    test.compare("exp", 2, (k, a, b, y) -> k.map(Unary.EXP, a, y));
    test.compare("log", 2, (k, a, b, y) -> k.map(Unary.LOG, b, y));
    test.compare("sin", 2, (k, a, b, y) -> k.map(Unary.SIN, a, y));
    test.compare("reduceLanes", 64, (k, a, b, y) -> sums(k, b, y));
    test.compare("uniform", 0, (k, a, b, y) -> k.uniform(draw(), y));
    test.compare("gemm", 64, (k, a, b, y) -> product(k, b, y));
  }

  private static Call sums(Kernels kernels, View x, View y) {
    return kernels.reduceLanes(Reduction.SUM, x, y.lanes(0, 1));
  }

  private static Draw draw() {
    return new Draw(new Philox(0x0123456789ABCDEFL, 7), 3, LANES, 0, 0);
  }

  /** Of positive numbers alone, so that nothing cancels. */
  private static Call product(Kernels kernels, View x, View y) {
    var c = y.lanes(0, ROWS);
    var zero = x.rows(0, 1).lanes(0, 1).broadcast(ROWS, ROWS);
    return kernels.gemm(new Gemm(x, x.flipped(), zero, c, Gemm.Epilogue.NONE, c, Gemm.Form.OUTER));
  }

  private void compare(String kernel, double ulps, Sample sample) {
    float[] found = result(device, sample), expected = result(reference, sample);
    for (int i = 0; i < found.length; i++) {
      double allowed = ulps * Math.ulp(Math.max(Float.MIN_NORMAL, Math.abs(expected[i])));
      boolean same = Float.compare(found[i] + 0f, expected[i] + 0f) == 0;
      if (!same && !(Math.abs((double) found[i] - expected[i]) <= allowed)) {
        throw new OpenClException(
            "%s computes %s wrongly: %s where it should be %s; update its driver or choose another device"
                .formatted(device.description(), kernel, found[i], expected[i]));
      }
    }
  }

  private float[] result(Backend backend, Sample sample) {
    try (var region = backend.open("self-test")) {
      View left = matrix(backend, region.allocate(a.length, "a"), a);
      View right = matrix(backend, region.allocate(b.length, "b"), b);
      View y = matrix(backend, region.allocate(a.length, "y"), new float[a.length]);
      sample.bind(backend.kernels(), left, right, y).run();
      float[] result = new float[a.length];
      backend.read(y.address(), result, 0, result.length);
      return result;
    }
  }

  private static View matrix(Backend backend, long address, float[] values) {
    backend.write(address, values, 0, values.length);
    return View.of(address, ROWS, LANES, LANES);
  }
}
