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

  /** All elements of a panel of C; the gate's lane stride is 4 or 0. */
  static void apply(
      Epilogue epilogue, long g, long gRow, long gLane, long c, long cRow, int rows, int lanes) {
    int whole = gLane == 0 ? 0 : Lanes.whole(lanes);
    for (int r = 0; r < rows; r++) {
      long x = g + (r & INDEX) * (gRow & STEP) & POINTER;
      long y = c + (r & INDEX) * (cRow & STEP) & POINTER;
      if (epilogue == Epilogue.RELU_GATE) {
        relu(x, y, whole);
      } else {
        tanh(x, y, whole);
      }
      for (int j = whole; j < lanes; j++) {
        long to = y + 4 * (j & INDEX);
        float gate = MEMORY.get(FLOAT, x + (j & INDEX) * (gLane & STEP));
        MEMORY.set(FLOAT, to, passed(epilogue, MEMORY.get(FLOAT, to), gate));
      }
    }
  }

  private static void relu(long g, long c, int lanes) {
    long x = g & POINTER, y = c & POINTER;
    var zero = FloatVector.zero(F);
    for (int j = 0; j < lanes; j += COUNT) {
      long o = 4 * (j & INDEX);
      var keeps = FloatVector.fromMemorySegment(F, MEMORY, x + o, ORDER).compare(GT, 0f);
      zero.blend(FloatVector.fromMemorySegment(F, MEMORY, y + o, ORDER), keeps)
          .intoMemorySegment(MEMORY, y + o, ORDER);
    }
  }

  private static void tanh(long g, long c, int lanes) {
    long x = g & POINTER, y = c & POINTER;
    var one = FloatVector.broadcast(F, 1f);
    for (int j = 0; j < lanes; j += COUNT) {
      long o = 4 * (j & INDEX);
      var value = FloatVector.fromMemorySegment(F, MEMORY, x + o, ORDER);
      FloatVector.fromMemorySegment(F, MEMORY, y + o, ORDER)
          .mul(one.sub(value.mul(value)))
          .intoMemorySegment(MEMORY, y + o, ORDER);
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
