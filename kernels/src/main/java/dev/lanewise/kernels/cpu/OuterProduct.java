package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.bytes;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.View;

/**
 * A product whose vectors hold neighbouring lanes of C, blocked for the caches (Goto and van de
 * Geijn 2008): a block of A for the second level, a panel of B for the first, a tile of C in
 * registers. A block's sums pass to the next block of k through C, which rounds nothing.
 *
 * <p>There are no smaller tiles at the edges: the last tile and the last panel overlap the ones
 * before and compute the same bits again. They read initial values that were put aside before,
 * because those may lie in C itself.
 */
final class OuterProduct implements Call {
  /** The most of k and of m in a block, but for what is too little for a block of its own. */
  private static final int DEPTH = 256, HEIGHT = 252;

  private final int m, n, k;
  private final int tileRows, width;
  private final long a, aRow, aK, b, bK, bLane;
  private final long initial, initialRow, initialLane, c, cRow, gate, gateRow, gateLane;
  private final Epilogue epilogue;
  private final float floor;
  private final boolean gateInC;
  private final boolean copiesA, interleavesA, packsB;

  /** Where things lie in the scratch memory, in bytes from its start. */
  private final long blockA, initials, panel, tile, narrowC, allGates, end;

  OuterProduct(Gemm product) {
    m = product.c().rows();
    n = product.c().lanes();
    k = product.a().lanes();
    a = Pointers.of(product.a());
    aRow = bytes(product.a().rowStride());
    aK = bytes(k == 1 ? 1 : product.a().laneStride());
    b = Pointers.of(product.b());
    bK = bytes(product.b().rowStride());
    bLane = bytes(product.b().laneStride());
    initial = Pointers.of(product.initial());
    initialRow = bytes(product.initial().rowStride());
    initialLane = laneStride(product.initial());
    c = Pointers.of(product.c());
    cRow = bytes(product.c().rowStride());
    gate = Pointers.of(product.gate());
    gateRow = bytes(product.gate().rowStride());
    gateLane = laneStride(product.gate());
    epilogue = product.epilogue();
    floor = epilogue == Epilogue.RELU ? 0 : Float.NaN;
    gateInC = epilogue.isGated() && gate == c;

    tileRows = tileRows(m, n);
    width = vectors(tileRows) * COUNT;
    int depth = Math.min(k, DEPTH);
    boolean farRows = aRow > 2 * bytes(DEPTH);
    boolean conflicting = aRow == Float.BYTES && conflicts(aK, depth) && n > 2 * width;
    interleavesA = conflicting || tileRows == 6 && aK != Float.BYTES;
    copiesA = !interleavesA && aK == Float.BYTES && farRows && n > 4 * width && m > 4 * tileRows;
    boolean strided = conflicts(bK, depth) && m > 4 * tileRows;
    packsB = n < width || bLane != Float.BYTES || strided;

    long mostRows = Math.min(m, HEIGHT + HEIGHT / 2) + tileRows;
    long mostK = Math.min(k, DEPTH + DEPTH / 2) + 32;
    blockA = bytes(mostK * width);
    initials = blockA + bytes(mostRows * mostK);
    panel = initials + bytes(mostRows * COUNT);
    tile = panel + bytes(mostRows * width);
    narrowC = tile + bytes((long) tileRows * width);
    allGates = narrowC + bytes(mostRows * width);
    end = allGates + (gateInC ? bytes((long) m * (n + COUNT)) : 0);
  }

  /** With one lane the stride means nothing; it is 1 then, which needs no spreading. */
  private static long laneStride(View view) {
    return bytes(view.lanes() == 1 ? 1 : view.laneStride());
  }

  /** The tallest tile that fits, unless tiles of two rows leave less to be computed twice. */
  private static int tileRows(int m, int n) {
    int tall = COUNT == 16 ? 4 : 6;
    if (m < 2) {
      return 1;
    }
    if (m >= 12 && n <= COUNT) {
      return 12;
    }
    boolean low = m < tall || 1.2 * 2 * Math.ceilDiv(m, 2) < tall * Math.ceilDiv(m, tall);
    return low ? 2 : tall;
  }

  private static int vectors(int tileRows) {
    return switch (tileRows) {
      case 12 -> 1;
      case 6 -> 2;
      case 4, 2 -> 4;
      default -> 8;
    };
  }

  /** Whether so many cache lines, a stride apart, are more than half of what fits their sets. */
  private static boolean conflicts(long stride, int lines) {
    long sets = Math.min(64, 4096 / Long.lowestOneBit(stride | 4096));
    return lines > 4 * sets;
  }

  @Override
  public void run() {
    var mine = Scratch.mine();
    long start = mine.start(end);
    if (gateInC) {
      Packing.copy(gate, gateRow, start + allGates, bytes(n + COUNT), m, n);
    }
    int p = 0;
    do { // once for k = 0 too: the initial value is the sum of nothing
      int depth = block(k - p, DEPTH, 8);
      int height;
      for (int r = 0; r < m; r += height) {
        height = block(m - r, HEIGHT, tileRows);
        block(mine.tiles, start, r, height, p, depth);
      }
      p += depth;
    } while (p < k);
  }

  /** The size of the next block, of which {@code left} is left: no tiny one at the end. */
  private static int block(int left, int most, int multiple) {
    if (left <= most + most / 4) {
      return left;
    }
    return left < 2 * most ? Math.ceilDiv(left / 2, multiple) * multiple : most;
  }

