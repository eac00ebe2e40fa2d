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
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * Proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347), by a clipped objective or
 * by a penalty on the divergence from the policy that acted.
 */
public final class Ppo implements OnPolicy.Agent {

  /** What keeps the new policy near the one that acted. */
  public enum Objective {
    /** The clipped ratio, eq. 7. */
    CLIP,
    /** A penalty on the divergence, eq. 8, with the same coefficient all along. */
    KL,
    /** A penalty whose coefficient follows a target (section 4). */
    ADAPTIVE_KL;

    boolean isPenalty() {
      return this != CLIP;
    }
  }

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3, those of the penalties as in the
   * paper.
   *
   * @param batchSize samples of an update; the last of an epoch takes what is left
   * @param nEpochs times that all samples are learnt from
   * @param clipRange ε, how far the ratio of probabilities may go from 1
   * @param clipRangeVf how far the value may go from what it was; empty for no limit
   * @param targetKl learning from a rollout ends before an update where the divergence is more than
   *     1.5 times it; empty for no limit
   * @param sde whether the noise of continuous actions depends on the state
   * @param logStdInit logarithm of the first standard deviation of continuous actions, or with
   *     state-dependent noise of what each feature contributes
   * @param netArch sizes of the hidden layers, of actor and critic alike
   * @param klCoef β of the penalties; the adaptive one begins with it and stays within 2⁻³⁰ and 2³⁰
   *     times it
   * @param klTarget of the adaptive penalty: the divergence that a rollout's learning should lead
   *     to
   */
  public record Config(
      Schedule learningRate,
      int batchSize,
      int nEpochs,
      Schedule clipRange,
      Optional<Schedule> clipRangeVf,
      boolean normalizeAdvantage,
      float entCoef,
      float vfCoef,
      float maxGradNorm,
      OptionalDouble targetKl,
      StateDependentNoise.Config sde,
      float logStdInit,
      List<Integer> netArch,
      Activation activation,
      Objective objective,
      float klCoef,
      float klTarget) {

    public Config {
      if (objective == Objective.ADAPTIVE_KL && klCoef == 0) {
        throw new SettingException(
            "kl_coef=0 stays 0 with objective=adaptive_kl; begin with a positive one");
      }
    }

    public static Config of(Settings settings) {
      var config =
          new Config(
              settings.schedule("learning_rate", 3e-4f, 0, 1),
              settings.integer("batch_size", 64, 1, 1 << 24),
              settings.integer("n_epochs", 10, 1, 1 << 20),
              settings.schedule("clip_range", 0.2f, 0, 1e6),
              settings.scheduleOrNone("clip_range_vf", 0, 1e6),
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
                  : Activation.RELU,
              objective(settings.oneOf("objective", "clip", "clip", "kl", "adaptive_kl")),
              settings.decimal("kl_coef", 1, 0, 1e6),
              settings.decimal("kl_target", 0.01f, 1e-12, 1e6));
      switch (config.objective) {
        case CLIP -> settings.idle("objective=clip", "kl_coef", "kl_target");
        case KL -> settings.idle("objective=kl", "kl_target");
        case ADAPTIVE_KL -> {}
      }
      return config;
    }

    private static Objective objective(String name) {
      return Objective.valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /** Below this a spread of advantages is nothing. */
  private static final float EPSILON = 1e-8f;

  /** So many times larger or smaller than at first β may become. */
  private static final double KL_COEF_RANGE = 0x1p30;

  private final Config config;
  private final RandomStream random;
  private final RolloutMemory memory;
  private final Parameters parameters;
  private final Mlp actor, critic;
  private final Optional<StateDependentNoise> noise;
  private final PolicyHead head;
  private final Adam optimizer;
  private final Coefficients coefficients;
  private final Minibatch whole;
  private final Minibatch rest;
  private final int[] order;
  private final SequencedMap<String, Double> metrics = new LinkedHashMap<>();
  private long updates;

  /**
   * An update from so many samples.
   *
   * @param index their numbers
   * @param divergence measures how far the policy is from the one that acted, if that is needed
   */
  private record Minibatch(Tensor index, Plan update, Optional<Plan> divergence) {}

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
            c.learningRate,
            Adam.Config.defaults().eps(1e-5f),
            new ClipByGlobalNorm(c.maxGradNorm));
    coefficients =
        new Coefficients(
            device.scalar("clip range", c.clipRange.at(1)),
            c.clipRangeVf.map(range -> device.scalar("value clip range", range.at(1))),
            device.scalar("kl coefficient", c.klCoef));
    if (c.objective.isPenalty()) {
      memory.keepDistribution(head.distributionSize());
    }
    int size = Math.min(c.batchSize, memory.size());
    whole = minibatch(device, size);
    rest = memory.size() % size == 0 ? whole : minibatch(device, memory.size() % size);
    order = new int[memory.size()];
    for (var name : whole.update.reported()) {
      metrics.put(name, Double.NaN);
    }
    metrics.put("train/learning_rate", optimizer.learningRate());
    metrics.putAll(coefficients.clipRanges());
    if (c.objective.isPenalty()) {
      metrics.put("train/kl", Double.NaN);
      metrics.put("train/kl_coef", coefficients.klCoef.get());
    }
    metrics.put("train/n_updates", 0.0);
  }

