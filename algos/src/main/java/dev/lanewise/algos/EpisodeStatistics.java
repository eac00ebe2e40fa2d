package dev.lanewise.algos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Means over the last hundred episodes. */
final class EpisodeStatistics {
  private static final int WINDOW = 100;

  private final float[] returns = new float[WINDOW];
  private final float[] lengths = new float[WINDOW];
  private long count;

  void add(double episodeReturn, long length) {
    int at = (int) (count % WINDOW);
    returns[at] = (float) episodeReturn;
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
