package dev.lanewise.autograd;

import dev.lanewise.engine.Device;

/** The devices that results are checked on, and how far they may be from PyTorch's. */
enum TestDevice {
  REFERENCE(1e-6),
  CPU_1(1e-5),
  CPU_2(1e-5);

  /** Largest error, relative to the largest expected number of the tensor. */
  final double tolerance;

  TestDevice(double tolerance) {
    this.tolerance = tolerance;
  }

  Device open() {
    return switch (this) {
      case REFERENCE -> Device.reference();
      case CPU_1 -> Device.cpu(1);
      case CPU_2 -> Device.cpu(2);
    };
  }
}
