package dev.lanewise.engine;

import dev.lanewise.kernels.View;

/**
 * What an instruction reads or writes: a view relative to a buffer.
 *
 * @param byRows whether a part of the instruction's rows needs this part of the operand's rows only
 * @param byLanes likewise for lanes
 */
record Operand(
    Buffer buffer, View view, boolean read, boolean written, boolean byRows, boolean byLanes) {

  static Operand read(Buffer buffer, View view) {
    return new Operand(buffer, view, true, false, true, true);
  }

  static Operand write(Buffer buffer, View view) {
    return new Operand(buffer, view, false, true, true, true);
  }

  static Operand update(Buffer buffer, View view) {
    return new Operand(buffer, view, true, true, true, true);
  }

  /** Every part of the instruction needs all of it, or all of one axis of it. */
  Operand shared(boolean rowsToo, boolean lanesToo) {
    return new Operand(buffer, view, read, written, byRows && !rowsToo, byLanes && !lanesToo);
  }

  Operand whole() {
    return shared(true, true);
  }

  boolean overlaps(Operand other) {
    return buffer == other.buffer
        && !view.isEmpty()
        && !other.view.isEmpty()
        && view.address() <= last(other.view)
        && other.view.address() <= last(view);
  }

  private static long last(View view) {
    return view.at(view.rows() - 1, view.lanes() - 1);
  }

  /**
   * Whether part for part, cut by lanes, this and the other touch no lane that belongs to another
   * part: both lie in columns of the same stride that begin at the same lane.
   */
  boolean sameLanes(Operand other) {
    if (!byLanes || !other.byLanes || !contiguous(view) || !contiguous(other.view)) {
      return false;
    }
    long apart = Math.abs(view.address() - other.view.address());
    if (view.rows() == 1 && other.view.rows() == 1) {
      return apart == 0;
    }
    long stride = view.rows() == 1 ? other.view.rowStride() : view.rowStride();
    return stride > 0
        && (view.rows() == 1 || other.view.rows() == 1 || stride == other.view.rowStride())
        && apart % stride == 0;
  }

  /** Whether the same holds when both are cut by rows. */
  boolean sameRows(Operand other) {
    return byRows
        && other.byRows
        && view.address() == other.view.address()
        && view.rowStride() == other.view.rowStride()
        && view.rowStride() >= view.lanes()
        && view.rowStride() >= other.view.lanes();
  }

  private static boolean contiguous(View view) {
    return view.laneStride() == 1;
  }

  /** The view in memory, once the buffer has its place. */
  View placed() {
    return new View(
        buffer.address() + view.address(),
        view.rows(),
        view.lanes(),
        view.rowStride(),
        view.laneStride());
  }
}
