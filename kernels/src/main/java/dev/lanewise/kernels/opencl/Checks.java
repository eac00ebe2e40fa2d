package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.View;
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
    var look =
        kernels
            .bind("checks", "notFinite")
            .view(each)
            .number(each.rows())
            .number(each.lanes())
            .buffer(flag.buffer())
            .over(each.lanes(), each.rows());
    return () -> {
      look.run();
      int row = flag.take();
      if (row >= 0) {
        throw new NotFiniteException(name, first(each, row, v -> !Double.isFinite(v)));
      }
    };
  }

  Call wholeNumbers(View x, int first, int last, String name) {
    var each = OpenClKernels.tidied(x)[0];
    var look =
        kernels
            .bind("checks", "notWhole")
            .view(each)
            .number(each.rows())
            .number(each.lanes())
            .number((float) first)
            .number((float) last)
            .buffer(flag.buffer())
            .over(each.lanes(), each.rows());
    return () -> {
      look.run();
      int row = flag.take();
      if (row >= 0) {
        double value = first(each, row, v -> !(v >= first && v <= last && v == Math.rint(v)));
        throw new IllegalArgumentException(
            "%s is %s, not a whole number from %d to %d".formatted(name, value, first, last));
      }
    };
  }

  /** The first lane whose index is none of {@code count}, or a negative number, at every run. */
  Indices indices(View index, int count) {
    var each = index.laneStride() == 0 ? index.lanes(0, 1) : index;
    var look =
        kernels
            .bind("gathers", "wrongIndices")
            .view(each)
            .number(each.lanes())
            .number(count)
            .buffer(flag.buffer())
            .over(each.lanes(), 1);
    return new Indices(look, each, count);
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
      return new IndexOutOfBoundsException(
          "the index %s of lane %d is not a whole number in [0, %d)"
              .formatted(memory.get1(index.at(0, lane)), lane, count));
    }
  }

  /** The first wrong number of a row. */
  private double first(View x, int row, DoublePredicate wrong) {
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
