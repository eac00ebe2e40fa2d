package dev.lanewise.algos;

import java.util.List;

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

  /** Number of episodes that ended so far. */
  long count() {
    return count;
  }

  /** NaN while no episode has ended. */
  double meanReturn() {
    return mean(returns);
  }

  double meanLength() {
    return mean(lengths);
  }

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
