package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.STEP;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.lanewise.kernels.Gemm.Epilogue;
import jdk.incubator.vector.FloatVector;

/** What the gates of a product let pass: a second look at a panel that is still in the cache. */
final class Gates {
  private Gates() {}

  /**
   * All elements of a panel of C, by columns two vectors wide, which are longer than its rows; a
   * last vector that has no other is taken for both. The gate's lane stride is 4 or 0.
   */
  static void apply(
      Epilogue epilogue, long g, long gRow, long gLane, long c, long cRow, int rows, int lanes) {
    int whole = gLane == 0 ? 0 : Lanes.whole(lanes);
    for (int j = 0; j < whole; j += 2 * COUNT) {
      long x = g + 4L * j, y = c + 4L * j;
      long next = whole - j > COUNT ? 4L * COUNT : 0;
      if (epilogue == Epilogue.RELU_GATE) {
        relu(x, gRow, y, cRow, next, rows);
      } else {
        tanh(x, gRow, y, cRow, next, rows);
      }
    }
    for (int j = whole; j < lanes; j++) {
      for (int r = 0; r < rows; r++) {
        long from = g + r * gRow + j * gLane & POINTER, to = c + r * cRow + 4L * j & POINTER;
        MEMORY.set(FLOAT, to, passed(epilogue, MEMORY.get(FLOAT, to), MEMORY.get(FLOAT, from)));
      }
    }
  }

  private static void relu(long g, long gRow, long c, long cRow, long next, int rows) {
    long x = g & POINTER, y = c & POINTER, xRow = gRow & STEP, yRow = cRow & STEP;
    long second = next & STEP;
    var zero = FloatVector.zero(F);
    for (int r = 0; r < rows; r++) {
      long from = x + (r & INDEX) * xRow, to = y + (r & INDEX) * yRow;
      var keeps0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER).compare(GT, 0f);
      var keeps1 = FloatVector.fromMemorySegment(F, MEMORY, from + second, ORDER).compare(GT, 0f);
      var c0 = zero.blend(FloatVector.fromMemorySegment(F, MEMORY, to, ORDER), keeps0);
      var c1 = zero.blend(FloatVector.fromMemorySegment(F, MEMORY, to + second, ORDER), keeps1);
      c0.intoMemorySegment(MEMORY, to, ORDER);
      c1.intoMemorySegment(MEMORY, to + second, ORDER);
    }
  }

  private static void tanh(long g, long gRow, long c, long cRow, long next, int rows) {
    long x = g & POINTER, y = c & POINTER, xRow = gRow & STEP, yRow = cRow & STEP;
    long second = next & STEP;
    var one = FloatVector.broadcast(F, 1f);
    for (int r = 0; r < rows; r++) {
      long from = x + (r & INDEX) * xRow, to = y + (r & INDEX) * yRow;
      var g0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER);
      var g1 = FloatVector.fromMemorySegment(F, MEMORY, from + second, ORDER);
      var c0 = FloatVector.fromMemorySegment(F, MEMORY, to, ORDER).mul(one.sub(g0.mul(g0)));
      var c1 =
          FloatVector.fromMemorySegment(F, MEMORY, to + second, ORDER).mul(one.sub(g1.mul(g1)));
      c0.intoMemorySegment(MEMORY, to, ORDER);
      c1.intoMemorySegment(MEMORY, to + second, ORDER);
    }
  }

  /** What one gate lets pass of x. */
  static float passed(Epilogue epilogue, float x, float gate) {
    if (epilogue == Epilogue.TANH_GATE) {
      return x * (1 - gate * gate);
    }
    return gate > 0 ? x : 0;
  }
}
