package dev.lanewise.kernels;

import dev.lanewise.kernels.cpu.CpuBackend;
import dev.lanewise.kernels.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** The backends that the contract tests hold to the contract. */
final class Backends {

  private Backends() {}

  static Stream<Named<Backend>> all() {
    return Stream.<Backend>of(new ReferenceBackend(), new CpuBackend())
        .map(backend -> Named.of(backend.name(), backend));
  }

  /** Those whose elements are floats, whose roundings the contract fixes. */
  static Stream<Named<Backend>> ofFloats() {
    return all().filter(backend -> backend.getPayload().sharesSlab());
  }
}
