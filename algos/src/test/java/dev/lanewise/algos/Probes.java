package dev.lanewise.algos;

import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Environments that each need one ability more than the one before: an algorithm that fails one of
 * them shows where it is wrong (after Jones, "Debugging RL, without the agonizing pain").
 */
final class Probes {
  static final Space BOX = Space.Box.of(1, -2, 2);
  static final Space DISCRETE = new Space.Discrete(3, 5);
  static final Space MULTI_DISCRETE = new Space.MultiDiscrete(new int[] {2, 3});
  static final Space MULTI_BINARY = new Space.MultiBinary(2);

  private Probes() {}

  enum Kind {
    /** One step, the reward is 1. */
    ONE(1),
    /** One step, the reward is 0. */
    ZERO(1),
    /** One step, the reward is a million. */
    MILLION(1),
    /** One step, the reward is what was seen. */
    SEEN(1),
    /** Two steps that look different; the reward is 0, then 1. */
    DELAYED(2),
    /** One step, the best action is always the same: the last, in a box ½. */
    ACT(1),
    /** One step, the best action depends on the sign of what was seen, in a box it is that. */
    ACT_ON_SIGHT(1),
    /** Rewards of 1, cut off after five steps that look the same. */
    TRUNCATED(5),
    /** Rewards of 1, five steps that look different. */
    TERMINATED(5);

    private final int steps;

    Kind(int steps) {
      this.steps = steps;
    }

    /** Made known to {@link Environments} when it is first asked for. */
    EnvSpec with(Space actions) {
      var name = actions.getClass().getSimpleName();
      var id = "Probe-%s-%s-v0".formatted(name() + "-" + name, actions.size());
      int limit = this == TRUNCATED ? steps : 0;
      var spec = EnvSpec.of(id, Space.Box.of(1, -1, 1), actions, limit);
      return register(spec, () -> new Probe(this, spec));
    }
  }

  /** Once; the first supplier stays. */
  static synchronized EnvSpec register(EnvSpec spec, Supplier<Env> supplier) {
    if (!Environments.ids().contains(spec.id())) {
      Environments.register(spec, (device, n) -> BatchedEnv.of(supplier, n, device));
    }
    return spec;
  }

  /** What is best to do, a number for each component. */
  static float[] best(Kind kind, Space actions, float seen) {
    var best = new float[actions.size()];
    boolean last = kind == Kind.ACT || seen > 0;
    for (int j = 0; j < best.length; j++) {
      best[j] =
          switch (actions) {
            case Space.Box _ -> kind == Kind.ACT ? 0.5f : seen;
            case Space.Discrete(int n, int start) -> last ? start + n - 1 : start;
            case Space.MultiDiscrete multi -> last ? multi.nvec()[j] - 1 : 0;
            case Space.MultiBinary _ -> last ? 1 : 0;
          };
    }
    return best;
  }

  private static final class Probe implements Env {
    private final Kind kind;
    private final EnvSpec spec;
    private final float[] observation = new float[1];
    private int step;

    Probe(Kind kind, EnvSpec spec) {
      this.kind = kind;
      this.spec = spec;
    }

    @Override
    public EnvSpec spec() {
      return spec;
    }

    @Override
    public float[] reset(long seed) {
      step = 0;
      observation[0] =
          switch (kind) {
            case SEEN, ACT_ON_SIGHT -> (float) new SplittableRandom(seed).nextDouble(-1, 1);
            default -> 0;
          };
      return observation;
    }

    @Override
    public Outcome step(float[] action) {
      step++;
      double reward =
          switch (kind) {
            case ONE, TRUNCATED, TERMINATED -> 1;
            case ZERO -> 0;
            case MILLION -> 1e6;
            case SEEN -> observation[0];
            case DELAYED -> step - 1;
            case ACT, ACT_ON_SIGHT -> -loss(action);
          };
      if (kind == Kind.DELAYED || kind == Kind.TERMINATED) {
        observation[0] = (float) step / kind.steps;
      }
      boolean terminated = kind != Kind.TRUNCATED && step == kind.steps;
      return new Outcome(observation, reward, terminated, false);
    }

    private double loss(float[] action) {
      var best = best(kind, spec.actionSpace(), observation[0]);
      double sum = 0;
      for (int j = 0; j < best.length; j++) {
        double error = action[j] - best[j];
        sum += spec.actionSpace() instanceof Space.Box ? error * error : error == 0 ? 0 : 1;
      }
      return sum / best.length;
    }

    @Override
    public Optional<double[]> state() {
      return Optional.of(new double[] {step, observation[0]});
    }

    @Override
    public void restore(double[] state) {
      step = (int) state[0];
      observation[0] = (float) state[1];
    }
  }
}
