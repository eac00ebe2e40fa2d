package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;

/** Observations so large that a million of them fit into no machine. */
final class BigEnv implements Env {
  static final String ID = "Big-v0";
  private static final int SIZE = 1 << 20;
  private static final EnvSpec SPEC = EnvSpec.of(ID, Space.Box.of(SIZE), Space.Box.of(1, -1, 1));

  /** Once for all tests. */
  static void register() {
    if (!Environments.ids().contains(ID)) {
      Environments.register(SPEC, (device, n) -> BatchedEnv.of(BigEnv::new, n, device));
    }
  }

  @Override
  public EnvSpec spec() {
    return SPEC;
  }

  @Override
  public float[] reset(long seed) {
    return new float[SIZE];
  }

  @Override
  public Outcome step(float[] action) {
    return new Outcome(new float[SIZE], 0, false, false);
  }
}
