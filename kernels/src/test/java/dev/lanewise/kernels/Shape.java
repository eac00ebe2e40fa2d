package dev.lanewise.kernels;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows and lanes, and the sizes at which kernels go wrong. */
record Shape(int rows, int lanes) {
  private static final boolean SLOW = Integer.getInteger("lanewise.vector.bits", 0) == 512;

  /** None, one, and both sides of every vector, unroll and block. */
  static final int[] LANES = {
    0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 127, 130
  };

  /** 512-bit vectors are slow where the processor has none. */
  static final Shape LARGE = SLOW ? new Shape(40, 257) : new Shape(300, 1000);

  static final List<Shape> FEW =
      List.of(
          new Shape(0, 5), new Shape(4, 0), new Shape(1, 1), new Shape(2, 17), new Shape(3, 65));

  static final List<Shape> AWKWARD =
      Stream.concat(
              IntStream.of(0, 1, 2, 3, 5)
                  .boxed()
                  .flatMap(rows -> IntStream.of(LANES).mapToObj(lanes -> new Shape(rows, lanes))),
              Stream.of(new Shape(64, 1), new Shape(65, 3), new Shape(33, 16), LARGE))
          .toList();

  /** The shapes that stretch to this one; for the large one the commonest. */
  List<Shape> stretching() {
    if (equals(LARGE)) {
      return List.of(this, new Shape(1, lanes));
    }
    return Stream.of(this, new Shape(1, lanes), new Shape(rows, 1), new Shape(1, 1))
        .distinct()
        .toList();
  }

  int size() {
    return rows * lanes;
  }
}
