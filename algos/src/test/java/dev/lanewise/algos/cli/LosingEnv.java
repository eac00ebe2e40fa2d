package dev.lanewise.algos.cli;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import dev.lanewise.kernels.opencl.LostDevice;
import dev.lanewise.kernels.opencl.OpenClBackend;

/** At its hundredth step its device is lost, if it is one of OpenCL. */
final class LosingEnv implements Env {
  static final String ID = "Losing-v0";
  private static final EnvSpec SPEC = EnvSpec.of(ID, Space.Box.of(1), Space.Box.of(1, -1, 1), 50);

  private final Device device;
  private int steps;

  private LosingEnv(Device device) {
    this.device = device;
  }

  static void register() {
    Environments.register(
        SPEC, (device, n) -> BatchedEnv.of(() -> new LosingEnv(device), n, device));
  }

  @Override
  public EnvSpec spec() {
    return SPEC;
  }

  @Override
  public float[] reset(long seed) {
    return new float[1];
  }

  @Override
  public Outcome step(float[] action) {
    if (++steps == 100 && device.backend() instanceof OpenClBackend lost) {
      LostDevice.lose(lost);
    }
    return new Outcome(new float[1], action[0], false, false);
  }
}
