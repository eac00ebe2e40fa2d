package dev.lanewise.kernels.opencl;

import org.jocl.NativePointerObject;

/**
 * Makes drivers say what they say of a device that is lost: the handle of its queue becomes null,
 * which is CL_INVALID_COMMAND_QUEUE, as NVIDIA's driver is known to answer after a fault.
 */
public final class LostDevice {
  private LostDevice() {}

  public static void lose(OpenClBackend backend) {
    try {
      var handle = NativePointerObject.class.getDeclaredField("nativePointer");
      handle.setAccessible(true);
      handle.setLong(backend.queue().queue, 0);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("JOCL keeps its handles elsewhere", e);
    }
  }
}
