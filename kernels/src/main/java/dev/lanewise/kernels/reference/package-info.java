/** The kernels in plain scalar Java, in double: slow and obviously right. */
package dev.lanewise.kernels.reference;
