package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.set;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/** Elements by their place, and places by their element. */
final class Gathers {

  /** Records that are worth copying before they are transposed. */
  private static final int WIDE = 8;

  /** Records that are transposed at once. */
  private static final int BLOCK = 16;

  private Gathers() {}

  static Call pick(View x, View index, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride()), xLane = bytes(x.laneStride());
    long index0 = bytes(index.address()), indexLane = bytes(index.laneStride());
    long y0 = bytes(y.address());
    int rows = x.rows(), n = y.lanes();
    return () -> {
      for (int i = 0; i < n; i++) {
        int r = index(index0 + i * indexLane, rows);
        set(y0 + bytes(i), get(x0 + r * xRow + i * xLane));
      }
    };
  }

  static Call oneHot(View index, View y) {
    long index0 = bytes(index.address()), y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = y.lanes();
    if (Rows.isSplat(index)) {
      return () -> {
        for (int r = 0; r < rows; r++) {
          Elementwise.fillRow(get(index0) == r ? 1 : 0, y0 + r * yRow, n);
        }
      };
    }
    // from the last row to the first, because the index may be y's first row
    return () -> {
      for (int r = rows - 1; r >= 0; r--) {
        equal(index0, r, y0 + r * yRow, n);
      }
    };
  }

  private static void equal(long index, float row, long y, int n) {
    FloatVector zero = broadcast(F, 0), one = broadcast(F, 1);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      zero.blend(one, fromMemorySegment(F, MEMORY, index + 4L * i, ORDER).compare(EQ, row))
          .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var is = fromMemorySegment(F, MEMORY, index + 4L * i, ORDER, rest).compare(EQ, row);
    zero.blend(one, is).intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  static Call gather(View x, View index, View y) {
    boolean forward = x.laneStride() == 1 && x.rowStride() >= 0 && y.rowStride() > 0;
    return forward && y.rows() >= WIDE ? gatherWide(x, index, y) : gatherOneByOne(x, index, y);
  }

  /** Copies some records next to each other and transposes those in registers. */
  private static Call gatherWide(View x, View index, View y) {
    long from = Pointers.of(x), record = bytes(x.rowStride());
    long index0 = bytes(index.address()), indexLane = bytes(index.laneStride());
    long to = Pointers.of(y), yRow = bytes(y.rowStride());
    int records = x.rows(), width = y.rows(), n = y.lanes();
    long padded = bytes(Math.ceilDiv(width, 16) * 16L);
    return () -> {
      long block = Scratch.mine().start(BLOCK * padded);
      for (int i = 0; i < n; i += BLOCK) {
        int count = Math.min(BLOCK, n - i);
        for (int j = 0; j < count; j++) {
          int r = index(index0 + (i + j) * indexLane, records);
          Packing.copy(from + r * record, 0, block + j * padded, 0, 1, width);
        }
        Packing.transpose(block, padded, to + bytes(i), yRow, width, count);
      }
    };
  }

  private static Call gatherOneByOne(View x, View index, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride()), xLane = bytes(x.laneStride());
    long index0 = bytes(index.address()), indexLane = bytes(index.laneStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int records = x.rows(), width = y.rows(), n = y.lanes();
    return () -> {
      for (int i = 0; i < n; i++) {
        long from = x0 + index(index0 + i * indexLane, records) * xRow;
        for (int r = 0; r < width; r++) {
          set(y0 + r * yRow + bytes(i), get(from + r * xLane));
        }
      }
    };
  }

  static Call scatter(View x, View index, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride()), xLane = bytes(x.laneStride());
    long index0 = bytes(index.address()), indexLane = bytes(index.laneStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int records = y.rows(), width = x.rows(), n = x.lanes();
    if (n == 1 && width > 1 && xRow == bytes(1)) {
      return () -> Elementwise.copyRow(x0, y0 + index(index0, records) * yRow, width);
    }
    return () -> {
      for (int i = 0; i < n; i++) {
        long to = y0 + index(index0 + i * indexLane, records) * yRow;
        for (int r = 0; r < width; r++) {
          set(to + bytes(r), get(x0 + r * xRow + i * xLane));
        }
      }
    };
  }

  private static int index(long offset, int rows) {
    float value = get(offset);
    int index = (int) value;
    if (index != value || index < 0 || index >= rows) {
      throw new IndexOutOfBoundsException(
          "index " + value + " is not a whole number from 0 to " + (rows - 1));
    }
    return index;
  }
}
