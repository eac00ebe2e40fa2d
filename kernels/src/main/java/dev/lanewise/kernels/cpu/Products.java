package dev.lanewise.kernels.cpu;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;

/** Matrix products. */
final class Products {

  private Products() {}

  static Call gemm(Gemm g) {
    if (g.c().isEmpty()) {
      return () -> {};
    }
    return switch (g.form()) {
      case OUTER -> new OuterProduct(g);
      case DOT -> new DotProduct(g);
    };
  }
}
