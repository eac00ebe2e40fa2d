package dev.lanewise.kernels.opencl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/**
 * The first mistake that a phase's checks have seen: four numbers on the device, which are the
 * phase, or -1, which of its checks, the lane, and the bits of what was wrong there. While it says
 * anything no kernel changes memory.
 */
final class Failures implements AutoCloseable {
  private static final int NONE = -1;
  private static final int BYTES = 4 * Integer.BYTES;

  private final Queue queue;
  private final cl_mem buffer;
  private final int[] found = new int[4];
  private final Pointer pointer = Pointer.to(found);
  private final Map<Integer, List<Argument.Mistake>> mistakes = new HashMap<>();
  private int phases;

  /** Whether a phase with checks was run since it was last looked what they found. */
  private boolean unheard;

  Failures(Queue queue) {
    this.queue = queue;
    buffer = queue.zeroed(BYTES);
    queue.fill(buffer, NONE, 0, BYTES);
  }

  cl_mem buffer() {
    return buffer;
  }

  /** The number of a new phase with these checks. */
  synchronized int phase(List<Argument.Mistake> checks) {
    mistakes.put(phases, List.copyOf(checks));
    return phases++;
  }

  synchronized void forget(int phase) {
    mistakes.remove(phase);
  }

  /** A phase with checks is run. */
  void expect() {
    unheard = true;
  }

  /** Throws what was found, where anything was looked for. */
  void hear() {
    if (unheard) {
      finish();
    }
  }

  /** Waits for everything before, and throws what was found. */
  synchronized void finish() {
    queue.read(buffer, 0, BYTES, pointer);
    unheard = false;
    if (found[0] != NONE) {
      queue.fill(buffer, NONE, 0, BYTES);
      throw mistakes.get(found[0]).get(found[1]).of(found[2], Float.intBitsToFloat(found[3]));
    }
  }

  @Override
  public void close() {
    CL.clReleaseMemObject(buffer);
  }
}
