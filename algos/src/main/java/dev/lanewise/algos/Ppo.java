package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Adam;
import dev.lanewise.autograd.ClipByGlobalNorm;
import dev.lanewise.autograd.Losses;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Schedule;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * Proximal policy optimisation with a clipped objective (Schulman et al. 2017, arXiv:1707.06347).
 */
public final class Ppo implements OnPolicy.Agent {

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param batchSize samples of an update; the last of an epoch takes what is left
   * @param nEpochs times that all samples are learnt from
   * @param clipRange ε, how far the ratio of probabilities may go from 1
   * @param clipRangeVf how far the value may go from what it was; empty for no limit
   * @param targetKl learning from a rollout ends where the divergence is more than 1.5 times it;
   *     empty for no limit
   * @param sde whether the noise of continuous actions depends on the state
   * @param logStdInit logarithm of the first standard deviation of continuous actions, or with
   *     state-dependent noise of what each feature contributes
   * @param netArch sizes of the hidden layers, of actor and critic alike
   */
  public record Config(
      Schedule learningRate,
      int batchSize,
      int nEpochs,
      Schedule clipRange,
      OptionalDouble clipRangeVf,
      boolean normalizeAdvantage,
      float entCoef,
      float vfCoef,
      float maxGradNorm,
      OptionalDouble targetKl,
      StateDependentNoise.Config sde,
      float logStdInit,
      List<Integer> netArch,
      Activation activation) {

    public static Config of(Settings settings) {
      return new Config(
          settings.schedule("learning_rate", 3e-4f, 0, 1),
          settings.integer("batch_size", 64, 1, 1 << 24),
          settings.integer("n_epochs", 10, 1, 1 << 20),
          settings.schedule("clip_range", 0.2f, 0, 1e6),
          settings.decimalOrNone("clip_range_vf", 0, 1e6),
          settings.flag("normalize_advantage", true),
          settings.decimal("ent_coef", 0, 0, 1e6),
          settings.decimal("vf_coef", 0.5f, 0, 1e6),
          settings.decimal("max_grad_norm", 0.5f, 1e-6, 1e9),
          settings.decimalOrNone("target_kl", 0, 1e6),
          StateDependentNoise.Config.of(settings),
          settings.decimal("log_std_init", 0, -20, 20),
          settings.sizes("net_arch", 64, 64),
          settings.oneOf("activation_fn", "tanh", "tanh", "relu").equals("tanh")
              ? Activation.TANH
              : Activation.RELU);
    }
  }

  /** Below this a spread of advantages is nothing. */
  private static final float EPSILON = 1e-8f;

  private final Config config;
  private final RandomStream random;
  private final RolloutMemory memory;
  private final Parameters parameters;
  private final Mlp actor, critic;
  private final Optional<StateDependentNoise> noise;
  private final PolicyHead head;
  private final Adam optimizer;
  private final Tensor clipRange;
  private final Minibatch whole;
  private final Minibatch rest;
  private final int[] order;
  private final SequencedMap<String, Double> metrics = new LinkedHashMap<>();
  private long updates;

  /**
   * An update from so many samples.
   *
   * @param index their numbers
   */
  private record Minibatch(Tensor index, Plan update) {}

  public Ppo(Config c, EnvSpec env, RolloutMemory memory, RandomStream random) {
    config = c;
    this.memory = memory;
    this.random = random;
    var device = memory.device();
    int obs = env.observationSpace().size();
    parameters = Parameters.on(device, "policy");
    noise = c.sde.on(env, parameters, "log_std", c.netArch.getLast(), c.logStdInit, random);
    head =
        noise
            .map(n -> PolicyHead.of((Space.Box) env.actionSpace(), n))
            .orElseGet(() -> PolicyHead.of(env.actionSpace(), parameters, c.logStdInit));
    double gain = Math.sqrt(2);
    actor =
        Mlp.of(
            parameters,
            "actor",
            Mlp.Style.orthogonal(c.activation, gain, 0.01),
            random,
            TwinCritic.sizes(obs, c.netArch, head.outputs()));
    critic =
        Mlp.of(
            parameters,
            "critic",
            Mlp.Style.orthogonal(c.activation, gain, 1),
            random,
            TwinCritic.sizes(obs, c.netArch, 1));
    optimizer =
        Adam.of(
            parameters,
            c.learningRate.at(1),
            Adam.Config.defaults().eps(1e-5f),
            new ClipByGlobalNorm(c.maxGradNorm));
    clipRange = device.scalar("clip range", c.clipRange.at(1));
    int size = Math.min(c.batchSize, memory.size());
    whole = minibatch(device, size);
    rest = memory.size() % size == 0 ? whole : minibatch(device, memory.size() % size);
    order = new int[memory.size()];
    for (var name : whole.update.reported()) {
      metrics.put(name, Double.NaN);
    }
    metrics.put("train/learning_rate", c.learningRate.at(1));
    metrics.put("train/clip_range", c.clipRange.at(1));
    metrics.put("train/n_updates", 0.0);
  }

  private Minibatch minibatch(Device device, int size) {
    var index = device.columns("samples", size, 1);
    return new Minibatch(index, device.record(step -> update(step, memory.sample(index))));
  }

