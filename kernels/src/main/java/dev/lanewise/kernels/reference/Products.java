package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Gemm;

/** Matrix products. */
final class Products {

  private Products() {}

  static void gemm(Gemm gemm) {
    for (int r = 0; r < gemm.c().rows(); r++) {
      for (int i = 0; i < gemm.c().lanes(); i++) {
        double sum = Doubles.get(gemm.initial(), r, i);
        for (int k = 0; k < gemm.a().lanes(); k++) {
          sum += Doubles.get(gemm.a(), r, k) * Doubles.get(gemm.b(), k, i);
        }
        Doubles.set(gemm.c(), r, i, epilogue(gemm, sum, r, i));
      }
    }
  }

  private static double epilogue(Gemm gemm, double x, int r, int i) {
    return switch (gemm.epilogue()) {
      case NONE -> x;
      case RELU -> Math.max(x, 0);
      case RELU_GATE -> Doubles.get(gemm.gate(), r, i) > 0 ? x : 0;
      case TANH_GATE -> x * (1 - square(Doubles.get(gemm.gate(), r, i)));
    };
  }

  private static double square(double x) {
    return x * x;
  }
}
