package dev.lanewise.algos;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.SquashedGaussian;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Generalised state-dependent exploration (Raffin, Kober and Stulp 2021, arXiv:2005.05719): where
 * the last layer of a policy sees the features φ(s), the noise is φ(s) θ, with θ ~ N(0,
 * exp(log_std)²) drawn only every so many steps. Until then the same state meets the same noise,
 * and what is explored goes on for a while instead of trembling.
 *
 * <p>An environment's θ is drawn anew where a rollout begins, so between rollouts there is nothing
 * to keep but the random stream.
 */
public final class StateDependentNoise {
  /** Keeps the variance from 0 where no feature is active. */
  private static final float EPSILON = 1e-6f;

  /** Under tanh the mean is held within ±2, as in Stable-Baselines3. */
  private static final float MAX_MEAN = 2;

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param use whether there is such noise
   * @param sampleFreq steps until θ is drawn anew within a rollout; -1 or 0 for never
   */
  public record Config(boolean use, int sampleFreq) {
    static Config of(Settings settings) {
      var config =
          new Config(
              settings.flag("use_sde", false),
              settings.integer("sde_sample_freq", -1, -1, 1 << 20));
      if (!config.use) {
        settings.idle("use_sde=false", "sde_sample_freq");
      }
      return config;
    }

    /**
     * The noise of an environment's actions, if there is to be any.
     *
     * @param parameters that get log_std
     * @param name of log_std
     * @param features number of what the policy's last layer sees
     * @param logStdInit first value of log_std
     * @throws IllegalArgumentException if the actions are not continuous
     */
    Optional<StateDependentNoise> on(
        EnvSpec env,
        Parameters parameters,
        String name,
        int features,
        float logStdInit,
        RandomStream random) {
      check(env);
      if (!use) {
        return Optional.empty();
      }
      int d = env.actionSpace().size();
      var first = new float[features * d];
      Arrays.fill(first, logStdInit);
      var logStd = parameters.matrix(name, features, d, first);
      return Optional.of(new StateDependentNoise(sampleFreq, logStd, random));
    }

    /**
     * @throws IllegalArgumentException if there is to be noise that the actions do not take
     */
    void check(EnvSpec env) {
      if (use && !(env.actionSpace() instanceof Space.Box)) {
        throw new IllegalArgumentException(
            "use_sde=true does not fit %s: its actions are %s, not a Box; leave use_sde at false"
                .formatted(env.id(), env.actionSpace()));
      }
    }
  }

  private final int sampleFreq;

  /** Number of features × number of action dimensions. */
  private final Tensor logStd;

  private final RandomStream random;
  private final List<Plan> draws = new ArrayList<>();

  StateDependentNoise(int sampleFreq, Tensor logStd, RandomStream random) {
    this.sampleFreq = sampleFreq;
    this.logStd = logStd;
    this.random = random;
  }

  /** The parameter log_std, number of features × number of action dimensions. */
  Tensor logStd() {
    return logStd;
  }

  /**
   * The logarithm of the noise's standard deviation over θ, n × d: σ²(s) = Σ φ(s)² exp(log_std)² +
   * 10⁻⁶.
   *
   * @param features φ(s), n × number of features
   */
  Tensor logStd(Tensor features) {
    var variance = features.square().matmul(logStd.times(2).exp());
    return variance.plus(EPSILON).log().times(0.5f);
  }

  /**
   * The distribution of tanh(μ + φ(s) θ) over θ; its gradient goes to the features, too.
   *
   * @param mean μ, n × d
   * @param features φ(s), n × number of features
   */
  SquashedGaussian squashed(Tensor mean, Tensor features) {
    return new SquashedGaussian(mean.clamp(-MAX_MEAN, MAX_MEAN), logStd(features));
  }

  /**
   * Records the noise φ(s) θ, n × d; each of the n environments has a θ of its own, kept from step
   * to step.
   *
   * @param features φ(s), n × number of features
   */
  Tensor sample(Tensor features) {
    int n = features.rows(), size = logStd.rows(), d = logStd.columns();
    var device = logStd.device();
    // Column j · size + k is what feature k contributes to action j.
    var theta = device.columns("exploration matrices", n, size * d);
    var draw =
        device.record(
            step -> {
              var normal = Tensor.normal(random.stream("exploration matrices"), n, size * d);
              step.assign(theta, normal.times(perColumn(logStd).exp()));
            });
    draw.run();
    draws.add(draw);
    var noise = new Tensor[d];
    for (int j = 0; j < d; j++) {
      noise[j] = features.times(theta.columns(j * size, (j + 1) * size)).sum(Axis.FEATURES);
    }
    return Tensor.concat(Axis.FEATURES, noise);
  }

  /** The columns of a matrix one after the other in one row. */
  private static Tensor perColumn(Tensor matrix) {
    var columns = new Tensor[matrix.columns()];
    for (int j = 0; j < columns.length; j++) {
      columns[j] = matrix.columns(j, j + 1).transpose();
    }
    return Tensor.concat(Axis.FEATURES, columns);
  }

  /** To be called before step t of every rollout, the first being 0: draws θ if it is time. */
  void beforeStep(int t) {
    if (t == 0 || (sampleFreq > 0 && t % sampleFreq == 0)) {
      for (int i = 0; i < draws.size(); i++) {
        draws.get(i).enqueue();
      }
    }
  }
}
