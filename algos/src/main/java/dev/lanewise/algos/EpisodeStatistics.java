package dev.lanewise.algos;

import dev.lanewise.engine.Step;
import dev.lanewise.engine.env.BatchedEnv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Means over the last hundred episodes. */
final class EpisodeStatistics {
  private static final int WINDOW = 100;

  private final float[] returns = new float[WINDOW];
  private final float[] lengths = new float[WINDOW];
  private final EndedEpisodes ended;
  private long count;

  /**
   * @param steps after which what an asynchronous device keeps is read
   */
  EpisodeStatistics(BatchedEnv env, int steps) {
    ended = new EndedEpisodes(env, steps);
  }

  /** Records what has to follow each step of the environments. */
  void record(Step step) {
    ended.record(step);
  }

  /**
   * Counts the episodes that the last step ended.
   *
   * @return whether some were truncated, if that is known already
   */
  boolean addEnded() {
    return ended.stepped(this::add);
  }

  private void add(int env, float episodeReturn, float length) {
    int at = (int) (count % WINDOW);
    returns[at] = episodeReturn;
    lengths[at] = length;
    count++;
  }

  /** By log key; to be added to. */
  SequencedMap<String, Double> metrics() {
    ended.tell(this::add);
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
    ended.tell(this::add);
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
