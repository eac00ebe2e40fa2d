package dev.lanewise.kernels.opencl;

import static org.jocl.CL.*;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** The programs of a device, one for each file of kernels, built when first asked for. */
final class Programs implements AutoCloseable {
  private static final String OPTIONS = "-cl-std=CL1.2";

  /** Quotients and square roots are the closest floats, where the device can. */
  private static final String EXACT = " -cl-fp32-correctly-rounded-divide-sqrt";

  private final Queue queue;
  private final BinaryCache cache;
  private final Map<String, cl_program> built = new HashMap<>();

  Programs(Queue queue, BinaryCache cache) {
    this.queue = queue;
    this.cache = cache;
  }

  /** A kernel of a file without its ending; defines is empty, or begins with a space. */
  synchronized cl_kernel kernel(String file, String name, String defines) {
    var program =
        built.computeIfAbsent(
            file + defines, key -> program(file, text("common") + text(file), defines));
    return clCreateKernel(program, name, null);
  }

  cl_kernel kernel(String file, String name) {
    return kernel(file, name, "");
  }

  /** A kernel of a whole program in OpenCL C; what is built is kept under the kernel's name. */
  synchronized cl_kernel own(String name, String source) {
    var program = built.computeIfAbsent(source, key -> program(name, source, ""));
    return clCreateKernel(program, name, null);
  }

  private cl_program program(String file, String source, String defines) {
    String options = OPTIONS + (queue.device.exactDivision() ? EXACT : "") + defines;
    byte[] saved = cache.load(file, source, options);
    if (saved != null) {
      try {
        return build(
            file,
            clCreateProgramWithBinary(
                queue.context,
                1,
                new cl_device_id[] {queue.id},
                new long[] {saved.length},
                new byte[][] {saved},
                null,
                null),
            options);
      } catch (CLException | OpenClException e) {
        cache.refused(file, source, options);
      }
    }
    var program =
        build(
            file,
            clCreateProgramWithSource(queue.context, 1, new String[] {source}, null, null),
            options);
    cache.save(file, source, options, () -> binary(program));
    return program;
  }

  private cl_program build(String file, cl_program program, String options) {
    try {
      clBuildProgram(program, 1, new cl_device_id[] {queue.id}, options, null, null);
      return program;
    } catch (CLException e) {
      String log = log(program);
      clReleaseProgram(program);
      throw new OpenClException(
          "%s does not build %s.cl:%n%s".formatted(queue.device.name(), file, log), e);
    }
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    clGetProgramBuildInfo(program, queue.id, CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    clGetProgramBuildInfo(
        program, queue.id, CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
    return Platforms.text(log);
  }

  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, Long.BYTES, Pointer.to(size), null);
    byte[] binary = new byte[(int) size[0]];
    clGetProgramInfo(
        program,
        CL_PROGRAM_BINARIES,
        org.jocl.Sizeof.POINTER,
        Pointer.to(Pointer.to(binary)),
        null);
    return binary;
  }

  static String text(String file) {
    try (var stream = Programs.class.getResourceAsStream(file + ".cl")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    built.values().forEach(program -> clReleaseProgram(program));
    built.clear();
  }
}
