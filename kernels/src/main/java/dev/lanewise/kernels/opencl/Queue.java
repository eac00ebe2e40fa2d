package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import java.util.function.Supplier;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * A device's one queue: whatever is put into it happens in order. What its driver refuses, for one
 * because the device is lost, is said in one sentence.
 */
final class Queue implements AutoCloseable {
  final OpenClDevice device;
  final cl_device_id id;
  final cl_context context;
  final cl_command_queue queue;
  private long launches;
  private long transfers;

  @SuppressWarnings("deprecation") // what replaces it is not in OpenCL 1.2
  Queue(Platforms.Found found) {
    device = found.device();
    id = found.id();
    var properties = new cl_context_properties();
    properties.addProperty(CL_CONTEXT_PLATFORM, found.platform());
    context = ask(() -> clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, null));
    queue = ask(() -> clCreateCommandQueue(context, id, 0, null));
  }

  private <T> T ask(Supplier<T> driver) {
    try {
      return driver.get();
    } catch (CLException e) {
      throw refused(e);
    }
  }

  private OpenClException refused(CLException e) {
    return new OpenClException(
        "%s computes no more: its driver answers %s; look at the system's log, and choose another device if it happens again"
            .formatted(device.name(), e.getMessage()),
        e);
  }

  /** Memory of so many bytes, which are zero. */
  cl_mem zeroed(long bytes) {
    var buffer = buffer(bytes);
    try {
      fill(buffer, 0, 0, bytes);
      finish(); // only now has the driver really looked for the memory
    } catch (RuntimeException e) {
      clReleaseMemObject(buffer);
      throw e;
    }
    return buffer;
  }

  private cl_mem buffer(long bytes) {
    return ask(() -> clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null));
  }

  /**
   * Sets all bits of so many bytes, a multiple of four, to those of a number; waits for nothing.
   */
  void fill(cl_mem buffer, int number, long offset, long bytes) {
    var pattern = Pointer.to(new int[] {number});
    ask(
        () ->
            clEnqueueFillBuffer(
                queue, buffer, pattern, Integer.BYTES, offset, bytes, 0, null, null));
  }

  cl_kernel kernel(cl_program program, String name) {
    return ask(() -> clCreateKernel(program, name, null));
  }

  // What every replay does is asked for without a Supplier, which would be an object a launch.

  void set(cl_kernel kernel, int argument, long bytes, Pointer value) {
    try {
      clSetKernelArg(kernel, argument, bytes, value);
    } catch (CLException e) {
      throw refused(e);
    }
  }

  /** Work-items that a group of this kernel may have: it may need many registers. */
  long largestGroup(cl_kernel kernel) {
    long[] size = new long[1];
    ask(
        () ->
            clGetKernelWorkGroupInfo(
                kernel, id, CL_KERNEL_WORK_GROUP_SIZE, Long.BYTES, Pointer.to(size), null));
    return size[0];
  }

  /** Kernels that were ever put in. */
  long launches() {
    return launches;
  }

  /** Buffers, or parts of them, that were ever read or written. */
  long transfers() {
    return transfers;
  }

  void enqueue(cl_kernel kernel, long[] offset, long[] items, long[] group) {
    launches++;
    try {
      clEnqueueNDRangeKernel(queue, kernel, items.length, offset, items, group, 0, null, null);
    } catch (CLException e) {
      throw refused(e);
    }
  }

  /** Waits for everything before, and reads. */
  void read(cl_mem buffer, long offset, long bytes, Pointer into) {
    transfers++;
    ask(() -> clEnqueueReadBuffer(queue, buffer, true, offset, bytes, into, 0, null, null));
  }

  /** Writes behind everything before, and waits for it. */
  void write(cl_mem buffer, long offset, long bytes, Pointer from) {
    transfers++;
    ask(() -> clEnqueueWriteBuffer(queue, buffer, true, offset, bytes, from, 0, null, null));
  }

  /** Sees to it that the device begins with what was put in so far. */
  void flush() {
    ask(() -> clFlush(queue));
  }

  void finish() {
    ask(() -> clFinish(queue));
  }

  @Override
  public void close() {
    try {
      finish();
    } finally {
      clReleaseContext(context); // the queue has it until it is gone itself
      ask(() -> clReleaseCommandQueue(queue));
    }
  }
}
