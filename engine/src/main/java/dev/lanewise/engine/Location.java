package dev.lanewise.engine;

import dev.lanewise.kernels.View;

/**
 * Where a tensor's elements lie: (row, column) at offset + row · rowStride + column · columnStride.
 */
record Location(Buffer buffer, long offset, long rowStride, long columnStride) {

  /** Which axis of a tensor lies along the lanes of a view. */
  enum Orientation {
    /** Lanes are the tensor's rows (samples), a view's row is a column (feature). */
    COLUMNS,
    /** Lanes are the tensor's columns, as in a matrix stored row by row. */
    ROWS
  }

  /** This location, of a tensor of the given shape, stretched to n × d and seen as a view. */
  View view(Tensor tensor, int n, int d, Orientation orientation) {
    long downRows = tensor.rows() == 1 && n != 1 ? 0 : rowStride;
    long alongColumns = tensor.columns() == 1 && d != 1 ? 0 : columnStride;
    return orientation == Orientation.COLUMNS
        ? new View(offset, d, n, alongColumns, n == 1 ? 1 : downRows)
        : new View(offset, n, d, downRows, d == 1 ? 1 : alongColumns);
  }

  View view(Tensor tensor, Orientation orientation) {
    return view(tensor, tensor.rows(), tensor.columns(), orientation);
  }

  Location transposed() {
    return new Location(buffer, offset, columnStride, rowStride);
  }

  Location from(int row, int column) {
    return new Location(
        buffer, offset + row * rowStride + column * columnStride, rowStride, columnStride);
  }

  Location stretched(Tensor from, Tensor to) {
    return new Location(
        buffer,
        offset,
        from.rows() == 1 && to.rows() != 1 ? 0 : rowStride,
        from.columns() == 1 && to.columns() != 1 ? 0 : columnStride);
  }
}
