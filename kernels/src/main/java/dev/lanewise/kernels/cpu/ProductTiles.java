package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.SPAN;
import static dev.lanewise.kernels.cpu.Pointers.STEP;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of a product: tiles of C, a few rows by a few vectors, whose sums stay in
 * registers while k runs. Tiles follow each other down the rows of one panel of B.
 *
 * <p>The operands are fields because a panel has too many for a call. All are {@link Pointers} and
 * strides in bytes.
 */
final class ProductTiles {
  private static final long WIDTH = 4 * COUNT;

  /** How many tiles, one below the other, and how many products an element sums. */
  int tiles, k;

  /** A: from tile to tile, from row to row, from k to k. */
  long a, aTile, aRow, aK;

  /** B: the panel, COUNT neighbouring lanes a vector, and from k to k. */
  long b, bK;

  /** The initial values: as C, but rows and vectors may repeat. */
  long i, iTile, iRow, iVector;

  long c, cTile, cRow;

  /** Elements not above it become 0: 0 for RELU, NaN to keep them all. */
  float floor;

  /** 6 rows by 2 vectors, of an A with neighbouring k. */
  void rows6By2() {
    long aRow = this.aRow & SPAN, bK = this.bK & STEP;
    long iRow = this.iRow & SPAN, iVector = this.iVector & SPAN, cRow = this.cRow & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c01 = FloatVector.fromMemorySegment(F, MEMORY, i + iVector, ORDER);
      var c10 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow, ORDER);
      var c11 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + iVector, ORDER);
      var c20 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow, ORDER);
      var c21 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow + iVector, ORDER);
      var c30 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow, ORDER);
      var c31 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow + iVector, ORDER);
      var c40 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iRow, ORDER);
      var c41 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iRow + iVector, ORDER);
      var c50 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iRow, ORDER);
      var c51 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iRow + iVector, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * 4L, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var b1 = FloatVector.fromMemorySegment(F, MEMORY, bp + WIDTH, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        var a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + aRow));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        var a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 2 * aRow));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        var a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 3 * aRow));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        var a4 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 4 * aRow));
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        var a5 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 5 * aRow));
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c01.blend(0f, c01.compare(LE, floor)).intoMemorySegment(MEMORY, c + WIDTH, ORDER);
      c10.blend(0f, c10.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow, ORDER);
      c11.blend(0f, c11.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + WIDTH, ORDER);
      c20.blend(0f, c20.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow, ORDER);
      c21.blend(0f, c21.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow + WIDTH, ORDER);
      c30.blend(0f, c30.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow, ORDER);
      c31.blend(0f, c31.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow + WIDTH, ORDER);
      c40.blend(0f, c40.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * cRow, ORDER);
      c41.blend(0f, c41.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * cRow + WIDTH, ORDER);
      c50.blend(0f, c50.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * cRow, ORDER);
      c51.blend(0f, c51.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * cRow + WIDTH, ORDER);
    }
  }

  /** 6 rows by 2 vectors, of an A with neighbouring rows: {@code 6 k + row}. */
  void interleaved6By2() {
    long bK = this.bK & STEP;
    long iRow = this.iRow & SPAN, iVector = this.iVector & SPAN, cRow = this.cRow & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c01 = FloatVector.fromMemorySegment(F, MEMORY, i + iVector, ORDER);
      var c10 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow, ORDER);
      var c11 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + iVector, ORDER);
      var c20 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow, ORDER);
      var c21 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow + iVector, ORDER);
      var c30 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow, ORDER);
      var c31 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow + iVector, ORDER);
      var c40 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iRow, ORDER);
      var c41 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iRow + iVector, ORDER);
      var c50 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iRow, ORDER);
      var c51 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iRow + iVector, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * 24L, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var b1 = FloatVector.fromMemorySegment(F, MEMORY, bp + WIDTH, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        var a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 4));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        var a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 8));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        var a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 12));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        var a4 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 16));
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        var a5 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 20));
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c01.blend(0f, c01.compare(LE, floor)).intoMemorySegment(MEMORY, c + WIDTH, ORDER);
      c10.blend(0f, c10.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow, ORDER);
      c11.blend(0f, c11.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + WIDTH, ORDER);
      c20.blend(0f, c20.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow, ORDER);
      c21.blend(0f, c21.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow + WIDTH, ORDER);
      c30.blend(0f, c30.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow, ORDER);
      c31.blend(0f, c31.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow + WIDTH, ORDER);
      c40.blend(0f, c40.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * cRow, ORDER);
      c41.blend(0f, c41.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * cRow + WIDTH, ORDER);
      c50.blend(0f, c50.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * cRow, ORDER);
      c51.blend(0f, c51.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * cRow + WIDTH, ORDER);
    }
  }

  /** 12 rows by one vector. */
  void rows12By1() {
    long aRow = this.aRow & SPAN, aK = this.aK & STEP, bK = this.bK & STEP;
    long iRow = this.iRow & SPAN, cRow = this.cRow & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c10 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow, ORDER);
      var c20 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow, ORDER);
      var c30 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow, ORDER);
      var c40 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iRow, ORDER);
      var c50 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iRow, ORDER);
      var c60 = FloatVector.fromMemorySegment(F, MEMORY, i + 6 * iRow, ORDER);
      var c70 = FloatVector.fromMemorySegment(F, MEMORY, i + 7 * iRow, ORDER);
      var c80 = FloatVector.fromMemorySegment(F, MEMORY, i + 8 * iRow, ORDER);
      var c90 = FloatVector.fromMemorySegment(F, MEMORY, i + 9 * iRow, ORDER);
      var c100 = FloatVector.fromMemorySegment(F, MEMORY, i + 10 * iRow, ORDER);
      var c110 = FloatVector.fromMemorySegment(F, MEMORY, i + 11 * iRow, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * aK, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        var a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + aRow));
        c10 = a1.fma(b0, c10);
        var a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 2 * aRow));
        c20 = a2.fma(b0, c20);
        var a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 3 * aRow));
        c30 = a3.fma(b0, c30);
        var a4 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 4 * aRow));
        c40 = a4.fma(b0, c40);
        var a5 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 5 * aRow));
        c50 = a5.fma(b0, c50);
        var a6 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 6 * aRow));
        c60 = a6.fma(b0, c60);
        var a7 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 7 * aRow));
        c70 = a7.fma(b0, c70);
        var a8 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 8 * aRow));
        c80 = a8.fma(b0, c80);
        var a9 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 9 * aRow));
        c90 = a9.fma(b0, c90);
        var a10 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 10 * aRow));
        c100 = a10.fma(b0, c100);
        var a11 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 11 * aRow));
        c110 = a11.fma(b0, c110);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c10.blend(0f, c10.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow, ORDER);
      c20.blend(0f, c20.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow, ORDER);
      c30.blend(0f, c30.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow, ORDER);
      c40.blend(0f, c40.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * cRow, ORDER);
      c50.blend(0f, c50.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * cRow, ORDER);
      c60.blend(0f, c60.compare(LE, floor)).intoMemorySegment(MEMORY, c + 6 * cRow, ORDER);
      c70.blend(0f, c70.compare(LE, floor)).intoMemorySegment(MEMORY, c + 7 * cRow, ORDER);
      c80.blend(0f, c80.compare(LE, floor)).intoMemorySegment(MEMORY, c + 8 * cRow, ORDER);
      c90.blend(0f, c90.compare(LE, floor)).intoMemorySegment(MEMORY, c + 9 * cRow, ORDER);
      c100.blend(0f, c100.compare(LE, floor)).intoMemorySegment(MEMORY, c + 10 * cRow, ORDER);
      c110.blend(0f, c110.compare(LE, floor)).intoMemorySegment(MEMORY, c + 11 * cRow, ORDER);
    }
  }

  /** 4 rows by 4 vectors. */
  void rows4By4() {
    long aRow = this.aRow & SPAN, aK = this.aK & STEP, bK = this.bK & STEP;
    long iRow = this.iRow & SPAN, iVector = this.iVector & SPAN, cRow = this.cRow & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c01 = FloatVector.fromMemorySegment(F, MEMORY, i + iVector, ORDER);
      var c02 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iVector, ORDER);
      var c03 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iVector, ORDER);
      var c10 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow, ORDER);
      var c11 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + iVector, ORDER);
      var c12 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + 2 * iVector, ORDER);
      var c13 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + 3 * iVector, ORDER);
      var c20 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow, ORDER);
      var c21 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow + iVector, ORDER);
      var c22 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow + 2 * iVector, ORDER);
      var c23 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iRow + 3 * iVector, ORDER);
      var c30 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow, ORDER);
      var c31 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow + iVector, ORDER);
      var c32 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow + 2 * iVector, ORDER);
      var c33 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iRow + 3 * iVector, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * aK, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var b1 = FloatVector.fromMemorySegment(F, MEMORY, bp + WIDTH, ORDER);
        var b2 = FloatVector.fromMemorySegment(F, MEMORY, bp + 2 * WIDTH, ORDER);
        var b3 = FloatVector.fromMemorySegment(F, MEMORY, bp + 3 * WIDTH, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        var a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + aRow));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        var a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 2 * aRow));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        var a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + 3 * aRow));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c01.blend(0f, c01.compare(LE, floor)).intoMemorySegment(MEMORY, c + WIDTH, ORDER);
      c02.blend(0f, c02.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * WIDTH, ORDER);
      c03.blend(0f, c03.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * WIDTH, ORDER);
      c10.blend(0f, c10.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow, ORDER);
      c11.blend(0f, c11.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + WIDTH, ORDER);
      c12.blend(0f, c12.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + 2 * WIDTH, ORDER);
      c13.blend(0f, c13.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + 3 * WIDTH, ORDER);
      c20.blend(0f, c20.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow, ORDER);
      c21.blend(0f, c21.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * cRow + WIDTH, ORDER);
      c22.blend(0f, c22.compare(LE, floor))
          .intoMemorySegment(MEMORY, c + 2 * cRow + 2 * WIDTH, ORDER);
      c23.blend(0f, c23.compare(LE, floor))
          .intoMemorySegment(MEMORY, c + 2 * cRow + 3 * WIDTH, ORDER);
      c30.blend(0f, c30.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow, ORDER);
      c31.blend(0f, c31.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * cRow + WIDTH, ORDER);
      c32.blend(0f, c32.compare(LE, floor))
          .intoMemorySegment(MEMORY, c + 3 * cRow + 2 * WIDTH, ORDER);
      c33.blend(0f, c33.compare(LE, floor))
          .intoMemorySegment(MEMORY, c + 3 * cRow + 3 * WIDTH, ORDER);
    }
  }

  /** 2 rows by 4 vectors. */
  void rows2By4() {
    long aRow = this.aRow & SPAN, aK = this.aK & STEP, bK = this.bK & STEP;
    long iRow = this.iRow & SPAN, iVector = this.iVector & SPAN, cRow = this.cRow & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c01 = FloatVector.fromMemorySegment(F, MEMORY, i + iVector, ORDER);
      var c02 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iVector, ORDER);
      var c03 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iVector, ORDER);
      var c10 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow, ORDER);
      var c11 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + iVector, ORDER);
      var c12 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + 2 * iVector, ORDER);
      var c13 = FloatVector.fromMemorySegment(F, MEMORY, i + iRow + 3 * iVector, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * aK, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var b1 = FloatVector.fromMemorySegment(F, MEMORY, bp + WIDTH, ORDER);
        var b2 = FloatVector.fromMemorySegment(F, MEMORY, bp + 2 * WIDTH, ORDER);
        var b3 = FloatVector.fromMemorySegment(F, MEMORY, bp + 3 * WIDTH, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        var a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap + aRow));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c01.blend(0f, c01.compare(LE, floor)).intoMemorySegment(MEMORY, c + WIDTH, ORDER);
      c02.blend(0f, c02.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * WIDTH, ORDER);
      c03.blend(0f, c03.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * WIDTH, ORDER);
      c10.blend(0f, c10.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow, ORDER);
      c11.blend(0f, c11.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + WIDTH, ORDER);
      c12.blend(0f, c12.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + 2 * WIDTH, ORDER);
      c13.blend(0f, c13.compare(LE, floor)).intoMemorySegment(MEMORY, c + cRow + 3 * WIDTH, ORDER);
    }
  }

  /** One row by 8 vectors. */
  void rows1By8() {
    long aK = this.aK & STEP, bK = this.bK & STEP;
    long iVector = this.iVector & SPAN;
    for (int tile = 0; tile < tiles; tile++) {
      long i = this.i + tile * iTile & POINTER;
      var c00 = FloatVector.fromMemorySegment(F, MEMORY, i, ORDER);
      var c01 = FloatVector.fromMemorySegment(F, MEMORY, i + iVector, ORDER);
      var c02 = FloatVector.fromMemorySegment(F, MEMORY, i + 2 * iVector, ORDER);
      var c03 = FloatVector.fromMemorySegment(F, MEMORY, i + 3 * iVector, ORDER);
      var c04 = FloatVector.fromMemorySegment(F, MEMORY, i + 4 * iVector, ORDER);
      var c05 = FloatVector.fromMemorySegment(F, MEMORY, i + 5 * iVector, ORDER);
      var c06 = FloatVector.fromMemorySegment(F, MEMORY, i + 6 * iVector, ORDER);
      var c07 = FloatVector.fromMemorySegment(F, MEMORY, i + 7 * iVector, ORDER);
      long a = this.a + tile * aTile & POINTER, b = this.b & POINTER;
      for (int p = 0; p < k; p++) {
        long ap = a + (p & INDEX) * aK, bp = b + (p & INDEX) * bK;
        var b0 = FloatVector.fromMemorySegment(F, MEMORY, bp, ORDER);
        var b1 = FloatVector.fromMemorySegment(F, MEMORY, bp + WIDTH, ORDER);
        var b2 = FloatVector.fromMemorySegment(F, MEMORY, bp + 2 * WIDTH, ORDER);
        var b3 = FloatVector.fromMemorySegment(F, MEMORY, bp + 3 * WIDTH, ORDER);
        var b4 = FloatVector.fromMemorySegment(F, MEMORY, bp + 4 * WIDTH, ORDER);
        var b5 = FloatVector.fromMemorySegment(F, MEMORY, bp + 5 * WIDTH, ORDER);
        var b6 = FloatVector.fromMemorySegment(F, MEMORY, bp + 6 * WIDTH, ORDER);
        var b7 = FloatVector.fromMemorySegment(F, MEMORY, bp + 7 * WIDTH, ORDER);
        var a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, ap));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        c04 = a0.fma(b4, c04);
        c05 = a0.fma(b5, c05);
        c06 = a0.fma(b6, c06);
        c07 = a0.fma(b7, c07);
      }
      long c = this.c + tile * cTile & POINTER;
      c00.blend(0f, c00.compare(LE, floor)).intoMemorySegment(MEMORY, c, ORDER);
      c01.blend(0f, c01.compare(LE, floor)).intoMemorySegment(MEMORY, c + WIDTH, ORDER);
      c02.blend(0f, c02.compare(LE, floor)).intoMemorySegment(MEMORY, c + 2 * WIDTH, ORDER);
      c03.blend(0f, c03.compare(LE, floor)).intoMemorySegment(MEMORY, c + 3 * WIDTH, ORDER);
      c04.blend(0f, c04.compare(LE, floor)).intoMemorySegment(MEMORY, c + 4 * WIDTH, ORDER);
      c05.blend(0f, c05.compare(LE, floor)).intoMemorySegment(MEMORY, c + 5 * WIDTH, ORDER);
      c06.blend(0f, c06.compare(LE, floor)).intoMemorySegment(MEMORY, c + 6 * WIDTH, ORDER);
      c07.blend(0f, c07.compare(LE, floor)).intoMemorySegment(MEMORY, c + 7 * WIDTH, ORDER);
    }
  }
}
