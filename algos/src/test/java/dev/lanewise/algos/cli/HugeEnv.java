package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;

/** From its hundredth step on, rewards so large that their square is no float. */
final class HugeEnv implements Env {
  static final String ID = "Huge-v0";
  private static final EnvSpec SPEC = EnvSpec.of(ID, Space.Box.of(1), Space.Box.of(1, -1, 1), 200);

  private int steps;

  static void register() {
    Environments.register(SPEC, (device, n) -> BatchedEnv.of(HugeEnv::new, n, device));
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
    steps++;
    return new Outcome(new float[1], steps < 100 ? 0 : 1e30, false, false);
  }
}
