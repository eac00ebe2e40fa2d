package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Cut;
import java.util.List;

/**
 * Which kernel of products.cl computes a product, and how many elements a work-item has, or a warp
 * of a tensor tile.
 *
 * @param rows of a work-item; 1, 2, 4, 6, 8 or 12 of a register tile, a multiple of 16 of a warp
 * @param lanes of a work-item; one, two or three vectors of a register tile, a multiple of 8 of a
 *     warp
 * @param width of those vectors; warps side by side
 */
record Tile(Kind kind, int rows, int lanes, int width) {
  enum Kind {
    REGISTER_TILE,
    LOCAL_TILE,
    TENSOR_TILE,
    ONE_BY_ONE,
    DOT
  }

  /** Products that want different tiles. */
  enum Shape {
    /** fewer rows than a tile would have */
    FLAT(2, 512, 256),
    /** fewer lanes than a tile would have */
    NARROW(512, 20, 256),
    WIDE(256, 256, 256),
    /** those that {@link TensorCores} have, where they are used */
    LARGE(256, 256, 256);

    /** A product to try tiles on. */
    final int m, n, k;

    Shape(int m, int n, int k) {
      this.m = m;
      this.n = n;
      this.k = k;
    }

    static Shape of(int m, int n) {
      return m < 4 ? FLAT : n < 32 ? NARROW : WIDE;
    }
  }

  static final Tile DOT = new Tile(Kind.DOT, 1, 1, 1);
  static final Tile ONE_BY_ONE = new Tile(Kind.ONE_BY_ONE, 1, 1, 1);

  /** Work-items along each side of a local tile's group, and columns of A that it has at once. */
  private static final int SIDE = 16, DEPTH = 16;

  /** Warps of a tensor tile's group, which has as many work-items as a local tile's. */
  private static final int WARPS = SIDE * SIDE / 32;

  /** Rows of C that a register tile's work-item has: a multiple of those of every tile. */
  private static final int HEIGHT = 96;

  private static final List<Tile> TENSORS =
      List.of(tensor(16, 8, 4), tensor(32, 16, 4), tensor(64, 32, 4));

  /** The tiles that are worth a try. */
  static List<Tile> candidates(OpenClDevice.Type type, Shape shape) {
    if (type == OpenClDevice.Type.CPU) {
      return switch (shape) {
        case FLAT -> List.of(register(1, 32, 16), register(2, 32, 16), ONE_BY_ONE);
        case NARROW -> List.of(register(6, 16, 16), register(4, 24, 8), register(12, 8, 8));
        // 8 or 12 vectors of sums for 16 registers of 8 floats, 16 for 32 registers of 16 floats;
        // workers' lanes are multiples of 16
        case WIDE -> List.of(register(4, 16, 16), register(6, 16, 16), register(8, 32, 16));
        case LARGE -> TENSORS;
      };
    }
    return switch (shape) {
      case FLAT -> List.of(ONE_BY_ONE, local(1, 4));
      case NARROW -> List.of(ONE_BY_ONE, local(4, 1), local(2, 1));
      case WIDE -> List.of(local(4, 4), local(8, 4), local(8, 8), local(2, 2), ONE_BY_ONE);
      case LARGE -> TENSORS;
    };
  }

  /** The tile that suits a group's part of a product, which is computed as the whole would be. */
  Tile ofGroup(Groups groups, int m, int n, Cut cut) {
    if (groups.items() != SIDE * SIDE || kind == Kind.REGISTER_TILE) {
      return ONE_BY_ONE;
    }
    int rows = cut == Cut.ROWS ? Math.ceilDiv(m, groups.count()) : m;
    int lanes = cut == Cut.LANES ? Math.ceilDiv(n, groups.count()) : n;
    if (kind == Kind.TENSOR_TILE) {
      return lanes <= 16
          ? tensor(16, 8, 2)
          : rows <= 16
              ? tensor(16, 8, 8)
              : rows <= 32 || lanes <= 32 ? tensor(16, 8, 4) : tensor(32, 16, 4);
    }
    return local(across(rows), across(lanes));
  }

  /** Elements of a work-item along one axis: 1, 2 or 4. */
  private static int across(int length) {
    return length > 2 * SIDE ? 4 : length > SIDE ? 2 : 1;
  }

  private static Tile register(int rows, int lanes, int width) {
    return new Tile(Kind.REGISTER_TILE, rows, lanes, width);
  }

  private static Tile local(int rows, int lanes) {
    return new Tile(Kind.LOCAL_TILE, rows, lanes, 1);
  }

  private static Tile tensor(int rows, int lanes, int width) {
    return new Tile(Kind.TENSOR_TILE, rows, lanes, width);
  }

  /** Rows and lanes of a tensor tile's group. */
  private int high() {
    return WARPS / width * rows;
  }

  private int wide() {
    return width * lanes;
  }

  /** Whether the device has groups that large and as much local memory. */
  boolean fits(OpenClDevice device) {
    long floats =
        switch (kind) {
          case LOCAL_TILE -> (long) DEPTH * ((rows + lanes) * SIDE + 2);
          case TENSOR_TILE -> high() * (DEPTH + 4L) + DEPTH * (wide() + 8L);
          case REGISTER_TILE, ONE_BY_ONE, DOT -> 0;
        };
    return floats == 0
        || (device.groupSize() >= SIDE * SIDE && device.localMemory() >= floats * Float.BYTES);
  }

  /** Compiled in. */
  String defines() {
    return " -D%s -DROWS=%d -DLANES=%d -DWIDTH=%d -DHEIGHT=%d"
        .formatted(kind, rows, lanes, width, HEIGHT);
  }

  KernelCall over(KernelCall.Binding binding, int m, int n) {
    return switch (kind) {
      // neighbours in time share a panel of B
      case REGISTER_TILE -> binding.over(Math.ceilDiv(m, HEIGHT), Math.ceilDiv(n, lanes), 1, 1);
      case LOCAL_TILE ->
          binding.over(
              Math.ceilDiv(n, lanes * SIDE) * SIDE,
              Math.ceilDiv(m, rows * SIDE) * SIDE,
              SIDE,
              SIDE);
      case TENSOR_TILE ->
          binding.over(
              (long) Math.ceilDiv(n, wide()) * SIDE * SIDE,
              Math.ceilDiv(m, high()),
              SIDE * SIDE,
              1);
      case ONE_BY_ONE, DOT -> binding.over(n, m);
    };
  }
}
