package dev.lanewise.algos;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;

/**
 * The episodes that end while environments are stepped. An asynchronous device keeps what its steps
 * say, and the host reads it once in so many steps; others are asked after each step.
 */
final class EndedEpisodes {

  /** A good number of steps to keep where nothing else says when to read. */
  static final int STEPS_UNREAD = 100;

  /** Who is told, step by step, and in each of one environment after the other. */
  interface Listener {
    void ended(int env, float episodeReturn, float length);
  }

  private final BatchedEnv env;
  private final boolean kept;

  /** T × 4 N: terminated, truncated, return and length, those of all environments side by side. */
  private final Tensor steps;

  /** 1 × 1: the row of the next step. */
  private final Tensor next;

  private final float[] read;
  private final float[] terminated, truncated, endedReturn, endedLength;
  private int count;

  /**
   * @param capacity T, steps that are kept at most
   */
  EndedEpisodes(BatchedEnv env, int capacity) {
    this.env = env;
    int n = env.size();
    var device = env.reward().device();
    kept = device.isAsynchronous();
    steps = device.dense("ended episodes", kept ? capacity : 0, 4 * n);
    next = device.scalar("step of ended episodes", 0);
    read = new float[Math.toIntExact(steps.size())];
    terminated = new float[n];
    truncated = new float[n];
    endedReturn = new float[n];
    endedLength = new float[n];
  }

  /** Records keeping what a step said, for a plan that is replayed after each. */
  void record(Step step) {
    if (kept) {
      var row =
          Tensor.concat(
              Axis.FEATURES,
              env.terminated().transpose(),
              env.truncated().transpose(),
              env.endedReturn().transpose(),
              env.endedLength().transpose());
      step.scatter(steps, next, row);
      step.assign(next, next.plus(1));
    }
  }

  /**
   * To be called after each step, and what is recorded for it.
   *
   * @return whether some were truncated in it, if that is known already
   */
  boolean stepped(Listener listener) {
    if (kept) {
      count++;
      if (count == steps.rows()) {
        tell(listener);
      }
      return false;
    }
    env.terminated().read(terminated);
    env.truncated().read(truncated);
    if (isAny(terminated) || isAny(truncated)) {
      env.endedReturn().read(endedReturn);
      env.endedLength().read(endedLength);
      tellStep(listener);
    }
    return isAny(truncated);
  }

  private static boolean isAny(float[] flags) {
    for (float flag : flags) {
      if (flag != 0) {
        return true;
      }
    }
    return false;
  }

  /** Tells of what is still kept. */
  void tell(Listener listener) {
    if (count > 0) {
      steps.read(read);
      int n = env.size();
      for (int t = 0; t < count; t++) {
        System.arraycopy(read, 4 * t * n, terminated, 0, n);
        System.arraycopy(read, (4 * t + 1) * n, truncated, 0, n);
        System.arraycopy(read, (4 * t + 2) * n, endedReturn, 0, n);
        System.arraycopy(read, (4 * t + 3) * n, endedLength, 0, n);
        tellStep(listener);
      }
      forget();
    }
  }

  private void tellStep(Listener listener) {
    for (int i = 0; i < terminated.length; i++) {
      if (terminated[i] != 0 || truncated[i] != 0) {
        listener.ended(i, endedReturn[i], endedLength[i]);
      }
    }
  }

  /** Forgets what is still kept. */
  void forget() {
    count = 0;
    next.set(0, 0, 0);
  }
}
