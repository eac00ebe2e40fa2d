package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rewards over the running standard deviation of the discounted return, held between ±10, as
 * Stable-Baselines3's VecNormalize. In each environment the return follows R ← γ R + r, and is 0
 * again where an episode ended; its moments are those of all environments together. {@link
 * #endedReturn} stays the sum of the rewards as they were.
 */
public final class NormalizeReward extends WrappedEnv {
  private final RunningMoments moments;
  private final Tensor reward;
  private final Tensor discounted;
  private final Plan learn;
  private final Plan apply;
  private boolean training = true;

  /**
   * @param gamma γ, from 0 to 1: the discount factor of the algorithm that sees the rewards
   */
  public NormalizeReward(BatchedEnv env, float gamma) {
    super(env, "normalize_reward");
    if (!(gamma >= 0 && gamma <= 1)) {
      throw new IllegalArgumentException("gamma is from 0 to 1, not " + gamma);
    }
    moments = new RunningMoments(device(), 1);
    reward = column("reward", 1);
    discounted = column("discounted return", 1);
    learn = plan(gamma, true);
    apply = plan(gamma, false);
  }

  private Plan plan(float gamma, boolean update) {
    return device()
        .record(
            step -> {
              var now = discounted.times(gamma).plus(env.reward());
              if (update) {
                moments.update(step, now);
              }
              step.assign(reward, moments.scale(env.reward()));
              step.assign(discounted, ended(env).select(Tensor.constant(0), now));
            });
  }

  /** The live moments of the return; what is written into their tensors is in force. */
  public RunningMoments moments() {
    return moments;
  }

  /** Whether the moments follow what is earned; false freezes them. */
  public void setTraining(boolean training) {
    this.training = training;
  }

  @Override
  public void step() {
    env.step();
    (training ? learn : apply).enqueue();
  }

  @Override
  void begun() {
    discounted.fill(0);
    reward.fill(0);
  }

  @Override
  void begun(int i) {
    discounted.set(i, 0, 0);
  }

  @Override
  public Tensor reward() {
    return reward;
  }

  @Override
  Map<String, Tensor> tensors() {
    var tensors = new LinkedHashMap<String, Tensor>(moments.tensors());
    tensors.put("discounted_return", discounted);
    tensors.put("reward", reward);
    return tensors;
  }

  @Override
  public void close() {
    learn.close();
    apply.close();
    super.close();
  }
}
