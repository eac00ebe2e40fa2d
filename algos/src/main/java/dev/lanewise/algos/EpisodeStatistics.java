package dev.lanewise.algos;

import dev.lanewise.engine.env.BatchedEnv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Means over the last hundred episodes. */
final class EpisodeStatistics {
  private static final int WINDOW = 100;

  private final float[] returns = new float[WINDOW];
  private final float[] lengths = new float[WINDOW];
  private final float[] terminated, truncated, endedReturn, endedLength;
  private long count;

  /**
   * @param envs number of environments
   */
  EpisodeStatistics(int envs) {
    terminated = new float[envs];
    truncated = new float[envs];
    endedReturn = new float[envs];
    endedLength = new float[envs];
  }

  /**
   * Counts the episodes that the last step ended.
   *
   * @return whether some were truncated
   */
  boolean addEnded(BatchedEnv env) {
    env.terminated().read(terminated);
    env.truncated().read(truncated);
    boolean someEnded = false, someTruncated = false;
    for (int i = 0; i < terminated.length; i++) {
      someTruncated |= truncated[i] != 0;
      someEnded |= truncated[i] != 0 || terminated[i] != 0;
    }
    if (someEnded) {
      env.endedReturn().read(endedReturn);
      env.endedLength().read(endedLength);
      for (int i = 0; i < terminated.length; i++) {
        if (terminated[i] != 0 || truncated[i] != 0) {
          add(endedReturn[i], endedLength[i]);
        }
      }
    }
    return someTruncated;
  }

  private void add(float episodeReturn, float length) {
    int at = (int) (count % WINDOW);
    returns[at] = episodeReturn;
    lengths[at] = length;
    count++;
  }

  /** By log key; to be added to. */
  SequencedMap<String, Double> metrics() {
    var metrics = new LinkedHashMap<String, Double>();
    metrics.put("rollout/ep_rew_mean", mean(returns));
    metrics.put("rollout/ep_len_mean", mean(lengths));
    metrics.put("time/episodes", (double) count);
    return metrics;
  }

  /** NaN while no episode has ended. */
  private double mean(float[] values) {
    int n = (int) Math.min(count, WINDOW);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
    }
    return n == 0 ? Double.NaN : sum / n;
  }

  void save(Snapshot snapshot) {
    snapshot.put("episodes.returns", new Snapshot.Array(List.of(WINDOW), returns.clone()));
    snapshot.put("episodes.lengths", new Snapshot.Array(List.of(WINDOW), lengths.clone()));
    snapshot.put("episodes.count", count);
  }

  void load(Snapshot snapshot) {
    System.arraycopy(snapshot.array("episodes.returns").values(), 0, returns, 0, WINDOW);
    System.arraycopy(snapshot.array("episodes.lengths").values(), 0, lengths, 0, WINDOW);
    count = snapshot.whole("episodes.count");
  }
}
