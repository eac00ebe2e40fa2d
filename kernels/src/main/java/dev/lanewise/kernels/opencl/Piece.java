package dev.lanewise.kernels.opencl;

/**
 * A kernel's function in a phase.
 *
 * @param rows of its work
 * @param lanes of its work
 * @param byRows whether a part of the rows is enough where the work is cut by rows
 */
record Piece(KernelCall.Binding function, int rows, int lanes, boolean byRows) {
  static Piece of(KernelCall.Binding function, int rows, int lanes) {
    return new Piece(function, rows, lanes, true);
  }
}
