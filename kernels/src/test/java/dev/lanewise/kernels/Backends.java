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
   * Those that {@code -Dlanewise.contract} names, else the reference and the processor: vector
   * widths are nothing to the reference and to OpenCL, whose device {@code -Dlanewise.device}
   * names.
   */
  static Stream<Named<Backend>> all() {
    return Stream.of(System.getProperty("lanewise.contract", "reference,cpu").split(","))
        .map(Backends::of)
        .map(backend -> Named.of(backend.name(), backend));
  }

  private static Backend of(String name) {
    return switch (name) {
      case "reference" -> new ReferenceBackend();
      case "cpu" -> new CpuBackend();
      case "opencl" -> openCl();
      default ->
          throw new IllegalArgumentException(
              "lanewise.contract names %s, not reference, cpu or opencl".formatted(name));
    };
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
}
