package dev.lanewise.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one piece of off-heap memory: a large range of addresses reserved at start, committed by the
 * operating system page by page when touched.
 *
 * <p>Kernels address it through the constant {@link #MEMORY} and byte offsets, because segments
 * passed as parameters lose up to four times their speed once anything else in the process uses
 * heap segments. Its size, 1 TiB of addresses, is set by {@code -Dlanewise.slab=BYTES}; how much of
 * it may be in use, four fifths of the machine's memory, by {@code -Dlanewise.memory=BYTES}
 * (suffixes k, m, g, t).
 */
public final class Slab {
  /** Chunks are whole huge pages, so that giving one back gives back its pages. */
  private static final long CHUNK = 2L << 20;

  private static final boolean MAC = System.getProperty("os.name").startsWith("Mac");
  private static final long SIZE = bytes("lanewise.slab", 1L << 40) / CHUNK * CHUNK;
  private static final long LIMIT = bytes("lanewise.memory", physicalMemory() / 5 * 4);
  private static final MethodHandle MADVISE =
      foreign(
          "madvise",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT);

  public static final MemorySegment MEMORY = reserve();

  static final Chunks CHUNKS =
      new Chunks() {
        @Override
        public Chunk take(long bytes, String forWhom) {
          return Slab.take(bytes, forWhom);
        }

        @Override
        public void giveBack(Chunk chunk) {
          Slab.giveBack(chunk.offset(), chunk.bytes());
        }

        @Override
        public long get(long offset) {
          return MEMORY.get(ValueLayout.JAVA_LONG, offset);
        }

        @Override
        public void set(long offset, long value) {
          MEMORY.set(ValueLayout.JAVA_LONG, offset, value);
        }
      };

  /** Free ranges by address: offset to length. */
  private static final TreeMap<Long, Long> FREE = new TreeMap<>(Map.of(0L, SIZE));

  private static long used;

  private Slab() {}

  /** Bytes now taken by open regions. */
  public static synchronized long used() {
    return used;
  }

  /** Bytes that open regions may take. */
  public static long limit() {
    return LIMIT;
  }

  /** Takes a zeroed range of at least this many bytes, whole chunks. */
  private static synchronized Chunks.Chunk take(long bytes, String forWhom) {
    long length = Math.ceilDiv(bytes, CHUNK) * CHUNK;
    if (length > LIMIT - used) {
      throw new OutOfSlabException(forWhom, bytes, LIMIT - used, LIMIT);
    }
    for (var range : FREE.entrySet()) {
      if (range.getValue() >= length) {
        long offset = range.getKey(), rest = range.getValue() - length;
        FREE.remove(offset);
        if (rest > 0) {
          FREE.put(offset + length, rest);
        }
        used += length;
        return new Chunks.Chunk(offset, length);
      }
    }
    throw new OutOfSlabException(forWhom, bytes, SIZE - used, SIZE);
  }

  /** Gives a range back, to the operating system too. */
  private static synchronized void giveBack(long offset, long length) {
    used -= length;
    discard(offset, length);
    var below = FREE.floorEntry(offset);
    if (below != null && below.getKey() + below.getValue() == offset) {
      offset = below.getKey();
      length += below.getValue();
    }
    Long above = FREE.remove(offset + length);
    FREE.put(offset, above == null ? length : length + above);
  }

  private static void discard(long offset, long length) {
    var range = MEMORY.asSlice(offset, length);
    if (MAC) {
      range.fill((byte) 0); // MADV_DONTNEED neither frees nor zeroes there
    }
    advise(range, 4); // MADV_DONTNEED: the pages read as zero from now on
  }

  @SuppressWarnings("restricted") // of mmap's result the size is known here alone
  private static MemorySegment reserve() {
    if (System.getProperty("os.name").startsWith("Windows")) {
      throw new UnsupportedOperationException(
          "Lanewise reserves its memory with mmap, which Windows lacks; run it under WSL");
    }
    var mmap =
        foreign(
            "mmap",
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG);
    int readWrite = 1 | 2;
    int privateAnonymousNoReserve = MAC ? 0x2 | 0x1000 | 0x40 : 0x2 | 0x20 | 0x4000;
    MemorySegment base;
    // a chunk more than is given out: kernels load whole vectors, also where a row ends before
    try {
      base =
          (MemorySegment)
              mmap.invokeExact(
                  MemorySegment.NULL, SIZE + CHUNK, readWrite, privateAnonymousNoReserve, -1, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("mmap could not be called", e);
    }
    if (base.address() == -1) {
      throw new IllegalStateException(
          "the system refuses to reserve %d GiB of addresses; allow more (ulimit -v) or ask for less with -Dlanewise.slab=64g"
              .formatted(SIZE >> 30));
    }
    var slab = base.reinterpret(SIZE, Arena.global(), null);
    if (!MAC) {
      advise(slab, 14); // MADV_HUGEPAGE
    }
    return slab;
  }

  /** Advice is only advice: where the kernel has no huge pages it says so and nothing is lost. */
  private static void advise(MemorySegment range, int advice) {
    try {
      int ignored = (int) MADVISE.invokeExact(range, range.byteSize(), advice);
    } catch (Throwable e) {
      throw new IllegalStateException("madvise could not be called", e);
    }
  }

  @SuppressWarnings("restricted") // the descriptors are those of the C library
  private static MethodHandle foreign(String name, MemoryLayout result, MemoryLayout... arguments) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private static long physicalMemory() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean known
        ? known.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  /** A size from a system property: digits and one of k, m, g, t. */
  private static long bytes(String property, long otherwise) {
    String text = System.getProperty(property);
    if (text == null) {
      return otherwise;
    }
    var match = java.util.regex.Pattern.compile("(\\d{1,15})([kmgtKMGT]?)").matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "-D" + property + "=" + text + " is not a size; write for example 8g");
    }
    int shift = "kmgt".indexOf(match.group(2).toLowerCase()) * 10 + 10;
    return Long.parseLong(match.group(1)) << (match.group(2).isEmpty() ? 0 : shift);
  }
}