  private Minibatch minibatch(Device device, int size) {
    var index = device.columns("samples", size, 1);
    return new Minibatch(
        index,
        device.record(step -> update(step, memory.sample(index))),
        config.targetKl.isPresent() || config.objective.isPenalty()
            ? Optional.of(device.record(step -> divergence(step, memory.sample(index))))
            : Optional.empty());
  }

  private void update(Step step, RolloutMemory.Batch batch) {
    var policy = head.of(actor, batch.obs(), batch.mask());
    var loss = Loss.of(batch, policy, critic.forward(batch.obs()), coefficients, config);
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

  /** Records measuring how far the policy is from the one that acted. */
  private void divergence(Step step, RolloutMemory.Batch batch) {
    var policy = head.of(actor, batch.obs(), batch.mask());
    var logRatio = policy.logProb(batch.action()).minus(batch.logProb());
    measure(step, "train/approx_kl", approxKl(logRatio.exp(), logRatio));
    batch.distribution().ifPresent(old -> measure(step, "train/kl", policy.divergence(old).mean()));
  }

  private static void measure(Step step, String name, Tensor divergence) {
    step.check(divergence, name);
    step.report(name, divergence);
  }

  /** Schulman's estimate that is never negative (joschu.net/blog/kl-approx.html). */
  private static Tensor approxKl(Tensor ratio, Tensor logRatio) {
    return ratio.minus(1).minus(logRatio).mean();
  }

  /**
   * What changes from rollout to rollout, 1 × 1 each.
   *
   * @param clipRange ε
   * @param clipRangeVf how far the value may go, if there is a limit
   * @param klCoef β
   */
  record Coefficients(Tensor clipRange, Optional<Tensor> clipRangeVf, Tensor klCoef) {

    SequencedMap<String, Double> clipRanges() {
      var ranges = new LinkedHashMap<String, Double>();
      ranges.put("train/clip_range", clipRange.get());
      clipRangeVf.ifPresent(range -> ranges.put("train/clip_range_vf", range.get()));
      return ranges;
    }
  }

  /**
   * What a batch says against policy and value, 1 × 1 each.
   *
   * @param total what is minimised
   * @param approxKl from the policy that acted to this one
   * @param clipFraction how many samples have a ratio beyond 1 ± ε
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
     */
    static Loss of(
        RolloutMemory.Batch batch,
        PolicyHead.Distribution policy,
        Tensor value,
        Coefficients now,
        Config c) {
      var logRatio = policy.logProb(batch.action()).minus(batch.logProb());
      var ratio = logRatio.exp();
      var advantage =
          c.normalizeAdvantage && batch.advantage().rows() > 1
              ? normalized(batch.advantage())
              : batch.advantage();

      var surrogate = ratio.times(advantage);
      if (c.objective.isPenalty()) {
        // Eq. 8: E[ratio A - β KL(old ‖ new)]
        var kl = policy.divergence(batch.distribution().orElseThrow());
        surrogate = surrogate.minus(kl.times(now.klCoef));
      } else {
        // Eq. 7: E[min(ratio A, clip(ratio, 1 - ε, 1 + ε) A)]
        var clipped = within(ratio, Tensor.constant(1), now.clipRange);
        surrogate = surrogate.min(clipped.times(advantage));
      }
      var policyLoss = surrogate.mean().negate();

      // Eq. 9: value error and entropy
      if (now.clipRangeVf.isPresent()) {
        value = within(value, batch.value(), now.clipRangeVf.get());
      }
      var valueLoss = Losses.mse(value, batch.target());
      var entropyLoss = policy.entropy().mean().negate();
      var total = policyLoss.plus(entropyLoss.times(c.entCoef)).plus(valueLoss.times(c.vfCoef));

      var clipFraction = ratio.minus(1).abs().greater(now.clipRange).mean();
      var approxKl = Ppo.approxKl(ratio, logRatio);
      return new Loss(total, policyLoss, valueLoss, entropyLoss, approxKl, clipFraction);
    }
  }