  /** Rows [r, r + height) of C, as far as the products [p, p + depth) go. */
  private void block(ProductTiles t, long start, int r, int height, int p, int depth) {
    t.k = depth;
    setA(t, start, r, height, p);
    setInitial(t, start, r, height, p == 0);
    t.floor = p + depth == k ? floor : Float.NaN;
    long i0 = t.i, iRow = t.iRow;
    int whole = n - n % width;
    if (whole < n && n > width && t.iVector != 0) {
      Packing.copy(i0 + bytes(n - width), iRow, start + panel, bytes(width), height, width);
    }
    for (int j = 0; j < n; j += width) {
      int lane = Math.max(0, Math.min(j, n - width));
      t.i = i0 + lane * (t.iVector / COUNT);
      if (lane < j && t.iVector != 0) {
        t.i = start + panel;
        t.iRow = bytes(width);
      }
      setB(t, start, lane, p);
      t.c = c + r * cRow + bytes(lane);
      t.cRow = cRow;
      if (n < width) {
        narrowPanel(t, start, height);
      } else {
        panel(t, start, height);
      }
      if (epilogue.isGated() && p + depth == k) {
        gate(start, r, height, lane);
      }
    }
  }

  private void gate(long start, int r, int height, int lane) {
    long to = c + r * cRow + bytes(lane);
    int lanes = Math.min(n, width);
    if (gateInC) {
      long row = bytes(n + COUNT), from = start + allGates + r * row + bytes(lane);
      Gates.apply(epilogue, from, row, Float.BYTES, to, cRow, height, lanes);
    } else {
      long from = gate + r * gateRow + lane * gateLane;
      Gates.apply(epilogue, from, gateRow, gateLane, to, cRow, height, lanes);
    }
  }

  /** A panel of fewer lanes than a tile has: in memory that has enough of them. */
  private void narrowPanel(ProductTiles t, long start, int height) {
    long target = t.c;
    t.c = start + narrowC;
    t.cRow = bytes(width);
    if (t.iVector != 0) {
      Packing.copy(t.i, t.iRow, start + panel, bytes(width), height, n);
      t.i = start + panel;
      t.iRow = bytes(width);
    }
    panel(t, start, height);
    Packing.copyExactly(start + narrowC, bytes(width), target, cRow, height, n);
  }

  /** All tiles of a panel. */
  private void panel(ProductTiles t, long start, int height) {
    int whole = height / tileRows, last = height - tileRows;
    boolean overlaps = whole * tileRows < height;
    if (overlaps && t.iVector != 0) {
      Packing.copy(t.i + last * t.iRow, t.iRow, start + tile, bytes(width), tileRows, width);
    }
    tiles(t, whole);
    if (overlaps) {
      long a = t.a, iRow = t.iRow;
      t.a += interleavesA ? whole * t.aTile : last * t.aRow;
      t.c += last * t.cRow;
      t.i = t.iVector != 0 ? start + tile : t.i + last * t.iRow;
      t.iRow = t.iVector != 0 ? bytes(width) : t.iRow;
      tiles(t, 1);
      t.a = a;
      t.iRow = iRow;
    }
  }

  private void tiles(ProductTiles t, int count) {
    t.tiles = count;
    t.iTile = tileRows * t.iRow;
    t.cTile = tileRows * t.cRow;
    switch (tileRows) {
      case 12 -> t.rows12By1();
      case 6 -> {
        if (interleavesA) {
          t.interleaved6By2();
        } else {
          t.rows6By2();
        }
      }
      case 4 -> t.rows4By4();
      case 2 -> t.rows2By4();
      default -> t.rows1By8();
    }
  }

  private void setA(ProductTiles t, long start, int r, int height, int p) {
    long from = a + r * aRow + p * aK;
    t.a = from;
    t.aRow = aRow;
    t.aK = aK;
    t.aTile = tileRows * aRow;
    if (interleavesA) {
      t.a = start + blockA;
      t.aRow = Float.BYTES;
      t.aK = bytes(tileRows);
      t.aTile = t.k * t.aK;
      long to = t.a;
      for (int row = 0; row < height; row += tileRows, to += t.aTile) {
        Packing.interleave(
            from + Math.min(row, height - tileRows) * aRow, aRow, aK, to, tileRows, t.k);
      }
    } else if (copiesA) {
      t.a = start + blockA;
      t.aRow = bytes(Math.ceilDiv(t.k, 16) * 16 + 16);
      t.aTile = tileRows * t.aRow;
      Packing.copy(from, aRow, t.a, t.aRow, height, t.k);
    }
  }

  private void setB(ProductTiles t, long start, int lane, int p) {
    t.b = b + p * bK + lane * bLane;
    t.bK = bK;
    if (packsB) {
      if (bLane == Float.BYTES) {
        Packing.copy(t.b, bK, start, bytes(width), t.k, Math.min(n, width));
      } else {
        Packing.transpose(t.b, bLane, start, bytes(width), t.k, Math.min(n, width));
      }
      t.b = start;
      t.bK = bytes(width);
    }
  }

  private void setInitial(ProductTiles t, long start, int r, int height, boolean first) {
    t.i = first ? initial + r * initialRow : c + r * cRow;
    t.iRow = first ? initialRow : cRow;
    t.iVector = bytes(COUNT);
    if (first && initialLane == 0) {
      Packing.spread(t.i, initialRow, start + initials, initialRow == 0 ? 1 : height);
      t.i = start + initials;
      t.iRow = initialRow == 0 ? 0 : bytes(COUNT);
      t.iVector = 0;
    }
  }
}
