package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Map;

/** Rewards times a factor; {@link #endedReturn} stays the sum of the rewards as they were. */
public final class ScaleReward extends WrappedEnv {
  private final Tensor reward;
  private final Plan scale;

  /**
   * @param factor finite
   */
  public ScaleReward(BatchedEnv env, float factor) {
    super(env, "scale_reward");
    if (!Float.isFinite(factor)) {
      throw new IllegalArgumentException("rewards are scaled by a finite number, not " + factor);
    }
    reward = column("reward", 1);
    scale = device().record(step -> step.assign(reward, env.reward().times(factor)));
  }

  @Override
  public void step() {
    env.step();
    scale.enqueue();
  }

  @Override
  void begun() {
    reward.fill(0);
  }

  @Override
  public Tensor reward() {
    return reward;
  }

  @Override
  Map<String, Tensor> tensors() {
    return Map.of("reward", reward);
  }

  @Override
  public void close() {
    scale.close();
    super.close();
  }
}
