package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.ActionRepeat;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.FrameStack;
import dev.lanewise.engine.env.ScaleReward;
import dev.lanewise.engine.env.TimeLimit;

/**
 * What a run puts around its environment, from the inside out: the same in training, evaluations
 * and pictures, but for the scale of rewards, which is for learning only.
 *
 * @param actionRepeat times that each action is taken; 1 for no repeats
 * @param timeLimit actions after which an episode is truncated, besides the environment's own
 *     limit; 0 for none
 * @param frameStack observations that are seen side by side; 1 for the last alone
 * @param rewardScale what rewards are multiplied by
 */
public record Wrappers(int actionRepeat, int timeLimit, int frameStack, float rewardScale) {

  public static Wrappers of(Settings settings) {
    return new Wrappers(
        settings.integer("action_repeat", 1, 1, 1024),
        settings.integer("time_limit", 0, 0, 1 << 24),
        settings.integer("frame_stack", 1, 1, 1024),
        settings.decimal("reward_scale", 1, 1e-9, 1e9));
  }

  /** What an agent knows about an environment inside. */
  public EnvSpec around(EnvSpec spec) {
    var limited = timeLimit == 0 ? spec : TimeLimit.around(spec, timeLimit);
    return frameStack == 1 ? limited : FrameStack.around(limited, frameStack);
  }

  /** A batch of n to learn from. */
  BatchedEnv forTraining(String id, Device device, int n) {
    var env = forEvaluation(id, device, n);
    return rewardScale == 1 ? env : new ScaleReward(env, rewardScale);
  }

  /** A batch of n to play in. */
  BatchedEnv forEvaluation(String id, Device device, int n) {
    var env = Environments.make(id, device, n);
    if (actionRepeat > 1) {
      env = new ActionRepeat(env, actionRepeat);
    }
    if (timeLimit > 0) {
      env = new TimeLimit(env, timeLimit);
    }
    return frameStack == 1 ? env : new FrameStack(env, frameStack);
  }
}
