package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jocl.CL;
import org.jocl.NativePointerObject;
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
      kernel.set(argument.argument, Sizeof.cl_ulong, argument.pointer);
    }
    for (long row = 0; row < rows; row += ROWS) {
      offset[1] = row;
      items[1] = Math.min(ROWS, rows - row);
      kernel.enqueue(queue, rows <= ROWS ? null : offset, items, group);
    }
  }

  /** Sets arguments one after the other. */
  static final class Binding {
    private final String name;
    private final cl_kernel handle;
    private final Queue queue;
    private final OpenClMemory memory;
    private final List<OpenClMemory.Buffer> buffers = new ArrayList<>();
    private final List<cl_mem> scratch = new ArrayList<>();
    private final List<Changing> changing = new ArrayList<>();
    private int next;

    Binding(String name, cl_kernel handle, Queue queue, OpenClMemory memory) {
      this.name = name;
      this.handle = handle;
      this.queue = queue;
      this.memory = memory;
    }

    /** The four arguments of VIEW. Where there are no elements there may be no place either. */
    Binding view(View x) {
      if (x.isEmpty()) {
        return object(new cl_mem()).number(0L).number(0L).number(0L);
      }
      var place = memory.place(x.address());
      buffers.add(place.buffer());
      return object(place.buffer().handle)
          .number(place.element())
          .number(x.rowStride())
          .number(x.laneStride());
    }

    Binding views(View... views) {
      for (var x : views) {
        view(x);
      }
      return this;
    }

    Binding buffer(cl_mem buffer) {
      return object(buffer);
    }

    /** A matrix of tight rows that fills a buffer. */
    Binding matrix(cl_mem buffer, int lanes) {
      return object(buffer).number(0L).number((long) lanes).number(1L);
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
      return set(Sizeof.cl_int, Pointer.to(new int[] {value}));
    }

    Binding number(long value) {
      return set(Sizeof.cl_long, Pointer.to(new long[] {value}));
    }

    Binding number(float value) {
      return set(Sizeof.cl_float, Pointer.to(new float[] {value}));
    }

    /** A number as a float. */
    Binding number(double value) {
      return number((float) value);
    }

    Binding float4(float[] values) {
      return set(Sizeof.cl_float4, Pointer.to(values));
    }

    /** A ulong that is asked for at every run. */
    Binding changing(LongSupplier source) {
      long[] value = {source.getAsLong()};
      var pointer = Pointer.to(value);
      changing.add(new Changing(next, source, value, pointer));
      return set(Sizeof.cl_ulong, pointer);
    }

    private Binding object(NativePointerObject object) {
      return set(Sizeof.cl_mem, Pointer.to(object));
    }

    private Binding set(long bytes, Pointer value) {
      CL.clSetKernelArg(handle, next++, bytes, value);
      return this;
    }

    /** One work-item each, in groups that suit the shape; the kernel leaves out those beyond. */
    KernelCall over(long lanes, long rows) {
      boolean flat = rows == 1 || lanes > 64;
      long most = Math.min(256, queue.device.groupSize());
      long wide = flat ? most : Math.min(16, most), high = flat ? 1 : Math.min(16, most / wide);
      return over(Math.ceilDiv(lanes, wide) * wide, Math.ceilDiv(rows, high) * high, wide, high);
    }

    /**
     * The same, in square groups, for kernels that read along one axis and write along the other.
     */
    KernelCall overTiles(long lanes, long rows) {
      long side = queue.device.groupSize() >= 256 ? 16 : 1;
      return over(Math.ceilDiv(lanes, side) * side, Math.ceilDiv(rows, side) * side, side, side);
    }

    /** Whole groups. */
    KernelCall over(long items0, long items1, long group0, long group1) {
      var bound = new BoundKernel(name, handle, buffers, scratch);
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
