package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;

/** Which kernel computes a matrix product. */
final class Products {
  private final OpenClKernels kernels;

  Products(OpenClKernels kernels) {
    this.kernels = kernels;
  }

  Call gemm(Gemm gemm) {
    int m = gemm.c().rows(), n = gemm.c().lanes();
    return kernels
        .bind("products", gemm.form() == Gemm.Form.OUTER ? "outer" : "dotProducts")
        .views(gemm.a(), gemm.b(), gemm.initial(), gemm.c(), gemm.gate())
        .number(gemm.epilogue().ordinal())
        .number(m)
        .number(n)
        .number(gemm.a().lanes())
        .over(n, m);
  }
}
