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

  /** Strides of a multiple of this map a column to few sets of the first-level cache. */
  private static final long CONFLICT = 512;

  private final int m, n, k;
  private final int tileRows, width;
  private final long a, aRow, aK, b, bK, bLane;
  private final long initial, initialRow, initialLane, c, cRow, gate, gateRow, gateLane;
  private final float floor;
  private final boolean gated, gateInC;
  private final boolean copiesA, interleavesA, packsB;

  /** Where things lie in the scratch memory, in bytes from its start. */
  private final long panelB, blockA, vectors, lastPanel, lastTile, narrowC, gates, scratch;

  OuterProduct(Gemm product) {
    m = product.c().rows();
    n = product.c().lanes();
    k = product.a().lanes();
    a = Pointers.of(product.a());
    aRow = bytes(product.a().rowStride());
    aK = bytes(product.a().laneStride());
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
    floor = product.epilogue() == Epilogue.RELU ? 0 : Float.NaN;
    gated = product.epilogue() == Epilogue.GATE;
    gateInC = gated && gate == c;

    tileRows = tileRows(m);
    width = vectorsOf(tileRows) * COUNT;
    interleavesA = aRow == Float.BYTES && aK != Float.BYTES && n > width;
    copiesA =
        !interleavesA && aK == Float.BYTES && aRow % CONFLICT == 0 && n > 4 * width && k > 512;
    packsB = n < width || bLane != Float.BYTES || bK % CONFLICT == 0 && k > 16 && m > 2 * tileRows;

    long mostRows = Math.min(m, HEIGHT + HEIGHT / 2), mostK = Math.min(k, DEPTH + DEPTH / 2);
    panelB = 0;
    blockA = panelB + bytes(mostK * width + 64);
    vectors = blockA + bytes((mostRows + tileRows) * (mostK + 16) + 64);
    lastPanel = vectors + bytes(mostRows * COUNT);
    lastTile = lastPanel + bytes(mostRows * width);
    narrowC = lastTile + bytes((long) tileRows * width);
    gates = narrowC + bytes(mostRows * width);
    scratch = gates + (gateInC ? bytes((long) m * (n + COUNT)) : 0);
  }

  /** With one lane the stride means nothing; it is 1 then, which needs no spreading. */
  private static long laneStride(View view) {
    return bytes(view.lanes() == 1 ? 1 : view.laneStride());
  }

  /** The tallest tile that fits, unless tiles of two rows leave less to be computed twice. */
  private static int tileRows(int m) {
    int tall = COUNT == 16 ? 4 : 6;
    if (m < 2) {
      return 1;
    }
    boolean low = m < tall || 1.2 * 2 * Math.ceilDiv(m, 2) < tall * Math.ceilDiv(m, tall);
    return low ? 2 : tall;
  }

  private static int vectorsOf(int tileRows) {
    return switch (tileRows) {
      case 6 -> 2;
      case 4, 2 -> 4;
      default -> 8;
    };
  }

  @Override
  public void run() {
    var mine = Scratch.mine();
    long start = mine.start(scratch);
    if (gateInC) {
      Packing.copy(gate, gateRow, start + gates, bytes(n + COUNT), m, n);
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
    t.cRow = cRow;
    long firstInitial = t.i, iRow = t.iRow;
    boolean overlaps = n > width && n % width != 0 && t.iVector != 0;
    if (overlaps) {
      Packing.copy(t.i + bytes(n - width), t.iRow, start + lastPanel, bytes(width), height, width);
    }
    for (int j = 0; j < n; j += width) {
      int i = Math.max(0, Math.min(j, n - width)), lanes = Math.min(width, n);
      t.i = firstInitial + (t.iVector == 0 ? 0 : bytes(i));
      t.iRow = iRow;
      if (overlaps && i < j) {
        t.i = start + lastPanel;
        t.iRow = bytes(width);
      }
      setB(t, start, i, lanes, p);
      panel(t, start, r, height, i, lanes);
      if (gated && p + depth == k) {
        gate(start, r, height, i, lanes);
      }
    }
  }

  /** All tiles of a panel: {@code lanes} lanes from i on. */
  private void panel(ProductTiles t, long start, int r, int height, int i, int lanes) {
    long target = c + r * cRow + bytes(i);
    boolean narrow = lanes < width;
    t.c = narrow ? start + narrowC : target;
    t.cRow = narrow ? bytes(width) : cRow;
    if (narrow && t.iVector != 0) {
      Packing.copy(t.i, t.iRow, start + lastPanel, bytes(width), height, lanes);
      t.i = start + lastPanel;
      t.iRow = bytes(width);
    }
    int rest = height % tileRows, last = height - tileRows;
    if (rest > 0 && t.iVector != 0) {
      long from = t.i + last * t.iRow;
      Packing.copy(from, t.iRow, start + lastTile, bytes(width), tileRows, width);
    }
    long a = t.a, c = t.c;
    tiles(t, height / tileRows);
    if (rest > 0) {
      t.a = interleavesA ? a + height / tileRows * t.aTile : a + last * t.aRow;
      t.c = c + last * t.cRow;
      if (t.iVector != 0) {
        t.i = start + lastTile;
        t.iRow = bytes(width);
      } else {
        t.i += last * t.iRow;
      }
      tiles(t, 1);
    }
    t.a = a;
    if (narrow) {
      Packing.copyExactly(c, t.cRow, target, cRow, height, lanes);
    }
  }

  private void tiles(ProductTiles t, int count) {
    t.tiles = count;
    t.iTile = tileRows * t.iRow;
    t.cTile = tileRows * t.cRow;
    switch (tileRows) {
      case 6 -> t.rows6By2();
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
        Packing.copy(from + bytes(Math.min(row, height - tileRows)), aK, to, t.aK, t.k, tileRows);
      }
    } else if (copiesA) {
      t.a = start + blockA;
      t.aRow = bytes(Math.ceilDiv(t.k, 16) * 16 + 16);
      t.aTile = tileRows * t.aRow;
      Packing.copy(from, aRow, t.a, t.aRow, height, t.k);
    }
  }

  private void setInitial(ProductTiles t, long start, int r, int height, boolean first) {
    t.i = first ? initial + r * initialRow : c + r * cRow;
    t.iRow = first ? initialRow : cRow;
    t.iVector = bytes(COUNT);
    if (first && initialLane == 0) {
      Packing.spread(t.i, initialRow, start + vectors, initialRow == 0 ? 1 : height);
      t.i = start + vectors;
      t.iRow = initialRow == 0 ? 0 : bytes(COUNT);
      t.iVector = 0;
    }
  }

  private void setB(ProductTiles t, long start, int i, int lanes, int p) {
    t.b = b + p * bK + i * bLane;
    t.bK = bK;
    if (packsB) {
      long to = start + panelB;
      if (bLane == Float.BYTES) {
        Packing.copy(t.b, bK, to, bytes(width), t.k, lanes);
      } else {
        Packing.transpose(t.b, bLane, to, bytes(width), t.k, lanes);
      }
      t.b = to;
      t.bK = bytes(width);
    }
  }

  private void gate(long start, int r, int height, int i, int lanes) {
    long target = c + r * cRow + bytes(i);
    if (gateInC) {
      long row = bytes(n + COUNT);
      ProductTiles.gate(start + gates + r * row + bytes(i), row, 4, target, cRow, height, lanes);
    } else {
      long from = gate + r * gateRow + i * gateLane;
      ProductTiles.gate(from, gateRow, gateLane, target, cRow, height, lanes);
    }
  }
}
