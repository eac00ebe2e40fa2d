package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.DotProduct.SUMS;
import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Packing.HIGH_1;
import static dev.lanewise.kernels.cpu.Packing.HIGH_2;
import static dev.lanewise.kernels.cpu.Packing.HIGH_4;
import static dev.lanewise.kernels.cpu.Packing.SWAP_1;
import static dev.lanewise.kernels.cpu.Packing.SWAP_2;
import static dev.lanewise.kernels.cpu.Packing.SWAP_4;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** From sixteen partial sums to an element of C: a tree, the initial value, the epilogue. */
final class DotSums {
  private static final VectorSpecies<Float> EIGHT = Packing.EIGHT;

  private final long initial, initialRow, initialLane, c, cRow, cLane, gate, gateRow, gateLane;
  private final Epilogue epilogue;
  private final boolean contiguous;
  private final float floor;

  DotSums(View initial, View c, View gate, Epilogue epilogue) {
    this.initial = Pointers.of(initial);
    initialRow = bytes(initial.rowStride());
    initialLane = bytes(initial.laneStride());
    this.c = Pointers.of(c);
    cRow = bytes(c.rowStride());
    cLane = bytes(c.laneStride());
    this.gate = Pointers.of(gate);
    gateRow = bytes(gate.rowStride());
    gateLane = bytes(gate.laneStride());
    this.epilogue = epilogue;
    floor = epilogue == Epilogue.RELU ? 0 : Float.NaN;
    contiguous =
        COUNT >= 8
            && cLane == Float.BYTES
            && (initialLane == Float.BYTES || initialLane == 0)
            && (gateLane == Float.BYTES || !epilogue.isGated());
  }

  /** Elements of a row from i on, at most eight, of which all sums are in place. */
  void finish(long sums, int r, int i, int lanes) {
    if (COUNT >= 8) {
      trees(sums);
    } else {
      for (int j = 0; j < lanes; j++) {
        MEMORY.set(FLOAT, sums + 4 * j & POINTER, tree(sums + j * SUMS));
      }
    }
    if (contiguous && lanes == 8) {
      long from = initial + r * initialRow + i * initialLane;
      if (initialLane == 0) {
        FloatVector.broadcast(EIGHT, get(from))
            .intoMemorySegment(MEMORY, sums + SUMS & POINTER, ORDER);
        from = sums + SUMS;
      }
      long to = c + r * cRow + i * cLane;
      long g = gate + r * gateRow + i * gateLane;
      switch (epilogue) {
        case NONE, RELU -> eight(sums, from, to);
        case RELU_GATE -> reluGateEight(sums, from, g, to);
        case TANH_GATE -> tanhGateEight(sums, from, g, to);
      }
    } else {
      for (int j = 0; j < lanes; j++) {
        one(sums + 4 * j, r, i + j);
      }
    }
  }

  private void eight(long sums, long initial, long c) {
    var x =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, sums & POINTER, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, initial & POINTER, ORDER));
    x.blend(0f, x.compare(LE, floor)).intoMemorySegment(MEMORY, c & POINTER, ORDER);
  }

  private static void reluGateEight(long sums, long initial, long gate, long c) {
    var x =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, sums & POINTER, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, initial & POINTER, ORDER));
    var g = FloatVector.fromMemorySegment(EIGHT, MEMORY, gate & POINTER, ORDER);
    FloatVector.zero(EIGHT)
        .blend(x, g.compare(GT, 0f))
        .intoMemorySegment(MEMORY, c & POINTER, ORDER);
  }

  private static void tanhGateEight(long sums, long initial, long gate, long c) {
    var x =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, sums & POINTER, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, initial & POINTER, ORDER));
    var g = FloatVector.fromMemorySegment(EIGHT, MEMORY, gate & POINTER, ORDER);
    x.mul(FloatVector.broadcast(EIGHT, 1f).sub(g.mul(g)))
        .intoMemorySegment(MEMORY, c & POINTER, ORDER);
  }

  private void one(long sum, int r, int i) {
    float x = get(sum) + get(initial + r * initialRow + i * initialLane);
    if (epilogue.isGated()) {
      x = Gates.passed(epilogue, x, get(gate + r * gateRow + i * gateLane));
    } else if (x <= floor) {
      x = 0;
    }
    MEMORY.set(FLOAT, c + r * cRow + i * cLane & POINTER, x);
  }

  /** The trees of eight elements, all at once: their sums take the place of the first one's. */
  private static void trees(long sums) {
    long s = sums & POINTER;
    var v0 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + SUMS / 2, ORDER));
    var v1 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 1 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 1 * SUMS + SUMS / 2, ORDER));
    var v2 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 2 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 2 * SUMS + SUMS / 2, ORDER));
    var v3 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 3 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 3 * SUMS + SUMS / 2, ORDER));
    var v4 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 4 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 4 * SUMS + SUMS / 2, ORDER));
    var v5 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 5 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 5 * SUMS + SUMS / 2, ORDER));
    var v6 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 6 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 6 * SUMS + SUMS / 2, ORDER));
    var v7 =
        FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 7 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(EIGHT, MEMORY, s + 7 * SUMS + SUMS / 2, ORDER));
    v0 = v0.blend(v4.rearrange(SWAP_4), HIGH_4).add(v0.rearrange(SWAP_4).blend(v4, HIGH_4));
    v1 = v1.blend(v5.rearrange(SWAP_4), HIGH_4).add(v1.rearrange(SWAP_4).blend(v5, HIGH_4));
    v2 = v2.blend(v6.rearrange(SWAP_4), HIGH_4).add(v2.rearrange(SWAP_4).blend(v6, HIGH_4));
    v3 = v3.blend(v7.rearrange(SWAP_4), HIGH_4).add(v3.rearrange(SWAP_4).blend(v7, HIGH_4));
    v0 = v0.blend(v2.rearrange(SWAP_2), HIGH_2).add(v0.rearrange(SWAP_2).blend(v2, HIGH_2));
    v1 = v1.blend(v3.rearrange(SWAP_2), HIGH_2).add(v1.rearrange(SWAP_2).blend(v3, HIGH_2));
    v0.blend(v1.rearrange(SWAP_1), HIGH_1)
        .add(v0.rearrange(SWAP_1).blend(v1, HIGH_1))
        .intoMemorySegment(MEMORY, s, ORDER);
  }

  private static float tree(long s) {
    float even = eighth(s, 0) + eighth(s, 4);
    float odd = eighth(s, 1) + eighth(s, 5);
    return even + (eighth(s, 2) + eighth(s, 6)) + (odd + (eighth(s, 3) + eighth(s, 7)));
  }

  private static float eighth(long s, int i) {
    return get(s + 4 * i) + get(s + 4 * (i + 8));
  }

  private static float get(long pointer) {
    return MEMORY.get(FLOAT, pointer & POINTER);
  }
}
