/** The kernels in Java's Vector API, on floats in the slab. */
package dev.lanewise.kernels.cpu;
