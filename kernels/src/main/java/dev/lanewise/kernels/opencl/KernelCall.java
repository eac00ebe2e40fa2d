package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * A kernel whose arguments are set: running it puts it into the queue and returns. The kernel is
 * released when a region that it is bound to is closed, or when nobody has this call any more.
 */
final class KernelCall implements Call {
  private static final Cleaner CLEANER = Cleaner.create();

  /** Rows at once: some drivers take no more work-groups than this in a second dimension. */
  private static final long ROWS = 1 << 15;

  private final Queue queue;
  private final BoundKernel kernel;
  private final long[] offset;
  private final long[] items;
  private final long[] group;
  private final long rows;
  private final Changing[] changing;

  /** An argument that the host sets anew at every run. */
  private record Changing(int argument, LongSupplier source, long[] value, Pointer pointer) {}

  private KernelCall(
      Queue queue,
      BoundKernel kernel,
      long[] offset,
      long[] items,
      long[] group,
      Changing[] changing) {
    this.queue = queue;
    this.kernel = kernel;
    this.offset = offset;
    this.items = items;
    this.group = group;
    this.changing = changing;
    rows = items[1];
  }

  @Override
  public void run() {
    for (var argument : changing) {
      argument.value[0] = argument.source.getAsLong();
      kernel.set(queue, argument.argument, Sizeof.cl_ulong, argument.pointer);
    }
    for (long row = 0; row < rows; row += ROWS) {
      offset[1] = row;
      items[1] = Math.min(ROWS, rows - row);
      kernel.enqueue(queue, rows <= ROWS ? null : offset, items, group);
    }
  }

  /** Does something when nobody has a call any more. */
  static void whenGone(KernelCall call, Runnable action) {
    CLEANER.register(call, action);
  }

  /**
   * A kernel of a program and its arguments, one after the other. As what a kernel by itself or a
   * phase begins with, the failures come before them.
   */
  static final class Binding {
    final String file;
    final String defines;
    final String kernel;
    final List<Argument> arguments = new ArrayList<>();
    private final Supplier<cl_kernel> handle;
    private final OpenClMemory memory;
    private final Queue queue;
    private final Failures failures;
    private final List<cl_mem> scratch = new ArrayList<>();

    /**
     * @param file without its ending
     * @param defines empty, or beginning with a space
     * @param handle makes the kernel's object, which takes all arguments
     */
    Binding(
        String file,
        String defines,
        String kernel,
        Supplier<cl_kernel> handle,
        OpenClMemory memory,
        Queue queue,
        Failures failures) {
      this.file = file;
      this.defines = defines;
      this.kernel = kernel;
      this.handle = handle;
      this.memory = memory;
      this.queue = queue;
      this.failures = failures;
    }

    /** Whether it looks for mistakes. */
    boolean isCheck() {
      return arguments.stream().anyMatch(Argument.Flagged.class::isInstance);
    }

    /** The four arguments of VIEW. Where there are no elements there may be no place either. */
    Binding view(View x) {
      if (x.isEmpty()) {
        return add(Argument.Memory.NONE).number(0L).number(0L).number(0L);
      }
      var place = place(x.address());
      return add(new Argument.Memory(place.buffer().handle, Optional.of(place.buffer())))
          .number(place.element())
          .number(x.rowStride())
          .number(x.laneStride());
    }

    private OpenClMemory.Place place(long address) {
      try {
        return memory.place(address);
      } catch (RuntimeException e) {
        scratch.forEach(buffer -> CL.clReleaseMemObject(buffer));
        throw e;
      }
    }

    Binding views(View... views) {
      for (var x : views) {
        view(x);
      }
      return this;
    }

    Binding buffer(cl_mem buffer) {
      return add(new Argument.Memory(buffer, Optional.empty()));
    }

    /** A buffer that is released with this call. */
    Binding owning(cl_mem buffer) {
      scratch.add(buffer);
      return this;
    }

    /** A buffer that another call owns, which stays as long as this one. */
    Binding sharing(cl_mem buffer) {
      CL.clRetainMemObject(buffer);
      return owning(buffer);
    }

    Binding number(int value) {
      return number(Sizeof.cl_int, Pointer.to(new int[] {value}), Integer.toString(value));
    }

