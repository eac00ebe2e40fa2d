package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.DotProduct.SUMS;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.View;

/** From sixteen partial sums to an element of C: a tree, the initial value, the epilogue. */
final class DotSums {
  private final long initial, initialRow, initialLane, c, cRow, cLane, gate, gateRow, gateLane;
  private final Epilogue epilogue;

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
  }

  /** Elements of a row from i on, at most eight. */
  void finish(long sums, int r, int i, int lanes) {
    for (int j = 0; j < lanes; j++) {
      long s = sums + j * SUMS;
      float x = tree(s, 0) + get(initial + r * initialRow + (i + j) * initialLane);
      boolean keeps =
          switch (epilogue) {
            case NONE -> true;
            case RELU -> !(x <= 0);
            case GATE -> get(gate + r * gateRow + (i + j) * gateLane) > 0;
          };
      MEMORY.set(FLOAT, c + r * cRow + (i + j) * cLane & POINTER, keeps ? x : 0);
    }
  }

  private static float tree(long s, int i) {
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
