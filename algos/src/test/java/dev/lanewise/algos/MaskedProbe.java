package dev.lanewise.algos;

import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The reward is the sum of the chosen numbers, counted from the first. So the last choices are the
 * best, but where what is seen is positive they are forbidden, and the first ones where it is not.
 * Three steps, between which the sign changes; whoever takes what is forbidden is stopped.
 */
final class MaskedProbe implements Env {
  private static final int LENGTH = 3;

  private final EnvSpec spec;
  private final boolean[] allowed;
  private float seen;
  private int step;

  private MaskedProbe(EnvSpec spec) {
    this.spec = spec;
    allowed = new boolean[spec.actionSpace().choices()];
  }

  /** Made known when it is first asked for. */
  static EnvSpec with(Space actions) {
    var id = "Masked-%s-%s-v0".formatted(actions.getClass().getSimpleName(), actions.size());
    var spec = EnvSpec.of(id, Space.Box.of(1, -1, 1), actions).withActionMask();
    return Probes.register(spec, () -> new MaskedProbe(spec));
  }

  /** The best that is allowed, a number for each column. */
  static float[] best(Space actions, float seen) {
    var best = new float[actions.size()];
    for (int j = 0; j < best.length; j++) {
      var range = actions.range(j);
      best[j] = range.start() + range.n() - (seen > 0 ? 2 : 1);
    }
    return best;
  }

  @Override
  public EnvSpec spec() {
    return spec;
  }

  @Override
  public float[] reset(long seed) {
    double size = new SplittableRandom(seed).nextDouble(-0.7, 0.7);
    seen = (float) (size + Math.copySign(0.3, size));
    step = 0;
    return new float[] {seen};
  }

  @Override
  public Outcome step(float[] action) {
    double reward = 0;
    for (int j = 0; j < action.length; j++) {
      var range = spec.actionSpace().range(j);
      float choice = action[j] - range.start();
      if (choice == (seen > 0 ? range.n() - 1 : 0)) {
        throw new IllegalStateException("%s is forbidden".formatted(Arrays.toString(action)));
      }
      reward += choice;
    }
    seen = -seen;
    return new Outcome(new float[] {seen}, reward, ++step == LENGTH, false);
  }

  @Override
  public boolean[] actionMask() {
    Arrays.fill(allowed, true);
    int at = 0;
    for (int j = 0; j < spec.actionSpace().size(); j++) {
      int n = spec.actionSpace().range(j).n();
      allowed[seen > 0 ? at + n - 1 : at] = false;
      at += n;
    }
    return allowed;
  }

  @Override
  public Optional<double[]> state() {
    return Optional.of(new double[] {seen, step});
  }

  @Override
  public void restore(double[] state) {
    seen = (float) state[0];
    step = (int) state[1];
  }
}
