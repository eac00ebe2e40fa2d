package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import java.util.List;
import org.jocl.Pointer;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * A kernel object of OpenCL with its arguments, which belongs to one call alone: arguments are a
 * state of the object.
 */
final class BoundKernel {
  private final String name;
  private final cl_kernel handle;
  private final List<OpenClMemory.Buffer> buffers;
  private final List<cl_mem> scratch;
  private boolean released;

  BoundKernel(
      String name, cl_kernel handle, List<OpenClMemory.Buffer> buffers, List<cl_mem> scratch) {
    this.name = name;
    this.handle = handle;
    this.buffers = List.copyOf(buffers);
    this.scratch = List.copyOf(scratch);
  }

  List<OpenClMemory.Buffer> buffers() {
    return buffers;
  }

  synchronized void set(Queue queue, int argument, long bytes, Pointer value) {
    checkBound();
    queue.set(handle, argument, bytes, value);
  }

  synchronized void enqueue(Queue queue, long[] offset, long[] items, long[] group) {
    checkBound();
    queue.enqueue(handle, offset, items, group);
  }

  private void checkBound() {
    if (released) {
      throw new IllegalStateException(
          name + " cannot run: memory that it was bound to has been given back");
    }
  }

  /** The driver keeps what still runs until it has run. */
  synchronized void release() {
    if (!released) {
      released = true;
      clReleaseKernel(handle);
      scratch.forEach(buffer -> clReleaseMemObject(buffer));
    }
  }
}
