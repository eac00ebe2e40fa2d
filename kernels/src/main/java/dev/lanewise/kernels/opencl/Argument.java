package dev.lanewise.kernels.opencl;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** An argument of a kernel. */
sealed interface Argument {

  /** Memory, and the buffer of the space of addresses that it is, if any. */
  record Memory(cl_mem handle, Optional<OpenClMemory.Buffer> buffer) implements Argument {
    /** Of what has no elements. */
    static final Memory NONE = new Memory(new cl_mem(), Optional.empty());
  }

  /**
   * A number that never changes.
   *
   * @param text in OpenCL C
   */
  record Number(long bytes, Pointer value, String text) implements Argument {}

  /** A ulong that no program's text may depend on, as it is another one in the next run. */
  record Given(long value) implements Argument {}

  /** A ulong that is asked for at every run. */
  record Changing(LongSupplier source) implements Argument {}

  /** Where a check leaves what it found, and what that means. */
  record Flagged(cl_mem alone, Mistake mistake) implements Argument {}

  /** What is wrong with a number of a lane. */
  interface Mistake {
    RuntimeException of(int lane, float value);
  }
}
