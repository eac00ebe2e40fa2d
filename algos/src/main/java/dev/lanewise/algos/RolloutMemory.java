package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import java.util.Optional;

/**
 * T steps of N environments by one policy, off-heap: filled step by step, learnt from in batches,
 * then filled anew. Sample t · N + i is step t of environment i.
 */
public final class RolloutMemory {
  /** Samples are counted in floats, which are exact up to here. */
  private static final int MAX_SIZE = 1 << 24;

  private final int steps;
  private final int envs;

  /** T N × d, a record each. */
  private final Tensor obs, action;

  /** T N × choices, where actions are masked. */
  private final Optional<Tensor> mask;

  /** T N × k, where it is asked for. */
  private Optional<Tensor> distribution = Optional.empty();

  /** T × N. */
  private final Series logProb, value, reward, terminated, truncated, finalValue, advantage, target;

  /** 1 × 1: t. */
  private final Tensor time;

  /** N × 1: 0, 1, ..., N - 1. */
  private final Tensor numbers;

  /**
   * Numbers of all steps and environments.
   *
   * @param byStep T × N
   * @param bySample the same as T N × 1
   */
  private record Series(Tensor byStep, Tensor bySample) {
    static Series on(Device device, String name, int steps, int envs) {
      var storage = device.storage(name);
      var byStep = storage.append(steps, envs);
      return new Series(byStep, storage.flat().transpose());
    }
  }

  /**
   * A batch of n samples, a row each.
   *
   * @param mask 1 for the choices that were allowed, otherwise 0, where the environment masks them
   * @param distribution the {@linkplain PolicyHead.Distribution#parameters parameters} of the one
   *     that the action was drawn from, if they were {@linkplain #keepDistribution asked for}
   * @param advantage how much better the action was than the policy, n × 1
   * @param target what the critic should have said, n × 1
   */
  public record Batch(
      Tensor obs,
      Optional<Tensor> mask,
      Tensor action,
      Tensor logProb,
      Optional<Tensor> distribution,
      Tensor value,
      Tensor advantage,
      Tensor target) {}

  /**
   * @throws dev.lanewise.kernels.OutOfSlabException if there is too little memory for it
   */
  public RolloutMemory(Device device, EnvSpec env, int steps, int envs) {
    if ((long) steps * envs > MAX_SIZE) {
      throw new SettingException(
          "n_steps=%d of n_envs=%d are more than %d samples".formatted(steps, envs, MAX_SIZE));
    }
    this.steps = steps;
    this.envs = envs;
    int size = steps * envs;
    obs = device.records("rollout obs", size, env.observationSpace().size());
    action = device.records("rollout action", size, env.actionSpace().size());
    mask =
        env.masksActions()
            ? Optional.of(device.records("rollout mask", size, env.actionSpace().choices()))
            : Optional.empty();
    logProb = Series.on(device, "rollout log_prob", steps, envs);
    value = Series.on(device, "rollout value", steps, envs);
    reward = Series.on(device, "rollout reward", steps, envs);
    terminated = Series.on(device, "rollout terminated", steps, envs);
    truncated = Series.on(device, "rollout truncated", steps, envs);
    finalValue = Series.on(device, "rollout final value", steps, envs);
    advantage = Series.on(device, "rollout advantage", steps, envs);
    target = Series.on(device, "rollout return", steps, envs);
    time = device.scalar("rollout step", 0);
    numbers = device.columns("environment numbers", envs, 1);
    for (int i = 0; i < envs; i++) {
      numbers.set(i, 0, i);
    }
  }

  /**
   * Keeps with each action what describes the distribution that it was drawn from. To be called
   * before anything is recorded.
   *
   * @param columns how many numbers that is
   */
  void keepDistribution(int columns) {
    distribution = Optional.of(device().records("rollout distribution", size(), columns));
  }

  /** T, steps of each environment. */
  public int steps() {
    return steps;
  }

  /** N. */
  public int envs() {
    return envs;
  }

  /** T N, all samples. */
  public int size() {
    return steps * envs;
  }

  public Device device() {
    return time.device();
  }

  /** What plans recorded here store from now on belongs to step t. */
  public void at(int t) {
    time.set(0, 0, t);
  }

  /**
   * Records storing what was seen and done, N rows each.
   *
   * @param mask of the actions, where they are masked
   */
  public void storeAction(
      Step step, Tensor obs, Optional<Tensor> mask, OnPolicy.Acted acted, Tensor value) {
    var rows = numbers.plus(time.times(envs));
    step.scatter(this.obs, rows, obs);
    this.mask.ifPresent(kept -> step.scatter(kept, rows, mask.orElseThrow()));
    step.scatter(action, rows, acted.action());
    distribution.ifPresent(kept -> step.scatter(kept, rows, acted.distribution()));
    store(step, this.logProb, acted.logProb());
    store(step, this.value, value);
  }

  /** Records storing what came of it, N × 1 each. */
  public void storeOutcome(Step step, Tensor reward, Tensor terminated, Tensor truncated) {
    store(step, this.reward, reward);
    store(step, this.terminated, terminated);
    store(step, this.truncated, truncated);
  }

  /** Records storing the values of final observations, N × 1, of which truncated ones count. */
  public void storeFinalValue(Step step, Tensor finalValue) {
    store(step, this.finalValue, finalValue);
  }

  private void store(Step step, Series series, Tensor values) {
    step.scatter(series.byStep, time, values.transpose());
  }

  /**
   * Records the advantages and targets of all samples, and how much of the variance of the targets
   * the values explained, as "train/explained_variance".
   *
   * @param lastValue of what was seen after the last step, N × 1
   */
  public void estimate(Step step, Tensor lastValue, float gamma, float lambda) {
    var gae =
        Gae.of(
            reward.byStep,
            value.byStep,
            lastValue.transpose(),
            finalValue.byStep,
            terminated.byStep,
            truncated.byStep,
            gamma,
            lambda);
    step.assign(advantage.byStep, gae.advantages());
    step.assign(target.byStep, gae.returns());
    var unexplained = variance(gae.advantages());
    var explained = Tensor.constant(1).minus(unexplained.over(variance(gae.returns())));
    step.report("train/explained_variance", explained);
  }

  private static Tensor variance(Tensor x) {
    return x.minus(x.mean()).square().mean();
  }

  /**
   * Records taking samples.
   *
   * @param index their numbers, n × 1
   */
  Batch sample(Tensor index) {
    return new Batch(
        obs.gather(index),
        mask.map(kept -> kept.gather(index)),
        action.gather(index),
        logProb.bySample.gather(index),
        distribution.map(kept -> kept.gather(index)),
        value.bySample.gather(index),
        advantage.bySample.gather(index),
        target.bySample.gather(index));
  }
}
