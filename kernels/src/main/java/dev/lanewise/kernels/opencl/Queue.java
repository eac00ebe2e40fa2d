package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** A device's one queue: whatever is put into it happens in order. */
final class Queue implements AutoCloseable {
  final OpenClDevice device;
  final cl_device_id id;
  final cl_context context;
  private final cl_command_queue queue;
  private long launches;

  @SuppressWarnings("deprecation") // what replaces it is not in OpenCL 1.2
  Queue(Platforms.Found found) {
    device = found.device();
    id = found.id();
    var properties = new cl_context_properties();
    properties.addProperty(CL_CONTEXT_PLATFORM, found.platform());
    context = clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null);
    queue = clCreateCommandQueue(context, id, 0, null);
  }

  /** Memory of so many bytes, which are zero. */
  cl_mem zeroed(long bytes) {
    var buffer = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null);
    try {
      fill(buffer, 0, bytes);
      finish(); // only now has the driver really looked for the memory
    } catch (RuntimeException e) {
      clReleaseMemObject(buffer);
      throw e;
    }
    return buffer;
  }

  /** Sets all bits of so many bytes, a multiple of four, to those of a number. */
  void fill(cl_mem buffer, int number, long bytes) {
    clEnqueueFillBuffer(
        queue, buffer, Pointer.to(new int[] {number}), Integer.BYTES, 0, bytes, 0, null, null);
  }

  /** Work-items that a group of this kernel may have: it may need many registers. */
  long largestGroup(cl_kernel kernel) {
    long[] size = new long[1];
    clGetKernelWorkGroupInfo(
        kernel, id, CL_KERNEL_WORK_GROUP_SIZE, Long.BYTES, Pointer.to(size), null);
    return size[0];
  }

  /** Kernels that were ever put in. */
  long launches() {
    return launches;
  }

  void enqueue(cl_kernel kernel, long[] offset, long[] items, long[] group) {
    launches++;
    clEnqueueNDRangeKernel(queue, kernel, items.length, offset, items, group, 0, null, null);
  }

  /** Waits for everything before, and reads. */
  void read(cl_mem buffer, long offset, long bytes, Pointer into) {
    clEnqueueReadBuffer(queue, buffer, true, offset, bytes, into, 0, null, null);
  }

  /** Writes behind everything before, and waits for it. */
  void write(cl_mem buffer, long offset, long bytes, Pointer from) {
    clEnqueueWriteBuffer(queue, buffer, true, offset, bytes, from, 0, null, null);
  }

  /** Sees to it that the device begins with what was put in so far. */
  void flush() {
    clFlush(queue);
  }

  void finish() {
    clFinish(queue);
  }

  @Override
  public void close() {
    clFinish(queue);
    clReleaseCommandQueue(queue);
    clReleaseContext(context);
  }
}
