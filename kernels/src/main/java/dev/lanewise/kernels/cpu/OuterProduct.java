package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Tile.A;
import static dev.lanewise.kernels.cpu.Tile.A_K;
import static dev.lanewise.kernels.cpu.Tile.A_ROW;
import static dev.lanewise.kernels.cpu.Tile.A_TILE;
import static dev.lanewise.kernels.cpu.Tile.B;
import static dev.lanewise.kernels.cpu.Tile.B_K;
import static dev.lanewise.kernels.cpu.Tile.C;
import static dev.lanewise.kernels.cpu.Tile.C_ROW;
import static dev.lanewise.kernels.cpu.Tile.C_TILE;
import static dev.lanewise.kernels.cpu.Tile.GATE;
import static dev.lanewise.kernels.cpu.Tile.GATE_ROW;
import static dev.lanewise.kernels.cpu.Tile.GATE_TILE;
import static dev.lanewise.kernels.cpu.Tile.INITIAL;
import static dev.lanewise.kernels.cpu.Tile.INITIAL_ROW;
import static dev.lanewise.kernels.cpu.Tile.INITIAL_TILE;
import static dev.lanewise.kernels.cpu.Tile.K;
import static dev.lanewise.kernels.cpu.Tile.TILES;

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
  private static final int DEPTH = 256, HEIGHT = 240;

  /** Rows of the tallest tile: with two vectors a row, as many sums as there are registers for. */
  private static final int TALL = COUNT == 16 ? 8 : 6;

  private final int m, n, k;
  private final long a, aRow, aK, b, bK, bLane;
  private final long initial, initialRow, initialLane, c, cRow, gate, gateRow, gateLane;
  private final Epilogue epilogue;
  private final boolean copiesGate;
  private final boolean copiesA, interleavesA, packsB;

  /** The size of a tile, and of the lanes of a whole panel. */
  private final int tileRows, width;

  /** By what of k a block has (all, first, middle, last), then by vectors: the loops. */
  private final Loop[][] loops = new Loop[4][];

  private static final int ONLY = 0, FIRST = 1, MIDDLE = 2, LAST = 3;

  /** Where things lie in the scratch memory, in bytes from its start. */
  private final long blockA, initials, panel, tile, narrowC, gates, end;

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

    tileRows = tileRows(m);
    width = vectors(tileRows, n) * COUNT;
    int depth = Math.min(k, DEPTH);
    boolean farRows = aRow > 2 * bytes(DEPTH);
    boolean conflicting = aRow == Float.BYTES && conflicts(aK, depth) && n > 2 * width;
    interleavesA = conflicting || COUNT < 16 && tileRows == TALL && aK != Float.BYTES;
    copiesA = !interleavesA && aK == Float.BYTES && farRows && n > 4 * width && m > 4 * tileRows;
    boolean strided = conflicts(bK, depth) && m > 4 * tileRows;
    packsB = n < COUNT || bLane != Float.BYTES || strided;
    // of one element a vector is made; what lies in C is overwritten by the first block of k, and
    // by the tile or panel that the last one overlaps
    copiesGate = epilogue.isGated() && (gate == c || gateLane != Float.BYTES);

    long mostRows = Math.min(m, HEIGHT + HEIGHT / 2) + tileRows;
    long mostK = Math.min(k, DEPTH + DEPTH / 2) + 32;
    blockA = bytes(mostK * width);
    initials = blockA + bytes(mostRows * mostK);
    panel = initials + bytes(mostRows * COUNT);
    tile = panel + bytes(mostRows * width);
    narrowC = tile + bytes((long) tileRows * width);
    gates = narrowC + bytes(mostRows * width);
    end = gates + (copiesGate ? bytes((long) m * (n + COUNT)) : 0);
    makeLoops();
  }

  private void makeLoops() {
    boolean onlyOne = block(k, DEPTH, 8) >= k;
    var start = initialLane == 0 ? Tile.Initial.ROW : Tile.Initial.LANES;
    loops[ONLY] = loops(start, epilogue, onlyOne);
    loops[FIRST] = loops(start, Epilogue.NONE, !onlyOne);
    loops[MIDDLE] = loops(Tile.Initial.LANES, Epilogue.NONE, !onlyOne);
    loops[LAST] = loops(Tile.Initial.LANES, epilogue, !onlyOne);
  }

  /** The loops for panels of one vector, of two and so on, as far as they are needed. */
  private Loop[] loops(Tile.Initial start, Epilogue end, boolean needed) {
    var loops = new Loop[width / COUNT + 1];
    for (int j = 0; needed && j < n; j += width) {
      int vectors = panelVectors(n - j);
      loops[vectors] = new Tile(tileRows, vectors, start, end).loop();
    }
    return loops;
  }

  /** With one lane the stride means nothing; it is 1 then. */
  private static long laneStride(View view) {
    return bytes(view.lanes() == 1 ? 1 : view.laneStride());
  }

  /** The tallest tile that fits, unless tiles of two rows leave less to be computed twice. */
  private static int tileRows(int m) {
    if (m < 2) {
      return 1;
    }
    boolean low = m < TALL || 1.2 * 2 * Math.ceilDiv(m, 2) < TALL * Math.ceilDiv(m, TALL);
    return low ? 2 : TALL;
  }

  /** The most vectors of a tile that fit: sixteen sums or a few less in registers. */
  private static int vectors(int tileRows, int n) {
    int vectors = tileRows == TALL ? 2 : 8 / tileRows;
    while (vectors > 1 && vectors * COUNT > n) {
      vectors /= 2;
    }
    return vectors;
  }

  /** How many vectors the next panel has: no more than what is left needs. */
  private int panelVectors(int left) {
    int vectors = width / COUNT;
    while (vectors > 1 && vectors / 2 * COUNT >= left) {
      vectors /= 2;
    }
    return vectors;
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
    if (copiesGate) {
      copyGate(start + gates);
    }
    int p = 0;
    do { // once for k = 0 too: the initial value is the sum of nothing
      int depth = block(k - p, DEPTH, 8);
      int height;
      for (int r = 0; r < m; r += height) {
        height = block(m - r, HEIGHT, tileRows);
        block(mine.tile, start, r, height, p, depth);
      }
      p += depth;
    } while (p < k);
  }

  private void copyGate(long to) {
    long row = bytes(n + COUNT);
    if (gateLane == Float.BYTES) {
      Packing.copy(gate, gateRow, to, row, m, n);
    } else {
      for (int r = 0; r < m; r++) {
        Packing.fill(gate + r * gateRow, to + r * row, n);
      }
    }
  }

  /** The size of the next block, of which {@code left} is left: no tiny one at the end. */
  private static int block(int left, int most, int multiple) {
    if (left <= most + most / 4) {
      return left;
    }
    return left < 2 * most ? Math.ceilDiv(left / 2, multiple) * multiple : most;
  }

  /** Rows [r, r + height) of C, as far as the products [p, p + depth) go. */
  private void block(long[] t, long start, int r, int height, int p, int depth) {
    boolean first = p == 0, last = p + depth >= k;
    var kinds = loops[first ? last ? ONLY : FIRST : last ? LAST : MIDDLE];
    t[K] = depth;
    setA(t, start, r, height, p, depth);
    long from = first ? initial + r * initialRow : c + r * cRow;
    long fromRow = first ? initialRow : cRow;
    long fromLane = first ? initialLane : Float.BYTES;
    if (fromLane == 0) {
      Packing.spread(from, fromRow, start + initials, fromRow == 0 ? 1 : height);
      from = start + initials;
      fromRow = fromRow == 0 ? 0 : bytes(COUNT);
    }
    int whole = n - n % width;
    if (whole < n && n > COUNT && fromLane != 0) {
      // the last panel overlaps: its initial values may lie in C
      int lane = lastLane(whole);
      Packing.copy(from + bytes(lane), fromRow, start + panel, bytes(width), height, n - lane);
    }
    for (int j = 0; j < n; j += width) {
      int vectors = panelVectors(n - j);
      int lane = j < whole ? j : lastLane(j);
      t[INITIAL] = from + lane * fromLane;
      t[INITIAL_ROW] = fromRow;
      if (lane < j && fromLane != 0) {
        t[INITIAL] = start + panel;
        t[INITIAL_ROW] = bytes(width);
      }
      setB(t, start, lane, p, depth, vectors * COUNT);
      t[C] = c + r * cRow + bytes(lane);
      t[C_ROW] = cRow;
      t[GATE] = copiesGate ? start + gates + r * bytes(n + COUNT) : gate + r * gateRow;
      t[GATE] += bytes(lane);
      t[GATE_ROW] = copiesGate ? bytes(n + COUNT) : gateRow;
      if (n < COUNT) {
        narrowPanel(t, start, height, kinds[vectors], fromLane);
      } else {
        panel(t, start, height, kinds[vectors], vectors, fromLane);
      }
    }
  }

  /** Where the panel that should begin at lane j does begin, so that it ends with C. */
  private int lastLane(int j) {
    return Math.max(0, n - panelVectors(n - j) * COUNT);
  }

  /** A panel of fewer lanes than a vector has: in memory that has enough of them. */
  private void narrowPanel(long[] t, long start, int height, Loop loop, long fromLane) {
    long target = t[C];
    t[C] = start + narrowC;
    t[C_ROW] = bytes(COUNT);
    if (fromLane != 0) {
      Packing.copy(t[INITIAL], t[INITIAL_ROW], start + panel, bytes(COUNT), height, n);
      t[INITIAL] = start + panel;
      t[INITIAL_ROW] = bytes(COUNT);
    }
    panel(t, start, height, loop, 1, fromLane);
    Packing.copyExactly(start + narrowC, bytes(COUNT), target, cRow, height, n);
  }

  /** All tiles of a panel. */
  private void panel(long[] t, long start, int height, Loop loop, int vectors, long fromLane) {
    int whole = height / tileRows, last = height - tileRows;
    boolean overlaps = whole * tileRows < height;
    if (overlaps && fromLane != 0) {
      long from = t[INITIAL] + last * t[INITIAL_ROW];
      int lanes = vectors * COUNT;
      Packing.copy(from, t[INITIAL_ROW], start + tile, bytes(lanes), tileRows, lanes);
    }
    t[TILES] = whole;
    t[INITIAL_TILE] = tileRows * t[INITIAL_ROW];
    t[C_TILE] = tileRows * t[C_ROW];
    t[GATE_TILE] = tileRows * t[GATE_ROW];
    loop.run(t);
    if (overlaps) {
      long a = t[A];
      t[A] += interleavesA ? whole * t[A_TILE] : last * t[A_ROW];
      t[C] += last * t[C_ROW];
      t[GATE] += last * t[GATE_ROW];
      t[INITIAL] += last * t[INITIAL_ROW];
      if (fromLane != 0) {
        t[INITIAL] = start + tile;
        t[INITIAL_ROW] = bytes(vectors * COUNT);
      }
      t[TILES] = 1;
      loop.run(t);
      t[A] = a;
    }
  }

  private void setA(long[] t, long start, int r, int height, int p, int depth) {
    long from = a + r * aRow + p * aK;
    t[A] = from;
    t[A_ROW] = aRow;
    t[A_K] = aK;
    t[A_TILE] = tileRows * aRow;
    if (interleavesA) {
      t[A] = start + blockA;
      t[A_ROW] = Float.BYTES;
      t[A_K] = bytes(tileRows);
      t[A_TILE] = depth * t[A_K];
      long to = t[A];
      for (int row = 0; row < height; row += tileRows, to += t[A_TILE]) {
        Packing.interleave(
            from + Math.min(row, height - tileRows) * aRow, aRow, aK, to, tileRows, depth);
      }
    } else if (copiesA) {
      t[A] = start + blockA;
      t[A_ROW] = bytes(Math.ceilDiv(depth, 16) * 16 + 16);
      t[A_TILE] = tileRows * t[A_ROW];
      Packing.copy(from, aRow, t[A], t[A_ROW], height, depth);
    }
  }

  private void setB(long[] t, long start, int lane, int p, int depth, int lanes) {
    t[B] = b + p * bK + lane * bLane;
    t[B_K] = bK;
    if (packsB) {
      if (bLane == Float.BYTES) {
        Packing.copy(t[B], bK, start, bytes(lanes), depth, Math.min(n, lanes));
      } else {
        Packing.transpose(t[B], bLane, start, bytes(lanes), depth, Math.min(n, lanes));
      }
      t[B] = start;
      t[B_K] = bytes(lanes);
    }
  }
}
