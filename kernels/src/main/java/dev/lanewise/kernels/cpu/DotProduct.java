package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.bytes;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.View;

/**
 * A product whose vectors hold neighbouring k: sixteen partial sums an element, which go through
 * scratch memory to {@link DotSums}, eight elements of a row at a time.
 */
final class DotProduct implements Call {
  /** Columns of B that stay in the first-level cache while all rows of A pass. */
  private static final int BLOCK = 16;

  /** Where the partial sums of an element lie, in bytes from those of the one before. */
  static final long SUMS = 16 * Float.BYTES;

  private final int m, n, k;
  private final long a, aRow, b, bLane;
  private final DotSums sums;

  DotProduct(Gemm product) {
    // as tall as wide: one row by many lanes, else a group of eight would be mostly empty
    boolean flips = product.c().lanes() < 8 && product.c().rows() > product.c().lanes();
    View rows = flips ? product.b().flipped() : product.a();
    View lanes = flips ? product.a().flipped() : product.b();
    m = rows.rows();
    n = lanes.lanes();
    k = rows.lanes();
    a = Pointers.of(rows);
    aRow = bytes(rows.rowStride());
    b = Pointers.of(lanes);
    bLane = bytes(lanes.laneStride());
    sums =
        new DotSums(
            flips ? product.initial().flipped() : product.initial(),
            flips ? product.c().flipped() : product.c(),
            flips ? product.gate().flipped() : product.gate(),
            product.epilogue());
  }

  @Override
  public void run() {
    long scratch = Scratch.mine().start(3 * 8 * SUMS);
    for (int block = 0; block < n; block += BLOCK) {
      int end = Math.min(n, block + BLOCK);
      for (int r = 0; r < m; ) {
        int rows = m - r >= 3 ? 3 : 1;
        for (int i = block; i < end; i += 8) {
          int lanes = Math.min(8, end - i);
          group(r, rows, i, lanes, scratch);
          for (int q = 0; q < rows; q++) {
            sums.finish(scratch + q * 8 * SUMS, r + q, i, lanes);
          }
        }
        r += rows;
      }
    }
  }

  /** The partial sums of one or three rows by at most eight lanes. */
  private void group(int r, int rows, int i, int lanes, long to) {
    long x = a + r * aRow;
    int step = rows == 3 ? 2 : 4;
    for (int j = 0; j < lanes; j += step) {
      long y0 = lane(i, j, lanes), y1 = lane(i, j + 1, lanes);
      // 128 bits hold half of the partial sums in two vectors, and make two passes
      for (int half = 0; half < 16; half += 2 * COUNT) {
        long h = bytes(half), toJ = to + j * SUMS + h;
        if (rows == 3) {
          DotTiles.threeByTwo(x + h, aRow, y0 + h, y1 + h, k, toJ);
        } else {
          long y2 = lane(i, j + 2, lanes), y3 = lane(i, j + 3, lanes);
          DotTiles.oneByFour(x + h, y0 + h, y1 + h, y2 + h, y3 + h, k, toJ);
        }
      }
      for (int part = 0; part < k % 16; part += COUNT) {
        long o = bytes((k & -16) + part), toJ = to + j * SUMS + bytes(part);
        int rest = k % 16 - part;
        if (rows == 3) {
          DotTiles.restOfThreeByTwo(x + o, aRow, y0 + o, y1 + o, rest, toJ);
        } else {
          long y2 = lane(i, j + 2, lanes), y3 = lane(i, j + 3, lanes);
          DotTiles.restOfOneByFour(x + o, y0 + o, y1 + o, y2 + o, y3 + o, rest, toJ);
        }
      }
    }
  }

  /** Where lane i + j starts, or the last one of the group for those behind it. */
  private long lane(int i, int j, int lanes) {
    return b + (i + Math.min(j, lanes - 1)) * bLane;
  }
}
