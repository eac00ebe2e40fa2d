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
import java.util.Optional;

/** Deep deterministic policy gradient (Lillicrap et al. 2016, arXiv:1509.02971, algorithm 1). */
public final class Ddpg implements OffPolicy.Agent {

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3, which has neither an actor's
   * learning rate nor a weight decay.
   *
   * @param learningRate of the critic, and of the actor if it has none of its own
   * @param actorLearningRate of the actor
   * @param criticWeightDecay λ of the critic's L2 penalty
   * @param netArch sizes of the hidden layers, of actor and critic alike
   */
  public record Config(
      Schedule learningRate,
      Optional<Schedule> actorLearningRate,
      float criticWeightDecay,
      int batchSize,
      float gamma,
      float tau,
      List<Integer> netArch) {

    public static Config of(Settings settings) {
      return new Config(
          settings.schedule("learning_rate", 1e-3f, 0, 1),
          settings.scheduleOrAuto("actor_learning_rate", 0, 1),
          settings.decimal("critic_weight_decay", 0, 0, 1e6),
          settings.integer("batch_size", 256, 1, 1 << 20),
          settings.decimal("gamma", 0.99f, 0, 1),
          settings.decimal("tau", 0.005f, 0, 1),
          settings.sizes("net_arch", 400, 300));
    }

    public static Config defaults() {
      return of(Settings.defaults());
    }
  }

  private final ReplayMemory memory;
  private final Parameters actorParameters, criticParameters, actorAverage, criticAverage;
  private final Mlp actor;
  private final Adam actorOptimizer, criticOptimizer;
  private final Plan update;

  public Ddpg(Config c, EnvSpec env, ReplayMemory memory, RandomStream random) {
    this.memory = memory;
    var device = memory.device();
    int obs = env.observationSpace().size(), dimensions = env.actionSpace().size();
    var scale = ActionScale.of("ddpg", env, device);
    actorParameters = Parameters.on(device, "actor");
    criticParameters = Parameters.on(device, "critic");
    var bounded = Mlp.Style.of(Activation.RELU).output(Activation.TANH);
    int[] actorSizes = TwinCritic.sizes(obs, c.netArch, dimensions);
    int[] criticSizes = TwinCritic.sizes(obs + dimensions, c.netArch, 1);
    actor = Mlp.of(actorParameters, "actor", bounded, random, actorSizes);
    var critic = Mlp.of(criticParameters, "critic", Activation.RELU, random, criticSizes);
    actorAverage =
        actorParameters.copy("actor_target", n -> n.replaceFirst("actor", "actor_target"));
    criticAverage =
        criticParameters.copy("critic_target", n -> n.replaceFirst("critic", "critic_target"));
    var actorTarget = actor.in(actorAverage, "actor_target");
    var criticTarget = critic.in(criticAverage, "critic_target");
    actorOptimizer = Adam.of(actorParameters, c.actorLearningRate.orElse(c.learningRate));
    criticOptimizer = Adam.of(criticParameters, c.learningRate);

    update =
        device.record(
            step -> {
              var batch = memory.sample(random.stream("replay"), c.batchSize, c.gamma);
              var action = scale.toUnit(batch.action());

              var y = target(batch, actorTarget, criticTarget);
              var errors = List.of(critic.forward(batch.obs(), action).minus(y));
              memory.prioritize(step, errors);
              var criticLoss = batch.squaredError(errors);
              criticOptimizer.minimize(step, decayed(criticLoss, c), "train/critic_loss");

              var actorLoss = actorLoss(actor, critic, batch.obs());
              actorOptimizer.minimize(step, actorLoss, "train/actor_loss");

              // θ' ← θ' + τ (θ - θ')
              criticAverage.polyak(step, criticParameters, c.tau);
              actorAverage.polyak(step, actorParameters, c.tau);

              step.report("train/critic_loss", criticLoss);
              step.report("train/actor_loss", actorLoss);
            });
  }

  /** y = r + γ (1 - terminated) Q'(s', μ'(s')), n × 1. */
  static Tensor target(Transitions batch, Mlp actorTarget, Mlp criticTarget) {
    var nextAction = actorTarget.forward(batch.nextObs());
    var value = criticTarget.forward(batch.nextObs(), nextAction);
    return batch.bootstrapped(value);
  }

  /** Adds ½ λ Σ θ² (section 7), and so λ θ to the gradient. */
  private Tensor decayed(Tensor loss, Config c) {
    if (c.criticWeightDecay == 0) {
      return loss;
    }
    var squares = criticParameters.tensors().stream().map(theta -> theta.square().sum());
    return loss.plus(squares.reduce(Tensor::plus).orElseThrow().times(c.criticWeightDecay / 2));
  }

  /** The actor goes along the gradient of Q(s, μ(s)). */
  static Tensor actorLoss(Mlp actor, Mlp critic, Tensor obs) {
    return critic.forward(obs, actor.forward(obs)).mean().negate();
  }

  /** μ(s); exploration noise is added by whoever acts. */
  @Override
  public Tensor act(Step step, Tensor observation, boolean explore) {
    return actor.forward(observation);
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
    return List.of(actorParameters, criticParameters, actorAverage, criticAverage);
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(criticOptimizer, actorOptimizer);
  }
}
