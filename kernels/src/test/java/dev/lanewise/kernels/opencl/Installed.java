package dev.lanewise.kernels.opencl;

import org.junit.jupiter.api.Assumptions;

/** The device that tests are run on; without one they are skipped. */
final class Installed {
  private Installed() {}

  /**
   * The best there is.
   *
   * @param untested what the one clear line says of tests that are skipped, as "no phase"
   */
  static OpenClDevice device(String untested) {
    OpenClDevices.missing()
        .ifPresent(
            missing -> {
              System.out.println("SKIPPED, %s was tested: %s".formatted(untested, missing));
              Assumptions.abort(missing);
            });
    return OpenClDevices.choose("");
  }
}
