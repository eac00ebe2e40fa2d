/**
 * Memory and kernels: the only room that knows bytes, vector lanes and drivers.
 *
 * <p>{@link dev.lanewise.kernels.Kernels} is the closed list of what can be computed; {@code
 * reference} answers it in plain scalar double arithmetic, {@code cpu} with the Vector API, {@code
 * opencl} on the devices of OpenCL.
 */
package dev.lanewise.kernels;
