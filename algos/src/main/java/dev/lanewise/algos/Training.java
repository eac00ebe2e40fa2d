package dev.lanewise.algos;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;
import java.util.List;
import java.util.SequencedMap;

/**
 * An algorithm at work on its environments. Whoever drives it ({@link Runner}) decides how long it
 * goes on, when it is evaluated, and what is kept.
 */
public interface Training extends AutoCloseable {

  /** Environment steps so far, over all environments together. */
  long steps();

  /** Collects and learns for as short a while as the algorithm has. */
  void advance();

  /** Records the policy: writes {@code action} for each row of {@code observation}, no noise. */
  Plan policy(Tensor observation, Tensor action);

  /**
   * The same where the environment masks its actions.
   *
   * @param mask n × choices: 1 for what is allowed, otherwise 0
   * @throws UnsupportedOperationException if the algorithm does not take masks
   */
  default Plan policy(Tensor observation, Tensor mask, Tensor action) {
    throw new UnsupportedOperationException("this algorithm does not take action masks");
  }

  /** The same for all environments of a batch, within their masks. */
  default Plan policy(BatchedEnv env) {
    return env.actionMask()
        .map(mask -> policy(env.observation(), mask, env.action()))
        .orElseGet(() -> policy(env.observation(), env.action()));
  }

  /** The blocks of parameters that make the policy and its critics, for files. */
  List<Parameters> networks();

  /** The latest figures by log key, such as rollout/ep_rew_mean and train/actor_loss. */
  SequencedMap<String, Double> metrics();

  /** Adds everything that {@link #load} needs to go on bit for bit, networks included. */
  void save(Snapshot snapshot);

  /**
   * Takes over what was saved.
   *
   * @return whether the environments are where they were; otherwise they have begun new episodes,
   *     because they do not tell their state
   * @throws SnapshotException if something is missing or does not fit
   */
  boolean load(Snapshot snapshot);

  @Override
  void close();
}
