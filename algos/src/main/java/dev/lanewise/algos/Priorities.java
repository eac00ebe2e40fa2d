package dev.lanewise.algos;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.List;

/**
 * Draws transitions with probability P(i) = pᵢ^α / Σ p^α, where p = |δ| + ε and δ is the
 * temporal-difference error when the transition was last learnt from; one that never was has the
 * greatest priority so far (Schaul et al. 2016, arXiv:1511.05952, sections 3.3 and 3.4, algorithm
 * 1). The tree holds p^α, rounded to float, and is on the host.
 */
public final class Priorities {

  /**
   * Names and defaults as in OpenAI's baselines.
   *
   * @param alpha α, from 0 for uniform draws to 1
   * @param beta0 β at the beginning
   * @param eps ε
   */
  public record Config(float alpha, float beta0, float eps) {
    public static Config of(Settings settings) {
      return new Config(
          settings.decimal("prioritized_replay_alpha", 0.6f, 0, 1),
          settings.decimal("prioritized_replay_beta0", 0.4f, 0, 1),
          settings.decimal("prioritized_replay_eps", 1e-6f, 1e-12, 1e6));
    }
  }

  private final Config config;
  private final SumTree tree;
  private float greatest = 1;

  /** β. */
  private final Tensor beta;

  /** A batch, n × 1 each: which transitions, their p^α when drawn, and after learning. */
  private record Batch(Philox stream, Tensor index, Tensor drawn, Tensor learnt) {
    static Batch on(Device device, Philox stream, int size) {
      return new Batch(
          stream,
          device.columns("replay index", size, 1),
          device.columns("replay priority", size, 1),
          device.columns("replay priority learnt", size, 1));
    }
  }

  private Batch batch;
  private boolean isLearnt;
  private float[] index, drawn, learnt;

  Priorities(Config config, Device device, int capacity) {
    this.config = config;
    tree = new SumTree(capacity);
    beta = device.scalar("prioritized_replay_beta", config.beta0);
  }

  /**
   * @param progress from 0 at the beginning of a run, where β = β₀, to 1 at its end, where β = 1
   */
  void anneal(double progress) {
    beta.set(0, 0, config.beta0 + (1 - config.beta0) * progress);
  }

  /** New transitions are in these rows. */
  void added(int from, int to) {
    tree.fill(from, to, greatest);
  }

  /** The rows of the batch, n × 1, new ones after every {@link #draw}. */
  Tensor index(Device device, Philox stream, int batchSize) {
    if (batch != null) {
      throw new IllegalStateException(
          "a prioritised replay memory is sampled in one place; make another memory");
    }
    batch = Batch.on(device, stream, batchSize);
    index = new float[batchSize];
    drawn = new float[batchSize];
    learnt = new float[batchSize];
    return batch.index;
  }

  /** w = (N P(i))^-β / max (N P(j))^-β = (pᵢ^α / min pⱼ^α)^-β over the batch, n × 1. */
  Tensor weight() {
    var least = batch.drawn.negate().max(Axis.SAMPLES).negate();
    return batch.drawn.over(least).log().times(beta.negate()).exp();
  }

  /** Records the new priorities: |δ| is the mean over the critics' errors, n × 1 each. */
  void learn(Step step, List<Tensor> errors) {
    var delta = errors.stream().map(Tensor::abs).reduce(Tensor::plus).orElseThrow();
    var priority = delta.times(1f / errors.size()).plus(config.eps);
    step.assign(batch.learnt, priority.log().times(config.alpha).exp());
    isLearnt = true;
  }

  /** Draws a batch, one from each of n equal parts of the total (appendix B.2.1). */
  void draw() {
    if (!isLearnt) {
      throw new IllegalStateException(
          "a prioritised replay memory is not told the errors; record prioritize");
    }
    double total = tree.total();
    if (total == 0) {
      throw new IllegalStateException("the replay memory is empty; add transitions first");
    }
    var stream = batch.stream;
    int n = index.length;
    for (int i = 0; i < n; i++) {
      int word = Philox.word(stream.seed(), stream.stream(), stream.counter() + i / 4, i % 4);
      int row = tree.find((i + Philox.unit(word)) / n * total);
      index[i] = row;
      drawn[i] = (float) tree.get(row);
    }
    stream.advance(Math.ceilDiv(n, 4));
    batch.index.write(index);
    batch.drawn.write(drawn);
  }

  /** Takes over the priorities of the batch that was learnt from. */
  void update() {
    batch.learnt.read(learnt);
    for (int i = 0; i < learnt.length; i++) {
      int row = (int) index[i];
      tree.fill(row, row + 1, learnt[i]);
      greatest = Math.max(greatest, learnt[i]);
    }
  }

  /** p^α of the first so many transitions, and the greatest of all. */
  void save(Snapshot snapshot, int size) {
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) tree.get(i);
    }
    snapshot.put("replay.priorities", new Snapshot.Array(List.of(size), values));
    snapshot.put("replay.greatest_priority", Float.toString(greatest));
  }

  void load(Snapshot snapshot, int size) {
    var array = snapshot.array("replay.priorities");
    if (!array.shape().equals(List.of(size))) {
      throw new SnapshotException(
          "replay.priorities is %s instead of [%d]".formatted(array.shape(), size));
    }
    tree.set(array.values());
    greatest = (float) snapshot.decimal("replay.greatest_priority");
  }
}
