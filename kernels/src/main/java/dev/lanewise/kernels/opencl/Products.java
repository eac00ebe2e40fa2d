package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.View;
import java.util.List;
import org.jocl.cl_mem;

/** Matrix products by tiles. */
final class Products {
  private final OpenClKernels kernels;
  private final OpenClMemory memory;
  private final Groups groups;

  Products(OpenClKernels kernels, OpenClMemory memory, Groups groups) {
    this.kernels = kernels;
    this.memory = memory;
    this.groups = groups;
  }

  Call gemm(Gemm gemm, Tile tile) {
    int lanes = Math.max(gemm.c().lanes(), tile.lanes()), k = gemm.a().lanes();
    View b = gemm.b();
    boolean inOrder = b.laneStride() == 1 && b.lanes() == lanes;
    if (tile.kind() != Tile.Kind.REGISTER_TILE || inOrder || k == 0) {
      var product = product(gemm, lanes, kernels.product(tile).view(gemm.a()).view(b));
      var call = over(gemm, tile, product);
      return tile.kind() == Tile.Kind.DOT || tile.kind() == Tile.Kind.REGISTER_TILE
          ? Fusible.of(call, piece(gemm, product))
          : new Fusible(call, cut -> List.of(ofGroup(gemm, lanes, cut)));
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
            .number(b.lanes());
    var product = product(gemm, lanes, ofPacked(gemm, tile, packed, lanes));
    return Fusible.of(
        Call.inOrder(pack.overTiles(b.lanes(), k), over(gemm, tile, product)),
        new Piece(pack, k, b.lanes(), false),
        piece(gemm, product));
  }

  private static Piece piece(Gemm gemm, KernelCall.Binding product) {
    return Piece.of(product, gemm.c().rows(), gemm.c().lanes());
  }

  /** By a group of a graphics processor, which has no more than its part of C. */
  private Piece ofGroup(Gemm gemm, int lanes, Cut cut) {
    var tile = Tile.ofGroup(groups, gemm.c().rows(), gemm.c().lanes(), cut);
    return piece(gemm, product(gemm, lanes, kernels.product(tile).view(gemm.a()).view(gemm.b())));
  }

  private KernelCall.Binding ofPacked(Gemm gemm, Tile tile, cl_mem packed, int lanes) {
    return kernels.product(tile).view(gemm.a()).matrix(packed, lanes).sharing(packed);
  }

  private static KernelCall.Binding product(Gemm gemm, int lanes, KernelCall.Binding factors) {
    return factors
        .views(gemm.initial(), gemm.c(), gemm.gate())
        .number(gemm.epilogue().ordinal())
        .number(gemm.c().rows())
        .number(gemm.c().lanes())
        .number(gemm.a().lanes())
        .number(lanes);
  }

  private static Call over(Gemm gemm, Tile tile, KernelCall.Binding product) {
    return tile.over(product, gemm.c().rows(), gemm.c().lanes());
  }
}
