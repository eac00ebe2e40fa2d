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
  /** No warnings: LLVM has one for each function of a vector wider than the processor's. */
  private static final String OPTIONS = "-cl-std=CL1.2 -w";

  /** Quotients and square roots are the closest floats, where the device can. */
  private static final String EXACT = " -cl-fp32-correctly-rounded-divide-sqrt";

  /**
   * Keeps what it compiled by itself, and when asked for a binary compiles every kernel of the
   * program for groups of any size first: 20 s instead of 8 s until the first start is done.
   */
  private static final String POCL = "Portable Computing Language";

  private final Queue queue;
  private final BinaryCache cache;
  private final boolean keeps;
  private final String always;
  private final Map<String, cl_program> built = new HashMap<>();

  /**
   * @param always what every program is built with; empty, or beginning with a space
   */
  Programs(Queue queue, BinaryCache cache, String always) {
    this(queue, cache, !queue.device.platform().equals(POCL), always);
  }

  Programs(Queue queue, BinaryCache cache, boolean keeps, String always) {
    this.queue = queue;
    this.cache = cache;
    this.keeps = keeps;
    this.always = always;
  }

  /** A kernel of a file without its ending; defines is empty, or begins with a space. */
  synchronized cl_kernel kernel(String file, String name, String defines) {
    var program =
        built.computeIfAbsent(
            file + defines, key -> program(file, text("common") + text(file), defines));
    return queue.kernel(program, name);
  }

  cl_kernel kernel(String file, String name) {
    return kernel(file, name, "");
  }

  /** A kernel of a whole program in OpenCL C; what is built is kept under the kernel's name. */
  synchronized cl_kernel own(String name, String source) {
    var program = built.computeIfAbsent(source, key -> program(name, source, ""));
    return queue.kernel(program, name);
  }

  /** What every program is built with. */
  String options() {
    return OPTIONS + (queue.device.exactDivision() ? EXACT : "") + always;
  }

  private cl_program program(String file, String source, String defines) {
    String options = options() + defines;
    byte[] saved = keeps ? cache.load(file, source, options) : null;
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
    if (keeps) {
      cache.save(file, source, options, () -> binary(program));
    }
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
