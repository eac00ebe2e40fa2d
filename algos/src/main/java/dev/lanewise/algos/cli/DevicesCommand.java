package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.OutOfSlabException;
import dev.lanewise.kernels.opencl.OpenClDevice;
import dev.lanewise.kernels.opencl.OpenClDevices;
import java.io.PrintStream;

/** {@code lanewise devices} */
final class DevicesCommand {
  private DevicesCommand() {}

  static int run(PrintStream out) {
    try (var cpu = Device.cpu()) {
      out.println("cpu");
      line(out, "device", cpu.backend().description());
      line(out, "workers", "%d, one a core".formatted(cpu.workers()));
      line(out, "memory", OutOfSlabException.readable(cpu.backend().limit()));
    }
    for (var device : OpenClDevices.all()) {
      describe(device, out);
    }
    OpenClDevices.missing().ifPresent(why -> out.println("opencl: unavailable; " + why));
    out.println(
        "--device auto is "
            + OpenClDevices.auto().map(best -> "opencl:" + best.index()).orElse("cpu"));
    return Main.DONE;
  }

  private static void describe(OpenClDevice device, PrintStream out) {
    out.println("opencl:" + device.index());
    line(out, "device", "%s, %s".formatted(device.name(), device.type()));
    line(out, "driver", "%s, %s".formatted(device.platform(), device.driver()));
    line(
        out,
        "memory",
        "%s, at most %s in one piece"
            .formatted(
                OutOfSlabException.readable(device.memory()),
                OutOfSlabException.readable(device.largestAllocation())));
    line(
        out,
        "score",
        "%d: %d compute units at %d MHz"
            .formatted(device.score(), device.computeUnits(), device.clock()));
    line(
        out,
        "limits",
        "work-groups of %d, %s of local memory"
            .formatted(device.groupSize(), OutOfSlabException.readable(device.localMemory())));
    line(out, "tf32", OpenClDevices.tf32(device));
    if (!device.denormals()) {
      line(out, "unfit", "it takes numbers below 1.2e-38 for 0");
    }
  }

  private static void line(PrintStream out, String label, String text) {
    out.printf("  %-9s %s%n", label, text);
  }
}
