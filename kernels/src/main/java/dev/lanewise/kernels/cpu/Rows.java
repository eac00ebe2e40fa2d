package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.bytes;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Runs a kernel for one row over all rows. Operands are byte offsets of the row's first lane; n
 * counts lanes.
 */
final class Rows {
  interface Fill {
    void row(long y, int n);
  }

  interface Map {
    void row(long x, long y, int n);
  }

  interface Zip {
    void row(long a, long b, long y, int n);
  }

  interface Select {
    void row(long c, long a, long b, long y, int n);
  }

  private Rows() {}

  static Call call(Fill kernel, View y) {
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = y.lanes();
    return () -> {
      for (int r = 0; r < rows; r++) {
        kernel.row(y0 + r * yRow, n);
      }
    };
  }

  static Call call(Map kernel, View x, View y) {
    long x0 = bytes(x.address()), xRow = bytes(x.rowStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = y.lanes();
    return () -> {
      for (int r = 0; r < rows; r++) {
        kernel.row(x0 + r * xRow, y0 + r * yRow, n);
      }
    };
  }

  static Call call(Zip kernel, View a, View b, View y) {
    long a0 = bytes(a.address()), aRow = bytes(a.rowStride());
    long b0 = bytes(b.address()), bRow = bytes(b.rowStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = y.lanes();
    return () -> {
      for (int r = 0; r < rows; r++) {
        kernel.row(a0 + r * aRow, b0 + r * bRow, y0 + r * yRow, n);
      }
    };
  }

  static Call call(Select kernel, View c, View a, View b, View y) {
    long c0 = bytes(c.address()), cRow = bytes(c.rowStride());
    long a0 = bytes(a.address()), aRow = bytes(a.rowStride());
    long b0 = bytes(b.address()), bRow = bytes(b.rowStride());
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), n = y.lanes();
    return () -> {
      for (int r = 0; r < rows; r++) {
        kernel.row(c0 + r * cRow, a0 + r * aRow, b0 + r * bRow, y0 + r * yRow, n);
      }
    };
  }

  /** The same elements, of views of one size, in fewer and longer rows where the layout allows. */
  static View[] tidied(View... views) {
    if (views[0].lanes() == 1 && allMatch(views, Rows::isDenseColumn)) {
      return each(views, View::flipped);
    }
    long elements = (long) views[0].rows() * views[0].lanes();
    if (allMatch(views, Rows::isOneRun) && elements <= Integer.MAX_VALUE) {
      return each(views, v -> new View(v.address(), 1, v.rows() * v.lanes(), 0, v.laneStride()));
    }
    return views;
  }

  private static boolean isDenseColumn(View v) {
    return v.rowStride() == 1 || v.rowStride() == 0;
  }

  /** All rows behind one another, or the same element everywhere. */
  private static boolean isOneRun(View v) {
    return v.laneStride() == 1
        ? v.rowStride() == v.lanes()
        : v.laneStride() == 0 && v.rowStride() == 0;
  }

  private static boolean allMatch(View[] views, Predicate<View> condition) {
    return Arrays.stream(views).allMatch(condition);
  }

  private static View[] each(View[] views, UnaryOperator<View> change) {
    return Arrays.stream(views).map(change).toArray(View[]::new);
  }

  /** Whether one element stands for the whole row. */
  static boolean isSplat(View v) {
    return v.laneStride() == 0 && v.lanes() > 1;
  }

  /** A call for each lane: for operands that are rare enough to be slow. */
  static Call oneByOne(int lanes, IntFunction<Call> lane) {
    var calls = IntStream.range(0, lanes).mapToObj(lane).toArray(Call[]::new);
    return () -> {
      for (var call : calls) {
        call.run();
      }
    };
  }
}
