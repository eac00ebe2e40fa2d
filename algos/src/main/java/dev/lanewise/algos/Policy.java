package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;

/**
 * A policy for one observation at a time, in plain arrays: for programs that have their own loop.
 * Not safe for use by several threads at once.
 */
public final class Policy implements AutoCloseable {
  private final Tensor observation;
  private final Tensor action;
  private final Plan plan;

  /** Records the policy of an agent; what the agent learns later is followed. */
  public Policy(OffPolicy.Agent agent, EnvSpec env, Device device, boolean explore) {
    observation = device.columns("observation", 1, env.observationSpace().size());
    action = device.columns("action", 1, env.actionSpace().size());
    var scale = ActionScale.of(env, device);
    plan =
        device.record(
            step -> step.assign(action, scale.toEnv(agent.act(step, observation, explore))));
  }

  /** The action for an observation, within the environment's bounds. */
  public float[] act(float... obs) {
    observation.writeRow(0, obs);
    plan.run();
    var answer = new float[action.columns()];
    action.readRow(0, answer);
    return answer;
  }

  @Override
  public void close() {
    plan.close();
  }
}
