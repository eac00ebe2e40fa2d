package dev.lanewise.kernels.opencl;

/**
 * A kernel's function in a phase.
 *
 * @param rows of its work
 * @param lanes of its work
 */
record Piece(KernelCall.Binding function, int rows, int lanes) {}
