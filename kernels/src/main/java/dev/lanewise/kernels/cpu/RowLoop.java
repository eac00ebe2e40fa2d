package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.LoopCode.Place.at;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;

import dev.lanewise.kernels.View;
import java.util.Arrays;

/**
 * One loop for an expression of several rows of neighbouring elements, some of which it changes.
 * Whole vectors are computed in place, the rest in scratch memory: no branch, no mask.
 */
final class RowLoop {
  private static final long WIDTH = 4 * COUNT;

  /** The expression. */
  interface Body {
    /**
     * The new vectors of the first so many rows.
     *
     * @param x the vectors of all rows
     * @param numbers what is the same for all elements
     */
    LoopCode.Floats[] of(LoopCode.Floats[] x, LoopCode.Floats[] numbers);
  }

  private final int rows, changed, numbers;
  private final Loop loop;

  /**
   * @param rows that are read
   * @param changed the first so many of them are written, too
   * @param numbers how many numbers the expression has
   */
  RowLoop(String name, int rows, int changed, int numbers, Body body) {
    this.rows = rows;
    this.changed = changed;
    this.numbers = numbers;
    loop = LoopCode.loop(name, code -> write(code, body));
    WarmUp.of(name, loop, 1 + rows + numbers, this::example);
  }

  // The arguments: how many vectors, where the rows are, and the bits of the numbers.

  private void write(LoopCode code, Body body) {
    var vectors = code.count(0);
    var pointers = new LoopCode.Bytes[rows];
    Arrays.setAll(pointers, r -> code.bytes(1 + r, POINTER));
    var same = new LoopCode.Floats[numbers];
    Arrays.setAll(same, i -> code.number(1 + rows + i));
    var width = code.bytes(WIDTH);
    code.repeat(
        vectors,
        v -> {
          var places = new LoopCode.Place[rows];
          Arrays.setAll(places, r -> at(code.indexed(pointers[r], v, width)));
          var x = Arrays.stream(places).map(code::load).toArray(LoopCode.Floats[]::new);
          var y = body.of(x, same);
          for (int r = 0; r < changed; r++) {
            y[r].store(places[r]);
          }
        });
  }

  private void example(long[] arguments, long memory, int turn) {
    arguments[0] = turn % 8 == 0 ? turn % 3 : 4;
    for (int r = 0; r < rows; r++) {
      arguments[1 + r] = memory + r * WarmUp.BYTES / 16;
    }
  }

  Bound bind(View... views) {
    return new Bound(views);
  }

  /** The loop with its rows; the numbers may change from run to run. */
  final class Bound {
    private final long[] pointers;
    private final long[] arguments = new long[1 + rows + numbers];
    private final int whole, rest;

    private Bound(View[] views) {
      pointers = Arrays.stream(views).mapToLong(Pointers::of).toArray();
      whole = views[0].lanes() / COUNT;
      rest = views[0].lanes() % COUNT;
    }

    Bound set(int number, float value) {
      arguments[1 + rows + number] = Float.floatToRawIntBits(value);
      return this;
    }

    void run() {
      arguments[0] = whole;
      System.arraycopy(pointers, 0, arguments, 1, rows);
      loop.run(arguments);
      if (rest > 0) {
        long scratch = Scratch.mine().start(rows * WIDTH);
        for (int r = 0; r < rows; r++) {
          arguments[1 + r] = scratch + r * WIDTH;
          Packing.copy(pointers[r] + whole * WIDTH, 0, arguments[1 + r], 0, 1, rest);
        }
        arguments[0] = 1;
        loop.run(arguments);
        for (int r = 0; r < changed; r++) {
          Packing.copyExactly(arguments[1 + r], 0, pointers[r] + whole * WIDTH, 0, 1, rest);
        }
      }
    }
  }
}
