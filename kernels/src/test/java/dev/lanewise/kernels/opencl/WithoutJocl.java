package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import dev.lanewise.kernels.cpu.CpuBackend;

/** What a user without JOCL runs: see {@link OpenClDevicesTest}. */
final class WithoutJocl {

  private WithoutJocl() {}

  public static void main(String[] arguments) {
    for (int turn = 0; turn < 2; turn++) {
      System.out.println(OpenClDevices.missing().orElse("nothing is missing"));
    }
    System.out.println(OpenClDevices.all() + " " + OpenClDevices.auto());
    var cpu = new CpuBackend();
    try (var region = cpu.open("net")) {
      var x = View.scalar(region.allocate(1, "x"));
      cpu.set(x.address(), 1);
      cpu.kernels().map(Unary.NEGATE, x, x).run();
      System.out.println("cpu says " + cpu.get(x.address()));
    }
  }
}
