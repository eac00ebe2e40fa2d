package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Gemm;
import java.util.List;

/** Matrix products by tiles. */
final class Products {
  private final OpenClKernels kernels;
  private final Groups groups;

  Products(OpenClKernels kernels, Groups groups) {
    this.kernels = kernels;
    this.groups = groups;
  }

  Call gemm(Gemm gemm, Tile tile) {
    var product = product(gemm, tile);
    var call = tile.over(product, gemm.c().rows(), gemm.c().lanes());
    return tile.kind() == Tile.Kind.DOT || groups.items() == 1
        ? Fusible.of(call, piece(gemm, product))
        : new Fusible(call, cut -> List.of(ofGroup(gemm, tile, cut)));
  }

  /** By a group of many work-items, which has no more than its part of C. */
  private Piece ofGroup(Gemm gemm, Tile whole, Cut cut) {
    var tile = whole.ofGroup(groups, gemm.c().rows(), gemm.c().lanes(), cut);
    return piece(gemm, product(gemm, tile));
  }

  private static Piece piece(Gemm gemm, KernelCall.Binding product) {
    return new Piece(product, gemm.c().rows(), gemm.c().lanes());
  }

  private KernelCall.Binding product(Gemm gemm, Tile tile) {
    return kernels
        .product(tile)
        .views(gemm.a(), gemm.b(), gemm.initial(), gemm.c(), gemm.gate())
        .number(gemm.epilogue().ordinal())
        .number(gemm.c().rows())
        .number(gemm.c().lanes())
        .number(gemm.a().lanes());
  }
}
