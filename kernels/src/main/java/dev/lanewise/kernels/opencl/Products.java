package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.View;
import org.jocl.cl_mem;

/** Matrix products by tiles. */
final class Products {
  private final OpenClKernels kernels;
  private final OpenClMemory memory;

  Products(OpenClKernels kernels, OpenClMemory memory) {
    this.kernels = kernels;
    this.memory = memory;
  }

  Call gemm(Gemm gemm, Tile tile) {
    int lanes = Math.max(gemm.c().lanes(), tile.lanes()), k = gemm.a().lanes();
    View b = gemm.b();
    boolean inOrder = b.laneStride() == 1 && b.lanes() == lanes;
    if (tile.kind() != Tile.Kind.REGISTER_TILE || inOrder || k == 0) {
      return product(gemm, tile, lanes, kernels.product(tile).view(gemm.a()).view(b));
    }
    // B once more, its rows in order and filled up to a whole tile
    var packed = memory.scratch((long) k * lanes * Float.BYTES, "a product's second factor");
    var pack =
        kernels
            .bind("elementwise", "map_COPY")
            .view(b)
            .matrix(packed, lanes)
            .owning(packed)
            .number(k)
            .number(b.lanes())
            .overTiles(b.lanes(), k);
    return Call.inOrder(pack, product(gemm, tile, lanes, ofPacked(gemm, tile, packed, lanes)));
  }

  private KernelCall.Binding ofPacked(Gemm gemm, Tile tile, cl_mem packed, int lanes) {
    return kernels.product(tile).view(gemm.a()).matrix(packed, lanes).sharing(packed);
  }

  private static Call product(Gemm gemm, Tile tile, int lanes, KernelCall.Binding factors) {
    int m = gemm.c().rows(), n = gemm.c().lanes();
    factors
        .views(gemm.initial(), gemm.c(), gemm.gate())
        .number(gemm.epilogue().ordinal())
        .number(m)
        .number(n)
        .number(gemm.a().lanes())
        .number(lanes);
    return tile.over(factors, m, n);
  }
}
