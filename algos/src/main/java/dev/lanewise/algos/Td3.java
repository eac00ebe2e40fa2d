package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Adam;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Schedule;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import java.util.List;

/** Twin delayed deterministic policy gradient (Fujimoto et al. 2018, arXiv:1802.09477). */
public final class Td3 implements OffPolicy.Agent {

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param netArch sizes of the hidden layers, of actor and critics alike
   * @param policyDelay updates of the critics for one of the actor and the targets
   * @param targetPolicyNoise σ of the noise on the target's actions
   * @param targetNoiseClip the most that noise can be
   */
  public record Config(
      Schedule learningRate,
      int batchSize,
      float gamma,
      float tau,
      List<Integer> netArch,
      int policyDelay,
      float targetPolicyNoise,
      float targetNoiseClip) {

    public static Config of(Settings settings) {
      return new Config(
          settings.schedule("learning_rate", 1e-3f, 0, 1),
          settings.integer("batch_size", 256, 1, 1 << 20),
          settings.decimal("gamma", 0.99f, 0, 1),
          settings.decimal("tau", 0.005f, 0, 1),
          settings.sizes("net_arch", 400, 300),
          settings.integer("policy_delay", 2, 1, 1 << 20),
          settings.decimal("target_policy_noise", 0.2f, 0, 10),
          settings.decimal("target_noise_clip", 0.5f, 0, 10));
    }

    public static Config defaults() {
      return of(Settings.defaults());
    }
  }

  private final Config config;
  private final ReplayMemory memory;
  private final Parameters actorParameters, actorAverage;
  private final Mlp actor;
  private final TwinCritic critic, target;
  private final Adam actorOptimizer, criticOptimizer;
  private final Plan criticUpdate, delayedUpdate;

  public Td3(Config c, EnvSpec env, ReplayMemory memory, RandomStream random) {
    config = c;
    this.memory = memory;
    var device = memory.device();
    int obs = env.observationSpace().size(), dimensions = env.actionSpace().size();
    var scale = ActionScale.of("td3", env, device);
    actorParameters = Parameters.on(device, "actor");
    var bounded = Mlp.Style.of(Activation.RELU).output(Activation.TANH);
    int[] sizes = TwinCritic.sizes(obs, c.netArch, dimensions);
    actor = Mlp.of(actorParameters, "actor", bounded, random, sizes);
    actorAverage =
        actorParameters.copy("actor_target", n -> n.replaceFirst("actor", "actor_target"));
    var actorTarget = actor.in(actorAverage, "actor_target");
    critic = TwinCritic.of(device, random, obs + dimensions, c.netArch);
    target = critic.target();
    actorOptimizer = Adam.of(actorParameters, c.learningRate);
    criticOptimizer = Adam.of(critic.parameters(), c.learningRate);
    var batchObs = device.columns("batch of observations", c.batchSize, obs);

    criticUpdate =
        device.record(
            step -> {
              var batch = memory.sample(random.stream("replay"), c.batchSize, c.gamma);
              var action = scale.toUnit(batch.action());

              var noise = Tensor.normal(random.stream("smoothing"), c.batchSize, dimensions);
              var nextAction = smoothed(actorTarget.forward(batch.nextObs()), noise, c);
              var y = target(batch, nextAction, target);
              var errors = critic.errors(batch.obs(), action, y);
              memory.prioritize(step, errors);
              var criticLoss = batch.squaredError(errors);
              criticOptimizer.minimize(step, criticLoss, "train/critic_loss");

              step.assign(batchObs, batch.obs());
              step.report("train/critic_loss", criticLoss);
            });

    delayedUpdate =
        device.record(
            step -> {
              var actorLoss = actorLoss(actor, critic.q1(), batchObs);
              actorOptimizer.minimize(step, actorLoss, "train/actor_loss");

              // θ' ← θ' + τ (θ - θ')
              target.parameters().polyak(step, critic.parameters(), c.tau);
              actorAverage.polyak(step, actorParameters, c.tau);

              step.report("train/actor_loss", actorLoss);
            });
  }

  /**
   * Target policy smoothing, eq. 14: ã = μ'(s') + clip(σ ε, -c, c), n × d.
   *
   * @param noise ε, standard normal, n × d
   */
  static Tensor smoothed(Tensor nextAction, Tensor noise, Config c) {
    var clipped = noise.times(c.targetPolicyNoise).clamp(-c.targetNoiseClip, c.targetNoiseClip);
    return nextAction.plus(clipped).clamp(-1, 1);
  }

  /** Eq. 10: y = r + γ (1 - terminated) min Q'(s', ã), n × 1. */
  static Tensor target(Transitions batch, Tensor nextAction, TwinCritic target) {
    var value = target.min(batch.nextObs(), nextAction);
    return batch.bootstrapped(value);
  }

  /** Algorithm 1: the actor goes along the gradient of Q₁(s, μ(s)). */
  static Tensor actorLoss(Mlp actor, Mlp q1, Tensor obs) {
    return q1.forward(obs, actor.forward(obs)).mean().negate();
  }

  /** μ(s); exploration noise is added by whoever acts. */
  @Override
  public Tensor act(Step step, Tensor observation, boolean explore) {
    return actor.forward(observation);
  }

  @Override
  public void update(long n) {
    memory.run(criticUpdate);
    if (n % config.policyDelay == 0) {
      delayedUpdate.run();
    }
  }

  @Override
  public List<Plan> updates() {
    return List.of(criticUpdate, delayedUpdate);
  }

  @Override
  public List<Parameters> networks() {
    return List.of(actorParameters, actorAverage, critic.parameters(), target.parameters());
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(actorOptimizer, criticOptimizer);
  }
}
