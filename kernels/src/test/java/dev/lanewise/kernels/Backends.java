package dev.lanewise.kernels;

import dev.lanewise.kernels.cpu.CpuBackend;
import dev.lanewise.kernels.opencl.OpenClBackend;
import dev.lanewise.kernels.opencl.OpenClDevices;
import dev.lanewise.kernels.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Named;

/** The backends that the contract tests hold to the contract. */
final class Backends {

  /** One device for all tests: opening one takes time. */
  private static OpenClBackend openCl;

  private Backends() {}

  /**
   * With {@code -Dlanewise.contract=opencl} the OpenCL device named by {@code -Dlanewise.device},
   * else the others: vector widths are nothing to OpenCL.
   */
  static Stream<Named<Backend>> all() {
    return "opencl".equals(System.getProperty("lanewise.contract"))
        ? named(openCl())
        : named(new ReferenceBackend(), new CpuBackend());
  }

  /** Those whose elements are floats, whose roundings the contract fixes. */
  static Stream<Named<Backend>> ofFloats() {
    return all().filter(backend -> !(backend.getPayload() instanceof ReferenceBackend));
  }

  /** The device to test; without one the test is skipped and says why. */
  static synchronized OpenClBackend openCl() {
    OpenClDevices.missing().ifPresent(Backends::skip);
    if (openCl == null) {
      openCl = new OpenClBackend(OpenClDevices.choose(System.getProperty("lanewise.device", "")));
    }
    return openCl;
  }

  private static void skip(String missing) {
    System.out.println("SKIPPED, no kernel was tested on OpenCL: " + missing);
    Assumptions.abort(missing);
  }

  private static Stream<Named<Backend>> named(Backend... backends) {
    return Stream.of(backends).map(backend -> Named.of(backend.name(), backend));
  }
}
