/**
 * The kernels in OpenCL C, on whatever device a driver offers. The only package that uses JOCL, an
 * optional dependency: {@link dev.lanewise.kernels.opencl.OpenClDevices} says what is missing.
 */
package dev.lanewise.kernels.opencl;
