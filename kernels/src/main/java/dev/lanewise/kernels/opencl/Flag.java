package dev.lanewise.kernels.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** One number on the device that kernels lower to the place of the first mistake they see. */
final class Flag implements AutoCloseable {
  private static final int NONE = -1;

  private final Queue queue;
  private final cl_mem buffer;
  private final int[] value = new int[1];
  private final Pointer pointer = Pointer.to(value);

  Flag(Queue queue) {
    this.queue = queue;
    buffer = queue.zeroed(Integer.BYTES);
    clear();
  }

  cl_mem buffer() {
    return buffer;
  }

  /** Waits for the kernels before; the least place since last time, or a negative number. */
  synchronized int take() {
    queue.read(buffer, 0, Integer.BYTES, pointer);
    int place = value[0];
    if (place != NONE) {
      clear();
    }
    return place;
  }

  private void clear() {
    queue.fill(buffer, NONE, 0, Integer.BYTES);
  }

  @Override
  public void close() {
    CL.clReleaseMemObject(buffer);
  }
}
