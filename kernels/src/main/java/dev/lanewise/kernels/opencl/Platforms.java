package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** What the drivers say that they have. */
final class Platforms {

  /** A device and the handles that it is asked for by. */
  record Found(OpenClDevice device, cl_platform_id platform, cl_device_id id) {}

  private static final int PLATFORM_NOT_FOUND = -1001;

  static {
    // JOCL would load a library of a fixed name from the temporary folder, whoever put it there.
    if (System.getProperty("uniqueLibraryNames") == null) {
      System.setProperty("uniqueLibraryNames", "true");
    }
    CL.setExceptionsEnabled(true);
  }

  private Platforms() {}

  /** All devices of all platforms; an empty list where no platform has one. */
  static List<Found> devices() {
    var found = new ArrayList<Found>();
    for (var platform : platforms()) {
      for (var id : devices(platform)) {
        found.add(new Found(describe(found.size(), platform, id), platform, id));
      }
    }
    return List.copyOf(found);
  }

  private static cl_platform_id[] platforms() {
    int[] count = new int[1];
    try {
      clGetPlatformIDs(0, null, count);
    } catch (CLException e) {
      if (e.getStatus() != PLATFORM_NOT_FOUND) {
        throw e;
      }
    }
    var platforms = new cl_platform_id[count[0]];
    if (count[0] > 0) {
      clGetPlatformIDs(count[0], platforms, null);
    }
    return platforms;
  }

  private static cl_device_id[] devices(cl_platform_id platform) {
    int[] count = new int[1];
    try {
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
    } catch (CLException e) {
      if (e.getStatus() != CL_DEVICE_NOT_FOUND) {
        throw e;
      }
    }
    var devices = new cl_device_id[count[0]];
    if (count[0] > 0) {
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count[0], devices, null);
    }
    return devices;
  }

  private static OpenClDevice describe(int index, cl_platform_id platform, cl_device_id id) {
    long float32 = number(id, CL_DEVICE_SINGLE_FP_CONFIG);
    return new OpenClDevice(
        index,
        text(platform, CL_PLATFORM_NAME),
        text(id, CL_DEVICE_NAME),
        text(id, CL_DEVICE_VENDOR),
        text(id, CL_DEVICE_VERSION),
        text(id, CL_DRIVER_VERSION),
        type(number(id, CL_DEVICE_TYPE)),
        number(id, CL_DEVICE_GLOBAL_MEM_SIZE),
        number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        (int) number(id, CL_DEVICE_MAX_COMPUTE_UNITS),
        (int) number(id, CL_DEVICE_MAX_CLOCK_FREQUENCY),
        number(id, CL_DEVICE_MAX_WORK_GROUP_SIZE),
        number(id, CL_DEVICE_LOCAL_MEM_SIZE),
        (float32 & CL_FP_DENORM) != 0,
        (float32 & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0);
  }

  private static OpenClDevice.Type type(long bits) {
    if ((bits & CL_DEVICE_TYPE_GPU) != 0) {
      return OpenClDevice.Type.GPU;
    }
    if ((bits & CL_DEVICE_TYPE_ACCELERATOR) != 0) {
      return OpenClDevice.Type.ACCELERATOR;
    }
    return (bits & CL_DEVICE_TYPE_CPU) != 0 ? OpenClDevice.Type.CPU : OpenClDevice.Type.OTHER;
  }

  /** A property of 4 or 8 bytes. */
  private static long number(cl_device_id id, int property) {
    long[] size = new long[1];
    var bytes = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    clGetDeviceInfo(id, property, Long.BYTES, Pointer.to(bytes), size);
    return size[0] == Integer.BYTES ? Integer.toUnsignedLong(bytes.getInt(0)) : bytes.getLong(0);
  }

  private static String text(cl_device_id id, int property) {
    long[] size = new long[1];
    clGetDeviceInfo(id, property, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetDeviceInfo(id, property, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  private static String text(cl_platform_id id, int property) {
    long[] size = new long[1];
    clGetPlatformInfo(id, property, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetPlatformInfo(id, property, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  /** C's text, which ends with a zero. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
  }
}
