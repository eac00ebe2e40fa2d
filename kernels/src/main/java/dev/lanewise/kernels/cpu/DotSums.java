package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.DotProduct.SUMS;
import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Packing.HIGH_1;
import static dev.lanewise.kernels.cpu.Packing.HIGH_2;
import static dev.lanewise.kernels.cpu.Packing.HIGH_4;
import static dev.lanewise.kernels.cpu.Packing.HIGH_8;
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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** From sixteen partial sums to an element of C: a tree, the initial value, the epilogue. */
final class DotSums {
  /** The lanes of eight elements, in vectors of sixteen. */
  private static final VectorMask<Float> EIGHT = Lanes.first(8);

  /** Where the trees of eight elements are at last: each twice, the even ones first. */
  private static final VectorShuffle<Float> IN_ORDER =
      VectorShuffle.fromOp(F, i -> (i % 2 * 8 + i / 2 * 2) % COUNT);

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
        cLane == Float.BYTES
            && (initialLane == Float.BYTES || initialLane == 0)
            && (gateLane == Float.BYTES || !epilogue.isGated());
  }

  /** Elements of a row from i on, at most eight, of which all sums are in place. */
  void finish(long sums, int r, int i, int lanes) {
    trees(sums);
    if (contiguous && lanes == 8) {
      long from = initial + r * initialRow + i * initialLane;
      if (initialLane == 0) {
        var value = FloatVector.broadcast(F, get(from));
        from = sums + SUMS;
        for (int j = 0; j < 8; j += COUNT) {
          value.intoMemorySegment(MEMORY, from + 4 * j & POINTER, ORDER);
        }
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

  /** Of the partial sums of eight elements: their sums take the place of the first one's. */
  static void trees(long sums) {
    switch (COUNT) {
      case 4 -> {
        fourTrees(sums, sums);
        fourTrees(sums + 4 * SUMS, sums + SUMS / 4);
      }
      case 8 -> treesOfTwo(sums);
      default -> treesOfOne(sums);
    }
  }

  private void eight(long sums, long initial, long c) {
    for (int i = 0; i < 8; i += COUNT) {
      var x = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * i & POINTER, ORDER);
      if (COUNT == 16) {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial & POINTER, ORDER, EIGHT));
        x.blend(0f, x.compare(LE, floor)).intoMemorySegment(MEMORY, c & POINTER, ORDER, EIGHT);
      } else {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial + 4 * i & POINTER, ORDER));
        x.blend(0f, x.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * i & POINTER, ORDER);
      }
    }
  }

  private static void reluGateEight(long sums, long initial, long gate, long c) {
    var zero = FloatVector.zero(F);
    for (int i = 0; i < 8; i += COUNT) {
      var x = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * i & POINTER, ORDER);
      if (COUNT == 16) {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial & POINTER, ORDER, EIGHT));
        var g = FloatVector.fromMemorySegment(F, MEMORY, gate & POINTER, ORDER, EIGHT);
        zero.blend(x, g.compare(GT, 0f)).intoMemorySegment(MEMORY, c & POINTER, ORDER, EIGHT);
      } else {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial + 4 * i & POINTER, ORDER));
        var g = FloatVector.fromMemorySegment(F, MEMORY, gate + 4 * i & POINTER, ORDER);
        zero.blend(x, g.compare(GT, 0f)).intoMemorySegment(MEMORY, c + 4 * i & POINTER, ORDER);
      }
    }
  }

  private static void tanhGateEight(long sums, long initial, long gate, long c) {
    var one = FloatVector.broadcast(F, 1f);
    for (int i = 0; i < 8; i += COUNT) {
      var x = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * i & POINTER, ORDER);
      if (COUNT == 16) {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial & POINTER, ORDER, EIGHT));
        var g = FloatVector.fromMemorySegment(F, MEMORY, gate & POINTER, ORDER, EIGHT);
        x.mul(one.sub(g.mul(g))).intoMemorySegment(MEMORY, c & POINTER, ORDER, EIGHT);
      } else {
        x = x.add(FloatVector.fromMemorySegment(F, MEMORY, initial + 4 * i & POINTER, ORDER));
        var g = FloatVector.fromMemorySegment(F, MEMORY, gate + 4 * i & POINTER, ORDER);
        x.mul(one.sub(g.mul(g))).intoMemorySegment(MEMORY, c + 4 * i & POINTER, ORDER);
      }
    }
  }

  private void one(long sum, int r, int i) {
    float x = get(sum) + get(initial + r * initialRow + i * initialLane);
    if (epilogue.isGated()) {
      x = passed(x, get(gate + r * gateRow + i * gateLane));
    } else if (x <= floor) {
      x = 0;
    }
    MEMORY.set(FLOAT, c + r * cRow + i * cLane & POINTER, x);
  }

  // One tree is s0 + s8 + (s4 + s12) + (s2 + s10 + (s6 + s14)) + ... of the odd ones. Those of
  // several elements are added up at once, and take the place of the first element's sums.

  /** Where a vector has a quarter of an element's sums. */
  private static void fourTrees(long sums, long to) {
    long s = sums & POINTER;
    var v0 =
        FloatVector.fromMemorySegment(F, MEMORY, s, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + SUMS / 2, ORDER))
            .add(
                FloatVector.fromMemorySegment(F, MEMORY, s + SUMS / 4, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS / 4, ORDER)));
    var v1 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS + SUMS / 2, ORDER))
            .add(
                FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS + SUMS / 4, ORDER)
                    .add(
                        FloatVector.fromMemorySegment(
                            F, MEMORY, s + 1 * SUMS + 3 * SUMS / 4, ORDER)));
    var v2 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS + SUMS / 2, ORDER))
            .add(
                FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS + SUMS / 4, ORDER)
                    .add(
                        FloatVector.fromMemorySegment(
                            F, MEMORY, s + 2 * SUMS + 3 * SUMS / 4, ORDER)));
    var v3 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS + SUMS / 2, ORDER))
            .add(
                FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS + SUMS / 4, ORDER)
                    .add(
                        FloatVector.fromMemorySegment(
                            F, MEMORY, s + 3 * SUMS + 3 * SUMS / 4, ORDER)));
    v0 = v0.blend(v2, HIGH_2).add(v2.blend(v0, HIGH_2).rearrange(SWAP_2));
    v1 = v1.blend(v3, HIGH_2).add(v3.blend(v1, HIGH_2).rearrange(SWAP_2));
    v0.blend(v1, HIGH_1)
        .add(v1.blend(v0, HIGH_1).rearrange(SWAP_1))
        .intoMemorySegment(MEMORY, to & POINTER, ORDER);
  }

  /** Where a vector has half of an element's sums. */
  private static void treesOfTwo(long sums) {
    long s = sums & POINTER;
    var v0 =
        FloatVector.fromMemorySegment(F, MEMORY, s, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + SUMS / 2, ORDER));
    var v1 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS + SUMS / 2, ORDER));
    var v2 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS + SUMS / 2, ORDER));
    var v3 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS + SUMS / 2, ORDER));
    var v4 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 4 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 4 * SUMS + SUMS / 2, ORDER));
    var v5 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 5 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 5 * SUMS + SUMS / 2, ORDER));
    var v6 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 6 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 6 * SUMS + SUMS / 2, ORDER));
    var v7 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 7 * SUMS, ORDER)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 7 * SUMS + SUMS / 2, ORDER));
    v0 = v0.blend(v4, HIGH_4).add(v4.blend(v0, HIGH_4).rearrange(SWAP_4));
    v1 = v1.blend(v5, HIGH_4).add(v5.blend(v1, HIGH_4).rearrange(SWAP_4));
    v2 = v2.blend(v6, HIGH_4).add(v6.blend(v2, HIGH_4).rearrange(SWAP_4));
    v3 = v3.blend(v7, HIGH_4).add(v7.blend(v3, HIGH_4).rearrange(SWAP_4));
    v0 = v0.blend(v2, HIGH_2).add(v2.blend(v0, HIGH_2).rearrange(SWAP_2));
    v1 = v1.blend(v3, HIGH_2).add(v3.blend(v1, HIGH_2).rearrange(SWAP_2));
    v0.blend(v1, HIGH_1)
        .add(v1.blend(v0, HIGH_1).rearrange(SWAP_1))
        .intoMemorySegment(MEMORY, s, ORDER);
  }

  /** Where a vector has all of an element's sums. */
  private static void treesOfOne(long sums) {
    long s = sums & POINTER;
    // the second half of one element and the first of the next are one vector in memory
    var v0 =
        FloatVector.fromMemorySegment(F, MEMORY, s, ORDER)
            .blend(FloatVector.fromMemorySegment(F, MEMORY, s + 1 * SUMS, ORDER), HIGH_8)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + SUMS / 2, ORDER));
    var v1 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS, ORDER)
            .blend(FloatVector.fromMemorySegment(F, MEMORY, s + 3 * SUMS, ORDER), HIGH_8)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 2 * SUMS + SUMS / 2, ORDER));
    var v2 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 4 * SUMS, ORDER)
            .blend(FloatVector.fromMemorySegment(F, MEMORY, s + 5 * SUMS, ORDER), HIGH_8)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 4 * SUMS + SUMS / 2, ORDER));
    var v3 =
        FloatVector.fromMemorySegment(F, MEMORY, s + 6 * SUMS, ORDER)
            .blend(FloatVector.fromMemorySegment(F, MEMORY, s + 7 * SUMS, ORDER), HIGH_8)
            .add(FloatVector.fromMemorySegment(F, MEMORY, s + 6 * SUMS + SUMS / 2, ORDER));
    v0 = v0.blend(v2, HIGH_4).add(v2.blend(v0, HIGH_4).rearrange(SWAP_4));
    v1 = v1.blend(v3, HIGH_4).add(v3.blend(v1, HIGH_4).rearrange(SWAP_4));
    v0 = v0.blend(v1, HIGH_2).add(v1.blend(v0, HIGH_2).rearrange(SWAP_2));
    v0.add(v0.rearrange(SWAP_1)).rearrange(IN_ORDER).intoMemorySegment(MEMORY, s, ORDER);
  }

  /** What the gate lets pass of x. */
  private float passed(float x, float gate) {
    if (epilogue == Epilogue.TANH_GATE) {
      return x * (1 - gate * gate);
    }
    return gate > 0 ? x : 0;
  }

  private static float get(long pointer) {
    return MEMORY.get(FLOAT, pointer & POINTER);
  }
}
