package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;

/**
 * The linear recurrence from the last row to the first. Each step waits for the one before, so it
 * is as fast as one multiply-add is long, and wide rows give the processor several to do at a time.
 */
final class Scan {

  /** All rows of one vector of lanes; offsets are those of the last row. */
  private interface Column {
    void scan(long a, long aRow, long b, long bRow, long y, long yRow, int rows, int lanes);
  }

  private Scan() {}

  static Call scan(View a, View b, View y) {
    int rows = y.rows(), n = y.lanes(), last = rows - 1;
    long a0 = bytes(a.row(last)), aRow = bytes(a.rowStride()), aLane = bytes(a.laneStride());
    long b0 = bytes(b.row(last)), bRow = bytes(b.rowStride()), bLane = bytes(b.laneStride());
    long y0 = bytes(y.row(last)), yRow = bytes(y.rowStride());
    var column = column(Rows.isSplat(a), Rows.isSplat(b));
    return () -> {
      for (int i = 0; i < n; i += COUNT) {
        column.scan(a0 + i * aLane, aRow, b0 + i * bLane, bRow, y0 + bytes(i), yRow, rows, n - i);
      }
    };
  }

  private static Column column(boolean oneA, boolean oneB) {
    if (oneA) {
      return oneB ? Scan::ofOnes : Scan::ofOneAndLanes;
    }
    return oneB ? Scan::ofLanesAndOne : Scan::ofLanes;
  }

  private static void ofLanes(
      long a, long aRow, long b, long bRow, long y, long yRow, int rows, int lanes) {
    var mask = first(lanes);
    var next = broadcast(F, 0);
    for (int r = 0; r < rows; r++) {
      next =
          fromMemorySegment(F, MEMORY, b - r * bRow, ORDER, mask)
              .fma(next, fromMemorySegment(F, MEMORY, a - r * aRow, ORDER, mask));
      next.intoMemorySegment(MEMORY, y - r * yRow, ORDER, mask);
    }
  }

  private static void ofLanesAndOne(
      long a, long aRow, long b, long bRow, long y, long yRow, int rows, int lanes) {
    var mask = first(lanes);
    var next = broadcast(F, 0);
    for (int r = 0; r < rows; r++) {
      next =
          broadcast(F, get(b - r * bRow))
              .fma(next, fromMemorySegment(F, MEMORY, a - r * aRow, ORDER, mask));
      next.intoMemorySegment(MEMORY, y - r * yRow, ORDER, mask);
    }
  }

  private static void ofOneAndLanes(
      long a, long aRow, long b, long bRow, long y, long yRow, int rows, int lanes) {
    var mask = first(lanes);
    var next = broadcast(F, 0);
    for (int r = 0; r < rows; r++) {
      next =
          fromMemorySegment(F, MEMORY, b - r * bRow, ORDER, mask)
              .fma(next, broadcast(F, get(a - r * aRow)));
      next.intoMemorySegment(MEMORY, y - r * yRow, ORDER, mask);
    }
  }

  private static void ofOnes(
      long a, long aRow, long b, long bRow, long y, long yRow, int rows, int lanes) {
    var mask = first(lanes);
    var next = broadcast(F, 0);
    for (int r = 0; r < rows; r++) {
      next = broadcast(F, get(b - r * bRow)).fma(next, broadcast(F, get(a - r * aRow)));
      next.intoMemorySegment(MEMORY, y - r * yRow, ORDER, mask);
    }
  }
}