    Binding number(long value) {
      return number(Sizeof.cl_long, Pointer.to(new long[] {value}), value + "L");
    }

    Binding number(float value) {
      String text =
          Float.isFinite(value)
              ? Float.toHexString(value) + "f"
              : "as_float(" + Float.floatToIntBits(value) + ")";
      return number(Sizeof.cl_float, Pointer.to(new float[] {value}), text);
    }

    /** A number as a float. */
    Binding number(double value) {
      return number((float) value);
    }

    Binding float4(float[] v) {
      return number(
          Sizeof.cl_float4,
          Pointer.to(v),
          "(float4)(%af, %af, %af, %af)".formatted(v[0], v[1], v[2], v[3]));
    }

    private Binding number(long bytes, Pointer value, String text) {
      return add(new Argument.Number(bytes, value, text));
    }

    /** A ulong that another run of the program may have another of. */
    Binding given(long value) {
      return add(new Argument.Given(value));
    }

    /** A ulong that is asked for at every run. */
    Binding changing(LongSupplier source) {
      return add(new Argument.Changing(source));
    }

    /** FLAG: the place of the first mistake, where there is one. */
    Binding flag(Flag flag, Argument.Mistake mistake) {
      return add(new Argument.Flagged(flag.buffer(), mistake));
    }

    /** An argument of another kernel's. What memory it is in stays as long as this call. */
    Binding keeping(Argument argument) {
      if (argument instanceof Argument.Memory(var handle, var buffer)
          && buffer.isEmpty()
          && argument != Argument.Memory.NONE) {
        sharing(handle);
      }
      return add(argument);
    }

    private Binding add(Argument argument) {
      arguments.add(argument);
      return this;
    }

    /** One work-item each, in groups that suit the shape; the kernel leaves out those beyond. */
    KernelCall over(long lanes, long rows) {
      boolean flat = rows == 1 || lanes > 64;
      var object = handle.get();
      long most = Math.min(256, queue.largestGroup(object));
      long wide = flat ? most : Math.min(16, most), high = flat ? 1 : Math.min(16, most / wide);
      return over(
          object, Math.ceilDiv(lanes, wide) * wide, Math.ceilDiv(rows, high) * high, wide, high);
    }

    /**
     * The same, in square groups, for kernels that read along one axis and write along the other.
     */
    KernelCall overTiles(long lanes, long rows) {
      var object = handle.get();
      long side = queue.largestGroup(object) >= 256 ? 16 : 1;
      return over(
          object, Math.ceilDiv(lanes, side) * side, Math.ceilDiv(rows, side) * side, side, side);
    }

    /** Whole groups. */
    KernelCall over(long items0, long items1, long group0, long group1) {
      return over(handle.get(), items0, items1, group0, group1);
    }

    private KernelCall over(cl_kernel object, long items0, long items1, long group0, long group1) {
      var buffers = new ArrayList<OpenClMemory.Buffer>();
      var changing = new ArrayList<Changing>();
      queue.set(object, 0, Sizeof.cl_mem, Pointer.to(failures.buffer()));
      int i = 1;
      for (var argument : arguments) {
        switch (argument) {
          case Argument.Memory m -> {
            m.buffer().ifPresent(buffers::add);
            queue.set(object, i, Sizeof.cl_mem, Pointer.to(m.handle()));
          }
          case Argument.Number n -> queue.set(object, i, n.bytes(), n.value());
          case Argument.Given g ->
              queue.set(object, i, Sizeof.cl_ulong, Pointer.to(new long[] {g.value()}));
          case Argument.Changing c -> {
            long[] value = {c.source().getAsLong()};
            var pointer = Pointer.to(value);
            queue.set(object, i, Sizeof.cl_ulong, pointer);
            changing.add(new Changing(i, c.source(), value, pointer));
          }
          case Argument.Flagged f -> queue.set(object, i, Sizeof.cl_mem, Pointer.to(f.alone()));
        }
        i++;
      }
      var bound = new BoundKernel(kernel, object, buffers, scratch);
      memory.use(bound, buffers);
      var call =
          new KernelCall(
              queue,
              bound,
              new long[2],
              new long[] {items0, items1},
              new long[] {group0, group1},
              changing.toArray(Changing[]::new));
      var owner = memory;
      CLEANER.register(call, () -> owner.release(bound));
      return call;
    }
  }
}