  /** x, no further from a centre than a range. */
  private static Tensor within(Tensor x, Tensor centre, Tensor range) {
    return x.max(centre.minus(range)).min(centre.plus(range));
  }

  /** (A - mean) / (standard deviation + 1e-8), of n samples with n - 1 as PyTorch's std. */
  private static Tensor normalized(Tensor advantage) {
    var centred = advantage.minus(advantage.mean());
    var std = centred.square().sum().over(advantage.rows() - 1).sqrt();
    return centred.over(std.plus(EPSILON));
  }

  @Override
  public OnPolicy.Acted act(Step step, Tensor observation, Optional<Tensor> mask, boolean explore) {
    var policy = head.of(actor, observation, mask);
    var action = explore ? policy.sample(random, "action") : policy.mode();
    return new OnPolicy.Acted(
        action, head.toEnv(action), policy.logProb(action), policy.parameters());
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
    optimizer.anneal(progressRemaining);
    coefficients.clipRange.set(0, 0, config.clipRange.at(progressRemaining));
    coefficients.clipRangeVf.ifPresent(
        range -> range.set(0, 0, config.clipRangeVf.orElseThrow().at(progressRemaining)));
    var sums = new LinkedHashMap<String, Double>();
    int count = 0;
    boolean close = true;
    for (int epoch = 0; epoch < config.nEpochs && close; epoch++) {
      Shuffle.of(order, random.stream("shuffle"));
      for (int from = 0; from < order.length && close; from += whole.index.rows()) {
        var batch = samples(from);
        close = isClose(batch);
        if (close) {
          batch.update.run();
          updates++;
          count++;
          for (var name : batch.update.reported()) {
            sums.merge(name, batch.update.value(name), Double::sum);
          }
        }
      }
    }
    int updatesNow = count;
    sums.forEach((name, sum) -> metrics.put(name, sum / updatesNow));
    metrics.put("train/learning_rate", optimizer.learningRate());
    metrics.putAll(coefficients.clipRanges());
    if (config.objective.isPenalty()) {
      penalise(divergence());
    }
    metrics.put("train/n_updates", (double) updates);
  }

  /** The samples from a place in their order on. */
  private Minibatch samples(int from) {
    var batch = order.length - from >= whole.index.rows() ? whole : rest;
    for (int i = 0; i < batch.index.rows(); i++) {
      batch.index.set(i, 0, order[from + i]);
    }
    return batch;
  }

  /** Whether the policy is still near enough to the one that acted for another update. */
  private boolean isClose(Minibatch batch) {
    if (config.targetKl.isEmpty()) {
      return true;
    }
    return measured(batch, "train/approx_kl") <= 1.5 * config.targetKl.getAsDouble();
  }

  private static double measured(Minibatch batch, String divergence) {
    var plan = batch.divergence.orElseThrow();
    plan.run();
    return plan.value(divergence);
  }

  /** The mean of KL(old ‖ new) over all samples. */
  private double divergence() {
    double sum = 0;
    for (int from = 0; from < order.length; from += whole.index.rows()) {
      var batch = samples(from);
      sum += measured(batch, "train/kl") * batch.index.rows();
    }
    return sum / order.length;
  }

  private void penalise(double divergence) {
    if (config.objective == Objective.ADAPTIVE_KL) {
      var beta = coefficients.klCoef;
      beta.set(0, 0, adapted(beta.get(), divergence, config));
    }
    metrics.put("train/kl", divergence);
    metrics.put("train/kl_coef", coefficients.klCoef.get());
  }

  /** Section 4: half of β where d &lt; target / 1.5, twice β where d &gt; 1.5 target. */
  static double adapted(double beta, double divergence, Config c) {
    double factor = divergence < c.klTarget / 1.5 ? 0.5 : divergence > 1.5 * c.klTarget ? 2 : 1;
    return Math.clamp(beta * factor, c.klCoef / KL_COEF_RANGE, c.klCoef * KL_COEF_RANGE);
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
    if (config.objective.isPenalty()) {
      coefficients.klCoef.set(0, 0, metrics.get("train/kl_coef"));
    }
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
