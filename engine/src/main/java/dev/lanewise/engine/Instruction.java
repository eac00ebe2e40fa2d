package dev.lanewise.engine;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.View;
import java.util.List;

/**
 * One kernel of a plan, before it is bound.
 *
 * @param name for people: "linear+relu"
 * @param shape of the tensor it makes, for people
 * @param rows of the work
 * @param lanes of the work
 * @param splitRows whether parts of the rows can be computed on their own, with the same result
 * @param splitLanes likewise for lanes
 * @param cost rough number of arithmetic operations
 * @param operands in the order that the binder expects
 */
record Instruction(
    String name,
    String shape,
    int rows,
    int lanes,
    boolean splitRows,
    boolean splitLanes,
    double cost,
    List<Operand> operands,
    Binder binder) {

  /** Makes the call for a part of the work. */
  interface Binder {
    /**
     * @param views the operands' parts
     * @param fromRow first row of the part
     * @param fromLane first lane of the part
     */
    Call bind(Kernels kernels, View[] views, int fromRow, int fromLane);
  }

  /** The rectangle of work [fromRow, toRow) × [fromLane, toLane). */
  record Part(int fromRow, int toRow, int fromLane, int toLane) {}

  /** Whether it reads only, and stops the plan if it does not like what it sees. */
  boolean mayFail() {
    return operands.stream().noneMatch(Operand::written);
  }

  /** Whether it changes what it reads, so that running it twice is not running it once. */
  boolean changesInput() {
    return operands.stream().anyMatch(o -> o.read() && o.written());
  }

  Part all() {
    return new Part(0, rows, 0, lanes);
  }

  Call bind(Kernels kernels, Part part) {
    var views = new View[operands.size()];
    for (int i = 0; i < views.length; i++) {
      var operand = operands.get(i);
      var view = operand.placed();
      if (operand.byRows() && (part.fromRow > 0 || part.toRow < rows)) {
        view = view.rows(part.fromRow, part.toRow);
      }
      if (operand.byLanes() && (part.fromLane > 0 || part.toLane < lanes)) {
        view = view.lanes(part.fromLane, part.toLane);
      }
      views[i] = view;
    }
    return binder.bind(kernels, views, part.fromRow, part.fromLane);
  }
}
