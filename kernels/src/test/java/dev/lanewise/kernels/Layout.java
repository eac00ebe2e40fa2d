package dev.lanewise.kernels;

/** How the rows of an operand lie in memory. */
enum Layout {
  /** One row after the other. */
  TIGHT(0),
  /** Rows begin on 64-byte boundaries. */
  PADDED(0),
  /** Nothing begins where a vector would. */
  ODD(3);

  final int offset;

  Layout(int offset) {
    this.offset = offset;
  }

  int rowStride(int lanes) {
    return switch (this) {
      case TIGHT -> lanes;
      case PADDED -> Math.ceilDiv(lanes, 16) * 16;
      case ODD -> lanes + 7;
    };
  }
}
