package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Adam;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Schedule;
import dev.lanewise.autograd.SquashedGaussian;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Soft actor-critic with a learned temperature (Haarnoja et al. 2018, arXiv:1812.05905). */
public final class Sac implements OffPolicy.Agent {

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param netArch sizes of the hidden layers, of actor and critics alike
   * @param entCoef the temperature α
   * @param targetEntropy H̄; empty for minus the number of action dimensions
   * @param sde whether noise depends on the state in the way of {@link StateDependentNoise}
   * @param logStdInit logarithm of what each feature contributes to such noise at first
   */
  public record Config(
      Schedule learningRate,
      int batchSize,
      float gamma,
      float tau,
      List<Integer> netArch,
      Settings.Coefficient entCoef,
      OptionalDouble targetEntropy,
      StateDependentNoise.Config sde,
      float logStdInit) {

    public static Config of(Settings settings) {
      var config =
          new Config(
              settings.schedule("learning_rate", 3e-4f, 0, 1),
              settings.integer("batch_size", 256, 1, 1 << 20),
              settings.decimal("gamma", 0.99f, 0, 1),
              settings.decimal("tau", 0.005f, 0, 1),
              settings.sizes("net_arch", 256, 256),
              settings.coefficient("ent_coef", 1e6),
              settings.decimalOrAuto("target_entropy", -1e6, 1e6),
              StateDependentNoise.Config.of(settings),
              settings.decimal("log_std_init", -3, -20, 20));
      if (!config.sde.use()) {
        settings.idle("use_sde=false", "log_std_init");
      }
      if (!config.entCoef.learned()) {
        settings.idle("a fixed ent_coef", "target_entropy");
      }
      return config;
    }

    public static Config defaults() {
      return of(Settings.defaults());
    }
  }

  private final ReplayMemory memory;
  private final RandomStream random;
  private final Parameters actorParameters, temperature;
  private final Optional<StateDependentNoise> noise;
  private final Mlp actor;
  private final TwinCritic critic, target;
  private final Adam actorOptimizer, criticOptimizer, temperatureOptimizer;
  private final Plan update;

  public Sac(Config c, EnvSpec env, ReplayMemory memory, RandomStream random) {
    this.memory = memory;
    this.random = random;
    var device = memory.device();
    int obs = env.observationSpace().size(), dimensions = env.actionSpace().size();
    var scale = ActionScale.of("sac", env, device);
    actorParameters = Parameters.on(device, "actor");
    int features = c.netArch.getLast();
    noise = c.sde.on(env, actorParameters, "actor.log_std", features, c.logStdInit, random);
    int outputs = noise.isPresent() ? dimensions : 2 * dimensions;
    int[] sizes = TwinCritic.sizes(obs, c.netArch, outputs);
    actor = Mlp.of(actorParameters, "actor", Activation.RELU, random, sizes);
    critic = TwinCritic.of(device, random, obs + dimensions, c.netArch);
    target = critic.target();
    temperature = Parameters.on(device, "temperature");
    var logAlpha = temperature.vector("log_alpha", (float) Math.log(c.entCoef.value()));
    actorOptimizer = Adam.of(actorParameters, c.learningRate);
    criticOptimizer = Adam.of(critic.parameters(), c.learningRate);
    temperatureOptimizer = Adam.of(temperature, c.learningRate);
    float targetEntropy = (float) c.targetEntropy.orElse(-dimensions);

    update =
        device.record(
            step -> {
              var batch = memory.sample(random.stream("replay"), c.batchSize, c.gamma);
              var action = scale.toUnit(batch.action());
              var alpha = logAlpha.exp();

              var next = sample(batch.nextObs(), "next action");
              var y = target(batch, next, target, alpha);
              var errors = critic.errors(batch.obs(), action, y);
              memory.prioritize(step, errors);
              var criticLoss = criticLoss(batch, errors);
              criticOptimizer.minimize(step, criticLoss, "train/critic_loss");

              var now = sample(batch.obs(), "action");
              var actorLoss = actorLoss(critic, batch.obs(), now, alpha);
              actorOptimizer.minimize(step, actorLoss, "train/actor_loss");

              if (c.entCoef.learned()) {
                var alphaLoss = temperatureLoss(alpha, now, targetEntropy);
                temperatureOptimizer.minimize(step, alphaLoss, "train/ent_coef_loss");
                step.report("train/ent_coef_loss", alphaLoss);
              }

              // Q̄ ← Q̄ + τ (Q - Q̄)
              target.parameters().polyak(step, critic.parameters(), c.tau);

              step.report("train/critic_loss", criticLoss);
              step.report("train/actor_loss", actorLoss);
              step.report("train/ent_coef", alpha);
            });
  }

  /** Of eq. 5 and 6: y = r + γ (1 - terminated) (min Q̄(s', a') - α log π(a'|s')), n × 1. */
  static Tensor target(
      Transitions batch, SquashedGaussian.Sample next, TwinCritic target, Tensor alpha) {
    var soft = target.min(batch.nextObs(), next.action());
    var value = soft.minus(alpha.times(next.logProb()));
    return batch.bootstrapped(value);
  }

  /** Eq. 5: E[½ (Q(s, a) - y)²], both critics together. */
  static Tensor criticLoss(Transitions batch, List<Tensor> errors) {
    return batch.squaredError(errors).times(0.5f);
  }

  /** Eq. 7, reparameterised: E[α log π(a|s) - min Q(s, a)]. */
  static Tensor actorLoss(
      TwinCritic critic, Tensor obs, SquashedGaussian.Sample now, Tensor alpha) {
    var q = critic.min(obs, now.action());
    return alpha.stopGradient().times(now.logProb()).minus(q).mean();
  }

  /** Eq. 18: E[-α (log π(a|s) + H̄)]. */
  static Tensor temperatureLoss(Tensor alpha, SquashedGaussian.Sample now, float targetEntropy) {
    var surplus = now.logProb().plus(targetEntropy).stopGradient();
    return alpha.times(surplus).mean().negate();
  }

  /** An action in (-1, 1) for each observation, and the logarithm of its density. */
  private SquashedGaussian.Sample sample(Tensor obs, String stream) {
    return sample(policy(actor.features(obs)), stream);
  }

  private SquashedGaussian.Sample sample(SquashedGaussian policy, String stream) {
    var mean = policy.mean();
    return policy.sample(Tensor.normal(random.stream(stream), mean.rows(), mean.columns()));
  }

  /** The distribution of actions by what the actor's last layer sees. */
  private SquashedGaussian policy(Tensor features) {
    var output = actor.outputs(features);
    return noise
        .map(n -> n.squashed(output, features))
        .orElseGet(() -> SquashedGaussian.of(output));
  }

  @Override
  public Tensor act(Step step, Tensor observation, boolean explore) {
    var features = actor.features(observation);
    var policy = policy(features);
    if (!explore) {
      return policy.mode();
    }
    return noise
        .map(n -> policy.mean().plus(n.sample(features)).tanh())
        .orElseGet(() -> sample(policy, "exploration").action());
  }

  @Override
  public void beforeStep(int t) {
    if (noise.isPresent()) {
      noise.get().beforeStep(t);
    }
  }

  @Override
  public void update(long n) {
    memory.run(update);
  }

  @Override
  public List<Plan> updates() {
    return List.of(update);
  }

  @Override
  public List<Parameters> networks() {
    return List.of(actorParameters, critic.parameters(), target.parameters(), temperature);
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(actorOptimizer, criticOptimizer, temperatureOptimizer);
  }
}
