package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Adam;
import dev.lanewise.autograd.Categorical;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.List;

/**
 * Soft actor-critic for numbered actions (Christodoulou 2019, arXiv:1910.07207): expectations over
 * actions are sums, not samples.
 */
public final class DiscreteSac implements OffPolicy.Agent {
  private final ReplayMemory memory;
  private final RandomStream random;
  private final Parameters actorParameters, temperature;
  private final Mlp actor;
  private final TwinCritic critic, target;
  private final Adam actorOptimizer, criticOptimizer, temperatureOptimizer;
  private final Plan update;

  /**
   * @param c whose target entropy, if empty, is 0.98 log k (the paper's, section 5)
   */
  public DiscreteSac(Sac.Config c, EnvSpec env, ReplayMemory memory, RandomStream random) {
    this.memory = memory;
    this.random = random;
    if (!(env.actionSpace() instanceof Space.Discrete actions)) {
      throw new IllegalArgumentException(
          "discrete sac does not fit %s: its actions are %s, not Discrete"
              .formatted(env.id(), env.actionSpace()));
    }
    var device = memory.device();
    int obs = env.observationSpace().size();
    c.sde().check(env);
    actorParameters = Parameters.on(device, "actor");
    int[] sizes = TwinCritic.sizes(obs, c.netArch(), actions.n());
    actor = Mlp.of(actorParameters, "actor", Activation.RELU, random, sizes);
    critic = TwinCritic.of(device, random, obs, c.netArch(), actions.n());
    target = critic.target();
    temperature = Parameters.on(device, "temperature");
    var logAlpha = temperature.vector("log_alpha", (float) Math.log(c.entCoef().value()));
    actorOptimizer = Adam.of(actorParameters, c.learningRate());
    criticOptimizer = Adam.of(critic.parameters(), c.learningRate());
    temperatureOptimizer = Adam.of(temperature, c.learningRate());
    double most = Math.log(actions.n());
    float targetEntropy = (float) c.targetEntropy().orElse(0.98 * most);
    if (c.entCoef().learned() && targetEntropy > most) {
      throw new SettingException(
          "target_entropy=%s is more than %d actions can have, %.3f"
              .formatted(targetEntropy, actions.n(), most));
    }

    update =
        device.record(
            step -> {
              var batch = memory.sample(random.stream("replay"), c.batchSize(), c.gamma());
              var action = batch.action().minus(actions.start());
              var alpha = logAlpha.exp();

              var next = Categorical.of(actor.forward(batch.nextObs()));
              var y = target(batch, next, target.min(batch.nextObs()), alpha);
              var errors = critic.errorsOf(batch.obs(), action, y);
              memory.prioritize(step, errors);
              var criticLoss = criticLoss(batch, errors);
              criticOptimizer.minimize(step, criticLoss, "train/critic_loss");

              var now = Categorical.of(actor.forward(batch.obs()));
              var actorLoss = actorLoss(now, critic.min(batch.obs()), alpha);
              actorOptimizer.minimize(step, actorLoss, "train/actor_loss");

              if (c.entCoef().learned()) {
                var alphaLoss = temperatureLoss(alpha, now, targetEntropy);
                temperatureOptimizer.minimize(step, alphaLoss, "train/ent_coef_loss");
                step.report("train/ent_coef_loss", alphaLoss);
              }

              // Q̄ ← Q̄ + τ (Q - Q̄)
              target.parameters().polyak(step, critic.parameters(), c.tau());

              step.report("train/critic_loss", criticLoss);
              step.report("train/actor_loss", actorLoss);
              step.report("train/ent_coef", alpha);
              step.report("train/entropy", now.entropy().mean());
            });
  }

  /**
   * Of eq. 10: y = r + γ (1 - terminated) π(s')ᵀ (min Q̄(s') - α log π(s')), n × 1.
   *
   * @param q min Q̄(s'), n × k
   */
  static Tensor target(Transitions batch, Categorical next, Tensor q, Tensor alpha) {
    var soft = q.minus(alpha.times(next.logProbs()));
    return batch.bootstrapped(next.probabilities().times(soft).sum(Axis.FEATURES));
  }

  /** Of eq. 10: E[½ (Q(s, a) - y)²], both critics together. */
  static Tensor criticLoss(Transitions batch, List<Tensor> errors) {
    return batch.squaredError(errors).times(0.5f);
  }

  /**
   * Eq. 12: E[π(s)ᵀ (α log π(s) - min Q(s))].
   *
   * @param q min Q(s), n × k
   */
  static Tensor actorLoss(Categorical now, Tensor q, Tensor alpha) {
    var cost = alpha.stopGradient().times(now.logProbs()).minus(q.stopGradient());
    return now.probabilities().times(cost).sum(Axis.FEATURES).mean();
  }

  /** Eq. 11: E[α (H(π(s)) - H̄)]. */
  static Tensor temperatureLoss(Tensor alpha, Categorical now, float targetEntropy) {
    return alpha.times(now.entropy().minus(targetEntropy).stopGradient()).mean();
  }

  @Override
  public Tensor act(Step step, Tensor observation, boolean explore) {
    var policy = Categorical.of(actor.forward(observation));
    if (!explore) {
      return policy.mode();
    }
    var stream = random.stream("exploration");
    return policy.sample(Tensor.uniform(stream, observation.rows(), policy.logProbs().columns()));
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
