package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.LoopCode.Place.at;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.SPAN;
import static dev.lanewise.kernels.cpu.Pointers.STEP;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.lanewise.kernels.Gemm.Epilogue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A kind of innermost loop of a product: a few rows of C by a few vectors, whose sums stay in
 * registers while k runs. Tiles follow each other down the rows of one panel of B.
 *
 * @param rows of C
 * @param vectors of a row
 * @param initial where the sums start
 * @param epilogue what happens to each sum in the end
 */
record Tile(int rows, int vectors, Initial initial, Epilogue epilogue) {

  /** Where the sums start: at the elements of a matrix, or at one vector for a whole row. */
  enum Initial {
    LANES,
    ROW
  }

  private static final long WIDTH = 4 * COUNT;

  // The arguments. All but the first two are Pointers and strides in bytes; A and C, the initial
  // values and the gate have a stride from tile to tile and one from row to row.

  /** How many tiles, one below the other, and how many products an element sums. */
  static final int TILES = 0, K = 1;

  /** A, and its stride from k to k. */
  static final int A = 2, A_TILE = 3, A_ROW = 4, A_K = 5;

  /** The panel of B, COUNT neighbouring lanes a vector, and its stride from k to k. */
  static final int B = 6, B_K = 7;

  static final int INITIAL = 8, INITIAL_TILE = 9, INITIAL_ROW = 10;
  static final int C = 11, C_TILE = 12, C_ROW = 13;
  static final int GATE = 14, GATE_TILE = 15, GATE_ROW = 16;
  static final int ARGUMENTS = 17;

  private static final Map<Tile, Loop> LOOPS = new ConcurrentHashMap<>();

  /** The loop of this kind, made when it is first asked for. */
  Loop loop() {
    return LOOPS.computeIfAbsent(this, Tile::make);
  }

  private Loop make() {
    var name = "Tile%dBy%d%s%s".formatted(rows, vectors, initial, epilogue);
    var loop = LoopCode.loop(name, this::write);
    WarmUp.of(name, loop, ARGUMENTS, this::example);
    return loop;
  }

  private void write(LoopCode code) {
    var tiles = code.count(TILES);
    var k = code.count(K);
    var a = code.bytes(A, POINTER);
    var aTile = code.bytes(A_TILE, SPAN);
    var aRow = code.bytes(A_ROW, SPAN);
    var aK = code.bytes(A_K, STEP);
    var b = code.bytes(B, POINTER);
    var bK = code.bytes(B_K, STEP);
    var i = code.bytes(INITIAL, POINTER);
    var iTile = code.bytes(INITIAL_TILE, SPAN);
    var iRow = code.bytes(INITIAL_ROW, SPAN);
    var c = code.bytes(C, POINTER);
    var cTile = code.bytes(C_TILE, SPAN);
    var cRow = code.bytes(C_ROW, SPAN);
    var gate = code.bytes(GATE, POINTER);
    var gateTile = code.bytes(GATE_TILE, SPAN);
    var gateRow = code.bytes(GATE_ROW, SPAN);
    var width = code.bytes(WIDTH);
    code.repeat(
        tiles,
        tile -> {
          var sums = new LoopCode.Floats[rows][vectors];
          for (int r = 0; r < rows; r++) {
            for (int v = 0; v < vectors; v++) {
              var place = at(i).plus(iRow, r).plus(v * WIDTH);
              boolean again = initial == Initial.ROW && v > 0;
              sums[r][v] = again ? sums[r][0].copy() : code.load(place);
            }
          }
          code.repeat(
              k,
              p -> {
                var left = new LoopCode.Floats[rows];
                var right = new LoopCode.Floats[vectors];
                var aHere = code.indexed(a, p, aK);
                var bHere = code.indexed(b, p, bK);
                for (int r = 0; r < rows; r++) {
                  left[r] = code.splat(at(aHere).plus(aRow, r));
                }
                for (int v = 0; v < vectors; v++) {
                  right[v] = code.load(at(bHere).plus(v * WIDTH));
                }
                for (int r = 0; r < rows; r++) {
                  for (int v = 0; v < vectors; v++) {
                    sums[r][v].set(right[v].fma(left[r], sums[r][v]));
                  }
                }
              });
          for (int r = 0; r < rows; r++) {
            for (int v = 0; v < vectors; v++) {
              sums[r][v].exact().store(at(c).plus(cRow, r).plus(v * WIDTH));
            }
          }
          if (epilogue != Epilogue.NONE) {
            // loops that read them again: written out they were more than the compilers take
            code.repeat(
                code.known(rows),
                r -> {
                  var cHere = code.indexed(c, r, cRow);
                  var gateHere = code.indexed(gate, r, gateRow);
                  code.repeat(
                      code.known(vectors),
                      v -> {
                        var place = at(code.indexed(cHere, v, width));
                        var gatePlace = at(code.indexed(gateHere, v, width));
                        finished(code, code.load(place).exact(), gatePlace).exact().store(place);
                      });
                });
          }
          code.advance(a, aTile);
          code.advance(i, iTile);
          code.advance(c, cTile);
          code.advance(gate, gateTile);
        });
  }

  private LoopCode.Floats finished(LoopCode code, LoopCode.Floats sum, LoopCode.Place gate) {
    return switch (epilogue) {
      case NONE -> sum;
      case RELU -> {
        var zero = code.constant(0);
        yield zero.where(sum, LE, zero, sum);
      }
      case RELU_GATE -> {
        var zero = code.constant(0);
        yield sum.where(code.load(gate).exact(), GT, zero, zero.exact());
      }
      case TANH_GATE -> {
        var g = code.load(gate).exact();
        yield sum.mul(code.constant(1).exact().sub(g.mul(g).exact()).exact());
      }
    };
  }

  /** A small product to warm up with; of some the sums are short or empty, or tiles follow. */
  private void example(long[] arguments, long memory, int turn) {
    boolean rare = turn % 8 == 0;
    long row = vectors * WIDTH;
    arguments[TILES] = rare ? 2 : 1;
    arguments[K] = rare ? turn % 3 : 8;
    arguments[A] = memory;
    arguments[A_ROW] = WIDTH;
    arguments[A_K] = Float.BYTES;
    arguments[B] = memory;
    arguments[B_K] = row;
    arguments[INITIAL] = memory;
    arguments[C] = memory + WarmUp.BYTES / 2;
    arguments[C_ROW] = row;
    arguments[GATE] = memory;
    arguments[GATE_ROW] = row;
  }
}
