package dev.lanewise.engine.env;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Mean and variance, dimension by dimension, of all batches so far, beginning with mean 0, variance
 * 1 and the weight of 10⁻⁴ samples, as Stable-Baselines3's RunningMeanStd.
 *
 * <p>A policy that was trained on normalised observations is worth nothing without them: keep
 * {@link #tensors} with its weights.
 */
public final class RunningMoments {
  /** Added to variances before their root is taken. */
  static final float EPSILON = 1e-8f;

  /** Bound on the size of what is normalised. */
  static final float CLIP = 10;

  /** The weight of the mean 0 and the variance 1 that come before all samples. */
  public static final float FIRST_COUNT = 1e-4f;

  private final Tensor mean;
  private final Tensor variance;
  private final Tensor count;

  /**
   * @param dimensions number of columns of what is observed
   */
  public RunningMoments(Device device, int dimensions) {
    this(
        device.dense("running mean", 1, dimensions),
        device.dense("running variance", 1, dimensions),
        device.scalar("running count", 0));
    variance.fill(1);
    count.set(0, 0, FIRST_COUNT);
  }

  /**
   * Moments that lie in stored tensors, for instance beside a policy's weights, with what these
   * hold.
   *
   * @param mean 1 × d, at first 0
   * @param variance 1 × d, at first 1
   * @param count 1 × 1, at first {@link #FIRST_COUNT}
   */
  public RunningMoments(Tensor mean, Tensor variance, Tensor count) {
    this.mean = mean;
    this.variance = variance;
    this.count = count;
  }

  /** 1 × d, stored. */
  public Tensor mean() {
    return mean;
  }

  /** 1 × d, stored. */
  public Tensor variance() {
    return variance;
  }

  /** 1 × 1, stored: number of samples behind them. */
  public Tensor count() {
    return count;
  }

  /**
   * All there is to save, by name: "mean" and "var" (1 × d), "count" (1 × 1). They are the stored
   * tensors themselves: what is written into them is in force.
   */
  public SequencedMap<String, Tensor> tensors() {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("mean", mean);
    tensors.put("var", variance);
    tensors.put("count", count);
    return tensors;
  }

  /** Takes over another's moments, for instance those of a training for its evaluation. */
  public void set(RunningMoments other) {
    other.tensors().forEach((name, tensor) -> tensors().get(name).write(tensor.toArray()));
  }

  /**
   * Records adding a batch of n samples with mean m and variance v (Chan, Golub and LeVeque 1979),
   * with w = n / (count + n), the batch's share, and δ = m - mean:
   *
   * <pre>
   * mean ← mean + w δ,  var ← var + w (v - var + (1 - w) δ²),  count ← count + n
   * </pre>
   *
   * In this form, unlike that of sums, a float rounds only the change: it is good until a batch's
   * share is 2⁻²⁴; from then on old samples slowly fade.
   *
   * @param batch n × d
   */
  public void update(Step step, Tensor batch) {
    var m = batch.mean(Axis.SAMPLES);
    var v = batch.minus(m).square().mean(Axis.SAMPLES);
    var total = count.plus(batch.rows());
    var w = Tensor.constant(batch.rows()).over(total);
    var delta = m.minus(mean);
    var spread = v.minus(variance).plus(delta.square().times(w.negate().plus(1)));
    var newMean = mean.plus(delta.times(w));
    var newVariance = variance.plus(spread.times(w));
    step.assign(mean, newMean);
    step.assign(variance, newVariance);
    step.assign(count, total);
  }

  /** x in standard deviations from the mean, n × d, held between ±10. */
  public Tensor normalize(Tensor x) {
    return x.minus(mean).over(deviation()).clamp(-CLIP, CLIP);
  }

  /** x in standard deviations, without taking away the mean, n × d, held between ±10. */
  Tensor scale(Tensor x) {
    return x.over(deviation()).clamp(-CLIP, CLIP);
  }

  private Tensor deviation() {
    return variance.plus(EPSILON).sqrt();
  }
}
