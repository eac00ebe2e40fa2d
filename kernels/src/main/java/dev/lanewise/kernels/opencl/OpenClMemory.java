package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import dev.lanewise.kernels.Chunks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/**
 * A device's memory: chunks are buffers, each at a range of addresses that is never used again, so
 * that an address of memory given back is known for what it is.
 */
final class OpenClMemory implements Chunks, AutoCloseable {

  /** Where an address lies. */
  record Place(Buffer buffer, long element) {}

  /** A buffer of the device and the kernels that have it as an argument. */
  static final class Buffer {
    final cl_mem handle;
    private final Chunk chunk;
    private final Set<BoundKernel> users = new HashSet<>();

    private Buffer(cl_mem handle, Chunk chunk) {
      this.handle = handle;
      this.chunk = chunk;
    }
  }

  /** The least that is asked of the driver at once. */
  private static final long LEAST = 2L << 20;

  /** Driver's answers that mean too little memory. */
  private static final Set<Integer> OUT_OF_MEMORY =
      Set.of(
          CL_MEM_OBJECT_ALLOCATION_FAILURE,
          CL_OUT_OF_RESOURCES,
          CL_OUT_OF_HOST_MEMORY,
          CL_INVALID_BUFFER_SIZE);

  private final Queue queue;
  private final TreeMap<Long, Buffer> buffers = new TreeMap<>();
  private final float[] one = new float[1];
  private final Pointer oneFloat = Pointer.to(one);
  private long next = LEAST;
  private long taken;

  OpenClMemory(Queue queue) {
    this.queue = queue;
  }

  /** Bytes now taken by open regions. */
  synchronized long taken() {
    return taken;
  }

  @Override
  public synchronized Chunk take(long bytes, String forWhom) {
    long length = Math.ceilDiv(bytes, LEAST) * LEAST;
    if (length > queue.device.largestAllocation() || length > queue.device.memory() - taken) {
      throw new OutOfDeviceMemoryException(forWhom, bytes, taken, queue.device);
    }
    cl_mem handle = scratch(length, forWhom);
    var chunk = new Chunk(next, length);
    next += length + LEAST; // addresses just behind a chunk are nobody's
    taken += length;
    buffers.put(chunk.offset(), new Buffer(handle, chunk));
    return chunk;
  }

  /** A zeroed buffer outside the space of addresses, to be released by whoever has it. */
  synchronized cl_mem scratch(long bytes, String forWhom) {
    try {
      return queue.zeroed(bytes);
    } catch (OpenClException e) {
      if (e.getCause() instanceof CLException said && OUT_OF_MEMORY.contains(said.getStatus())) {
        var tooLittle = new OutOfDeviceMemoryException(forWhom, bytes, taken, queue.device);
        tooLittle.initCause(e);
        throw tooLittle;
      }
      throw e;
    }
  }

  @Override
  public synchronized void giveBack(Chunk chunk) {
    var buffer = buffers.remove(chunk.offset());
    if (buffer != null) { // else the backend was closed before its region
      release(buffer);
    }
  }

  private void release(Buffer buffer) {
    List.copyOf(buffer.users).forEach(this::release);
    clReleaseMemObject(buffer.handle);
    taken -= buffer.chunk.bytes();
  }

  /** The buffer that an address of an element, a float, lies in, and its number there. */
  synchronized Place place(long address) {
    long offset = Math.multiplyExact(address, Float.BYTES);
    var below = buffers.floorEntry(offset);
    if (below == null || offset >= below.getKey() + below.getValue().chunk.bytes()) {
      throw new IllegalStateException(
          "address %d of %s lies in no open region".formatted(address, queue.device.name()));
    }
    return new Place(below.getValue(), (offset - below.getKey()) / Float.BYTES);
  }

  /** From now on a kernel is released with the first of its buffers. */
  synchronized void use(BoundKernel kernel, Iterable<Buffer> ofBuffers) {
    for (var buffer : ofBuffers) {
      buffer.users.add(kernel);
    }
  }

  /** Releases a kernel that nobody runs any more. */
  synchronized void release(BoundKernel kernel) {
    for (var buffer : kernel.buffers()) {
      buffer.users.remove(kernel);
    }
    kernel.release();
  }

  /** Kernels that hold arguments in this memory. */
  synchronized int kernels() {
    var all = new HashSet<BoundKernel>();
    buffers.values().forEach(buffer -> all.addAll(buffer.users));
    return all.size();
  }

  /** One element. */
  synchronized float get1(long address) {
    var place = place(address);
    queue.read(place.buffer.handle, place.element * Float.BYTES, Float.BYTES, oneFloat);
    return one[0];
  }

  /** Waits for nothing. */
  void set1(long address, float value) {
    var place = place(address);
    int bits = Float.floatToRawIntBits(value);
    queue.fill(place.buffer.handle, bits, place.element * Float.BYTES, Float.BYTES);
  }

  void read(long address, float[] into, int offset, int count) {
    if (count > 0) {
      var place = checked(address, count);
      queue.read(
          place.buffer.handle,
          place.element * Float.BYTES,
          (long) count * Float.BYTES,
          Pointer.to(into).withByteOffset((long) offset * Float.BYTES));
    }
  }

  void write(long address, float[] from, int offset, int count) {
    if (count > 0) {
      var place = checked(address, count);
      queue.write(
          place.buffer.handle,
          place.element * Float.BYTES,
          (long) count * Float.BYTES,
          Pointer.to(from).withByteOffset((long) offset * Float.BYTES));
    }
  }

  private Place checked(long address, int count) {
    var place = place(address);
    if ((place.element + count) * Float.BYTES > place.buffer.chunk.bytes()) {
      throw new IndexOutOfBoundsException(
          "%d elements from address %d on do not lie in one piece".formatted(count, address));
    }
    return place;
  }

  @Override
  public long get(long offset) {
    long[] value = new long[1];
    var place = place(offset / Float.BYTES);
    queue.read(place.buffer.handle, place.element * Float.BYTES, Long.BYTES, Pointer.to(value));
    return value[0];
  }

  @Override
  public void set(long offset, long value) {
    var place = place(offset / Float.BYTES);
    queue.write(
        place.buffer.handle,
        place.element * Float.BYTES,
        Long.BYTES,
        Pointer.to(new long[] {value}));
  }

  /** Gives back what is still taken. */
  @Override
  public synchronized void close() {
    new ArrayList<>(buffers.values()).forEach(this::release);
    buffers.clear();
  }
}
