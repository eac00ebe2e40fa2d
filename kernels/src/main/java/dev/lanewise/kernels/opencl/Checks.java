package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.View;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * Refusals of numbers that must not be. Running one waits for the device: what is run after a
 * failed check has not happened.
 */
final class Checks {
  /** Numbers that the host looks at at once. */
  private static final int BLOCK = 1 << 14;

  private final OpenClKernels kernels;
  private final Flag flag;
  private final OpenClMemory memory;

  Checks(OpenClKernels kernels, Flag flag, OpenClMemory memory) {
    this.kernels = kernels;
    this.flag = flag;
    this.memory = memory;
  }

  Call finite(View x, String name) {
    var each = OpenClKernels.tidied(x)[0];
    var tidied = notFinite(each, name);
    var look = tidied.function().over(each.lanes(), each.rows());
    return fusible(
        () -> {
          look.run();
          int row = flag.take();
          if (row >= 0) {
            throw new NotFiniteException(name, first(each, row, v -> !Double.isFinite(v)));
          }
        },
        tidied,
        notFinite(x, name));
  }

  private Piece notFinite(View x, String name) {
    var function =
        kernels
            .bind("checks", "notFinite")
            .view(x)
            .number(x.rows())
            .number(x.lanes())
            .flag(flag, (lane, value) -> new NotFiniteException(name, value));
    return new Piece(function, x.rows(), x.lanes());
  }

  private static Call fusible(Call alone, Piece tidied, Piece plain) {
    return new Fusible(alone, cut -> List.of(cut == Cut.NONE ? tidied : plain));
  }

  Call wholeNumbers(View x, int first, int last, String name) {
    var each = OpenClKernels.tidied(x)[0];
    Argument.Mistake mistake =
        (lane, value) ->
            new IllegalArgumentException(
                "%s is %s, not a whole number from %d to %d"
                    .formatted(name, (double) value, first, last));
    var tidied = notWhole(each, first, last, mistake);
    var look = tidied.function().over(each.lanes(), each.rows());
    return fusible(
        () -> {
          look.run();
          int row = flag.take();
          if (row >= 0) {
            throw mistake.of(
                0, first(each, row, v -> !(v >= first && v <= last && v == Math.rint(v))));
          }
        },
        tidied,
        notWhole(x, first, last, mistake));
  }

  private Piece notWhole(View x, int first, int last, Argument.Mistake mistake) {
    var function =
        kernels
            .bind("checks", "notWhole")
            .view(x)
            .number(x.rows())
            .number(x.lanes())
            .number((float) first)
            .number((float) last)
            .flag(flag, mistake);
    return new Piece(function, x.rows(), x.lanes());
  }

  /** The first lane whose index is none of {@code count}, or a negative number, at every run. */
  Indices indices(View index, int count) {
    var each = index.laneStride() == 0 ? index.lanes(0, 1) : index;
    return new Indices(wrong(each, count).over(each.lanes(), 1), index, count);
  }

  private KernelCall.Binding wrong(View index, int count) {
    return kernels
        .bind("gathers", "wrongIndices")
        .view(index)
        .number(index.lanes())
        .number(count)
        .flag(flag, (lane, value) -> noIndex(lane, value, count));
  }

  private static IndexOutOfBoundsException noIndex(int lane, float value, int count) {
    return new IndexOutOfBoundsException(
        "the index %s of lane %d is not a whole number in [0, %d)".formatted(value, lane, count));
  }

  /** Indices that are looked at before they are used. */
  final class Indices {
    private final Call look;
    private final View index;
    private final int count;

    private Indices(Call look, View index, int count) {
      this.look = look;
      this.index = index;
      this.count = count;
    }

    int firstWrong() {
      look.run();
      return flag.take();
    }

    IndexOutOfBoundsException wrong(int lane) {
      return noIndex(lane, memory.get1(index.at(0, lane)), count);
    }

    /** The same look, in a phase. */
    Piece piece() {
      return new Piece(Checks.this.wrong(index, count), 1, index.lanes());
    }
  }

  /** The first wrong number of a row. */
  private float first(View x, int row, DoublePredicate wrong) {
    int lanes = x.laneStride() == 0 ? 1 : x.lanes();
    float[] values = new float[Math.min(lanes, BLOCK)];
    for (int i = 0; i < lanes; i += BLOCK) {
      int count = Math.min(BLOCK, lanes - i);
      if (x.laneStride() == 1 || count == 1) {
        memory.read(x.at(row, i), values, 0, count);
      } else {
        for (int j = 0; j < count; j++) {
          values[j] = memory.get1(x.at(row, i + j));
        }
      }
      for (int j = 0; j < count; j++) {
        if (wrong.test(values[j])) {
          return values[j];
        }
      }
    }
    throw new IllegalStateException("the number changed while it was looked at");
  }
}
