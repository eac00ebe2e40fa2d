package dev.lanewise.algos;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.env.BatchedEnv;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Plays whole episodes with a training's policy, one in each of a batch of environments of its own,
 * so that the training does not notice.
 */
public final class Evaluator implements AutoCloseable {
  /** An episode without a time limit might never end. */
  private static final long LONGEST_EPISODE = 1_000_000;

  private final BatchedEnv env;
  private final Plan policy;

  /**
   * @param env one environment for each episode; closed with this
   */
  public Evaluator(Training training, BatchedEnv env) {
    this.env = env;
    policy = training.policy(env);
  }

  /**
   * The first episode of each environment after this seed.
   *
   * @throws IllegalStateException if an episode does not end
   */
  public Evaluation evaluate(long seed) {
    return evaluate(seed, () -> false).orElseThrow();
  }

  /** As {@link #evaluate(long)}, or nothing if asked to stop before the end. */
  public Optional<Evaluation> evaluate(long seed, BooleanSupplier stop) {
    int n = env.size();
    var returns = new double[n];
    var lengths = new double[n];
    var ended = new boolean[n];
    int playing = n;
    env.reset(seed);
    for (long step = 0; playing > 0; step++) {
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      if (step == LONGEST_EPISODE) {
        throw new IllegalStateException(
            ("%d of %d evaluation episodes of %s have not ended after %d steps;"
                    + " give its EnvSpec a time limit")
                .formatted(playing, n, env.spec().id(), step));
      }
      policy.run();
      env.step();
      for (int i = 0; i < n; i++) {
        if (!ended[i] && (env.terminated().get(i, 0) != 0 || env.truncated().get(i, 0) != 0)) {
          ended[i] = true;
          returns[i] = env.endedReturn().get(i, 0);
          lengths[i] = env.endedLength().get(i, 0);
          playing--;
        }
      }
    }
    return Optional.of(Evaluation.of(returns, lengths));
  }

  @Override
  public void close() {
    policy.close();
    env.close();
  }
}
