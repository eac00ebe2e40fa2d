package dev.lanewise.algos;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.EnvException;
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
  private final EndedEpisodes episodes;
  private final Plan keep;

  /**
   * @param env one environment for each episode; closed with this
   */
  public Evaluator(Training training, BatchedEnv env) {
    this.env = env;
    policy = training.policy(env);
    episodes = new EndedEpisodes(env, EndedEpisodes.STEPS_UNREAD);
    keep = env.reward().device().record(episodes::record);
  }

  /**
   * The first episode of each environment after this seed.
   *
   * @throws EnvException if an episode does not end
   */
  public Evaluation evaluate(long seed) {
    return evaluate(seed, () -> false).orElseThrow();
  }

  /** As {@link #evaluate(long)}, or nothing if asked to stop before the end. */
  public Optional<Evaluation> evaluate(long seed, BooleanSupplier stop) {
    var first = new FirstEpisodes(env.size());
    env.reset(seed);
    episodes.forget();
    for (long step = 0; first.playing > 0; step++) {
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      if (step == LONGEST_EPISODE) {
        throw new EnvException(
            ("%d of %d evaluation episodes of %s have not ended after %d steps;"
                    + " give its EnvSpec a time limit, or the run one by time_limit=1000")
                .formatted(first.playing, env.size(), env.spec().id(), step));
      }
      policy.enqueue();
      env.step();
      keep.enqueue();
      episodes.stepped(first);
    }
    return Optional.of(Evaluation.of(first.returns, first.lengths));
  }

  private static final class FirstEpisodes implements EndedEpisodes.Listener {
    private final double[] returns, lengths;
    private final boolean[] ended;
    private int playing;

    FirstEpisodes(int n) {
      returns = new double[n];
      lengths = new double[n];
      ended = new boolean[n];
      playing = n;
    }

    @Override
    public void ended(int env, float episodeReturn, float length) {
      if (!ended[env]) {
        ended[env] = true;
        returns[env] = episodeReturn;
        lengths[env] = length;
        playing--;
      }
    }
  }

  @Override
  public void close() {
    policy.close();
    keep.close();
    env.close();
  }
}
