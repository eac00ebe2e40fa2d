package dev.lanewise.kernels.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/**
 * The process's signal handlers, which drivers built on LLVM replace when a device is first asked
 * for. The JVM needs its own: without them a division by zero or a null may pass unnoticed, or end
 * the process.
 */
final class SignalHandlers {
  /** Signals are numbered from 1; Linux has 64, others fewer. */
  private static final int SIGNALS = 64;

  /** More than struct sigaction has on any system. */
  private static final long BYTES = 256;

  private static final MethodHandle SIGACTION =
      System.getProperty("os.name").startsWith("Windows") ? null : sigaction();

  private SignalHandlers() {}

  /** Does what may replace handlers, then puts them back. */
  static synchronized <T> T kept(Supplier<T> work) {
    if (SIGACTION == null) {
      return work.get();
    }
    try (var arena = Arena.ofConfined()) {
      var before = saved(arena);
      try {
        return work.get();
      } finally {
        putBack(before, arena);
      }
    }
  }

  /** The handler of each signal; null where the system keeps it to itself. */
  static MemorySegment[] saved(Arena arena) {
    var handlers = new MemorySegment[SIGNALS + 1];
    for (int signal = 1; signal <= SIGNALS; signal++) {
      var handler = arena.allocate(BYTES, Long.BYTES);
      if (sigaction(signal, MemorySegment.NULL, handler) == 0) {
        handlers[signal] = handler;
      }
    }
    return handlers;
  }

  private static void putBack(MemorySegment[] before, Arena arena) {
    var now = saved(arena);
    for (int signal = 1; signal <= SIGNALS; signal++) {
      if (before[signal] != null
          && handler(before[signal]) != handler(now[signal])
          && sigaction(signal, before[signal], MemorySegment.NULL) != 0) {
        throw new IllegalStateException(
            "the handler of signal " + signal + " was replaced and cannot be put back");
      }
    }
  }

  /** The function's address, which is the first field everywhere; the C library fills not all. */
  static long handler(MemorySegment sigaction) {
    return sigaction.get(ValueLayout.JAVA_LONG, 0);
  }

  private static int sigaction(int signal, MemorySegment handler, MemorySegment old) {
    try {
      return (int) SIGACTION.invokeExact(signal, handler, old);
    } catch (Throwable e) {
      throw new IllegalStateException("sigaction could not be called", e);
    }
  }

  @SuppressWarnings("restricted") // the descriptor is that of the C library
  private static MethodHandle sigaction() {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("sigaction"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  }
}
