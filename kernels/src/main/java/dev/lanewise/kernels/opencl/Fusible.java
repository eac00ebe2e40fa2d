package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import java.util.List;
import java.util.function.Function;

/**
 * A call that can be part of a phase as well.
 *
 * @param pieces by how the work is cut: one after the other
 */
record Fusible(Call alone, Function<Cut, List<Piece>> pieces) implements Call {
  static Fusible of(Call alone, Piece... pieces) {
    var list = List.of(pieces);
    return new Fusible(alone, cut -> list);
  }

  /** Whether it looks for mistakes first: by itself it waits for what was found. */
  boolean checks() {
    return pieces.apply(Cut.NONE).stream().anyMatch(piece -> piece.function().isCheck());
  }

  /** Of the largest piece. */
  long items() {
    return pieces.apply(Cut.NONE).stream()
        .mapToLong(piece -> (long) piece.rows() * piece.lanes())
        .max()
        .orElse(0);
  }

  @Override
  public void run() {
    alone.run();
  }
}