  private void update(Step step, RolloutMemory.Batch batch) {
    var policy = head.of(actor, batch.obs());
    var loss = Loss.of(batch, policy, critic.forward(batch.obs()), clipRange, config);
    optimizer.minimize(step, loss.total, "train/loss");

    step.report("train/loss", loss.total);
    step.report("train/policy_gradient_loss", loss.policy);
    step.report("train/value_loss", loss.value);
    step.report("train/entropy_loss", loss.entropy);
    step.report("train/approx_kl", loss.approxKl);
    step.report("train/clip_fraction", loss.clipFraction);
    if (head instanceof PolicyHead.Gaussian gaussian) {
      step.report("train/std", gaussian.logStd().exp().mean());
    }
  }

  /**
   * What a batch says against policy and value, 1 × 1 each.
   *
   * @param total what is minimised
   * @param approxKl from the policy that acted to this one
   * @param clipFraction how many samples have a ratio that is clipped
   */
  record Loss(
      Tensor total,
      Tensor policy,
      Tensor value,
      Tensor entropy,
      Tensor approxKl,
      Tensor clipFraction) {

    /**
     * Records the loss.
     *
     * @param value V of the observations, n × 1
     * @param clipRange ε, 1 × 1
     */
    static Loss of(
        RolloutMemory.Batch batch,
        PolicyHead.Distribution policy,
        Tensor value,
        Tensor clipRange,
        Config c) {
      var logRatio = policy.logProb(batch.action()).minus(batch.logProb());
      var ratio = logRatio.exp();
      var advantage =
          c.normalizeAdvantage && batch.advantage().rows() > 1
              ? normalized(batch.advantage())
              : batch.advantage();

      // Eq. 7: E[min(ratio A, clip(ratio, 1 - ε, 1 + ε) A)]
      var one = Tensor.constant(1);
      var clipped = ratio.max(one.minus(clipRange)).min(one.plus(clipRange));
      var policyLoss = ratio.times(advantage).min(clipped.times(advantage)).mean().negate();

      // Eq. 9: value error and entropy
      if (c.clipRangeVf.isPresent()) {
        float most = (float) c.clipRangeVf.getAsDouble();
        value = batch.value().plus(value.minus(batch.value()).clamp(-most, most));
      }
      var valueLoss = Losses.mse(value, batch.target());
      var entropyLoss = policy.entropy().mean().negate();
      var total = policyLoss.plus(entropyLoss.times(c.entCoef)).plus(valueLoss.times(c.vfCoef));

      // Schulman's estimate that is never negative (joschu.net/blog/kl-approx.html)
      var approxKl = ratio.minus(1).minus(logRatio).mean();
      var clipFraction = ratio.minus(1).abs().greater(clipRange).mean();
      return new Loss(total, policyLoss, valueLoss, entropyLoss, approxKl, clipFraction);
    }
  }

  /** (A - mean) / (standard deviation + 1e-8), of n samples with n - 1 as PyTorch's std. */
  private static Tensor normalized(Tensor advantage) {
    var centred = advantage.minus(advantage.mean());
    var std = centred.square().sum().over(advantage.rows() - 1).sqrt();
    return centred.over(std.plus(EPSILON));
  }

  @Override
  public OnPolicy.Acted act(Step step, Tensor observation, boolean explore) {
    var policy = head.of(actor, observation);
    var action = explore ? policy.sample(random, "action") : policy.mode();
    return new OnPolicy.Acted(action, head.toEnv(action), policy.logProb(action));
  }

  @Override
  public void beforeStep(int t) {
    if (noise.isPresent()) {
      noise.get().beforeStep(t);
    }
  }

  @Override
  public Tensor value(Tensor observation) {
    return critic.forward(observation);
  }

  @Override
  public void learn(double progressRemaining) {
    optimizer.setLearningRate(config.learningRate.at(progressRemaining));
    clipRange.set(0, 0, config.clipRange.at(progressRemaining));
    var sums = new LinkedHashMap<String, Double>();
    int count = 0;
    boolean close = true;
    for (int epoch = 0; epoch < config.nEpochs && close; epoch++) {
      Shuffle.of(order, random.stream("shuffle"));
      int size = whole.index.rows();
      for (int from = 0; from < order.length && close; from += size) {
        var batch = order.length - from >= size ? whole : rest;
        for (int i = 0; i < batch.index.rows(); i++) {
          batch.index.set(i, 0, order[from + i]);
        }
        batch.update.run();
        updates++;
        count++;
        for (var name : batch.update.reported()) {
          sums.merge(name, batch.update.value(name), Double::sum);
        }
        close =
            config.targetKl.isEmpty()
                || batch.update.value("train/approx_kl") <= 1.5 * config.targetKl.getAsDouble();
      }
    }
    int updatesNow = count;
    sums.forEach((name, sum) -> metrics.put(name, sum / updatesNow));
    metrics.put("train/learning_rate", optimizer.learningRate());
    metrics.put("train/clip_range", clipRange.get());
    metrics.put("train/n_updates", (double) updates);
  }

  /** An update from {@code batch_size} samples, as {@link #learn} replays it. */
  public Plan update() {
    return whole.update;
  }

  @Override
  public SequencedMap<String, Double> metrics() {
    return Collections.unmodifiableSequencedMap(metrics);
  }

  @Override
  public void restore(SequencedMap<String, Double> saved) {
    metrics.putAll(saved);
    updates = metrics.get("train/n_updates").longValue();
  }

  @Override
  public List<Parameters> networks() {
    return List.of(parameters);
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(optimizer);
  }
}
