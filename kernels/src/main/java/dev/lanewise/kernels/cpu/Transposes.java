package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.set;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;

/** Copies with other strides, in registers or in square blocks that stay in the cache. */
final class Transposes {
  private static final int BLOCK = 16;

  private Transposes() {}

  static Call call(View x, View y) {
    return x.rowStride() == 1 && x.laneStride() > 0 && y.rowStride() > 0
        ? inRegisters(x, y)
        : oneByOne(x, y);
  }

  /** Columns of x are contiguous. */
  private static Call inRegisters(View x, View y) {
    long from = Pointers.of(x), lane = bytes(x.laneStride());
    long to = Pointers.of(y), row = bytes(y.rowStride());
    int rows = y.rows(), lanes = y.lanes();
    return () -> Packing.transpose(from, lane, to, row, rows, lanes);
  }

  private static Call oneByOne(View x, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride()), xLane = bytes(x.laneStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), lanes = y.lanes();
    return () -> {
      for (int r = 0; r < rows; r += BLOCK) {
        for (int i = 0; i < lanes; i += BLOCK) {
          int rowCount = Math.min(BLOCK, rows - r), laneCount = Math.min(BLOCK, lanes - i);
          long from = x0 + r * xRow + i * xLane, to = y0 + r * yRow + bytes(i);
          block(from, xRow, xLane, to, yRow, rowCount, laneCount);
        }
      }
    };
  }

  private static void block(long x, long xRow, long xLane, long y, long yRow, int rows, int lanes) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < lanes; i++) {
        set(y + r * yRow + bytes(i), get(x + r * xRow + i * xLane));
      }
    }
  }
}
