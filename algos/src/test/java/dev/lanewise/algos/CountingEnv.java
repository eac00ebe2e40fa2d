package dev.lanewise.algos;

import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Observes how many steps it has made; its reward is the action; environment i of a batch ends
 * after i + 2 steps.
 */
final class CountingEnv implements Env {
  static final String ID = "Counting-v0";
  static final EnvSpec SPEC = EnvSpec.of(ID, Space.Box.of(1), Space.Box.of(1, -10, 10));

  private final int length;
  private float count;

  private CountingEnv(int length) {
    this.length = length;
  }

  /** Makes it known to {@link Environments}, once. */
  static synchronized String register() {
    if (!Environments.ids().contains(ID)) {
      Environments.register(
          SPEC,
          (device, n) -> {
            var made = new AtomicInteger();
            return BatchedEnv.of(() -> new CountingEnv(made.getAndIncrement() + 2), n, device);
          });
    }
    return ID;
  }

  @Override
  public EnvSpec spec() {
    return SPEC;
  }

  @Override
  public float[] reset(long seed) {
    count = 0;
    return new float[] {count};
  }

  @Override
  public Outcome step(float[] action) {
    count++;
    return new Outcome(new float[] {count}, action[0], count == length, false);
  }
}
