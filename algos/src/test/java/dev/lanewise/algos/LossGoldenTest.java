package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.ClipByGlobalNorm;
import dev.lanewise.autograd.Gradients;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Mlp.Style;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.SquashedGaussian;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The losses that the algorithms minimise, and all their gradients, against PyTorch's. */
class LossGoldenTest {
  private static final Style TANH = Style.of(Activation.TANH);
  private static final Style RELU = Style.of(Activation.RELU);
  private static final float GAMMA = 0.99f;

  @ParameterizedTest
  @EnumSource
  void ppoOnABox(Golden.On on) {
    try (var golden = new Golden("ppo_gaussian", on)) {
      var parameters = golden.parameters("actor.", "log_std", "critic.");
      var logStd = parameters.get("log_std");
      var bound = golden.device.dense("bound", 1, logStd.columns());
      ppo(golden, parameters, new PolicyHead.Gaussian(logStd, Optional.empty(), bound, bound));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ppoOnNumberedActions(Golden.On on) {
    try (var golden = new Golden("ppo_categorical", on)) {
      var parameters = golden.parameters("actor.", "critic.");
      int choices = Mlp.in(parameters, "actor", TANH).forward(golden.in("obs")).columns();
      ppo(golden, parameters, PolicyHead.of(new Space.Discrete(choices), parameters, 0));
    }
  }

  private static void ppo(Golden golden, Parameters parameters, PolicyHead head) {
    var obs = golden.in("obs");
    var policy = head.of(Mlp.in(parameters, "actor", TANH), obs, Optional.empty());
    var value = Mlp.in(parameters, "critic", TANH).forward(obs);
    var batch =
        new RolloutMemory.Batch(
            obs,
            Optional.empty(),
            golden.in("action"),
            golden.in("old_log_prob"),
            Optional.empty(),
            value.stopGradient(),
            golden.in("advantage"),
            golden.in("return"));
    var config = Ppo.Config.of(Settings.of(Map.of("ent_coef", "0.01")));
    var coefficients =
        new Ppo.Coefficients(Tensor.constant(0.2f), Optional.empty(), Tensor.constant(0));
    var loss = Ppo.Loss.of(batch, policy, value, coefficients, config);
    golden.result("log_prob", policy.logProb(batch.action()));
    golden.result("entropy", policy.entropy());
    golden.result("policy_loss", loss.policy());
    golden.result("value_loss", loss.value());
    golden.result("loss", loss.total());
    golden.result("approx_kl", loss.approxKl());
    golden.result("clip_fraction", loss.clipFraction());
    golden.gradients("grad.", loss.total(), parameters);
    golden.result("grad_norm", norm(loss.total(), parameters));
    golden.check();
  }

  private static Tensor norm(Tensor loss, Parameters parameters) {
    var squares =
        Gradients.of(loss, parameters.tensors()).stream()
            .map(gradient -> ClipByGlobalNorm.norm(gradient).square())
            .toArray(Tensor[]::new);
    return Tensor.concat(Axis.FEATURES, squares).sum().sqrt();
  }

  private static Transitions transitions(Golden golden) {
    var terminated = golden.in("terminated");
    return new Transitions(
        golden.in("obs"),
        golden.in("action"),
        golden.in("reward"),
        golden.in("next_obs"),
        terminated,
        terminated.times(0),
        terminated.negate().plus(1).times(GAMMA),
        Optional.empty());
  }

  private static TwinCritic critics(Golden golden, String suffix, String... prefixes) {
    var parameters = golden.parameters(prefixes);
    return new TwinCritic(
        parameters,
        Mlp.in(parameters, "q1" + suffix, RELU),
        Mlp.in(parameters, "q2" + suffix, RELU));
  }

  @ParameterizedTest
  @EnumSource
  void sac(Golden.On on) {
    try (var golden = new Golden("sac", on)) {
      var actorParameters = golden.parameters("actor.");
      var actor = Mlp.in(actorParameters, "actor", RELU);
      var critic = critics(golden, "", "q1.", "q2.");
      var target = critics(golden, "_target", "q1_target.", "q2_target.");
      var temperature = golden.parameters("log_alpha");
      var alpha = temperature.get("log_alpha").exp();
      var batch = transitions(golden);

      var next =
          SquashedGaussian.of(actor.forward(batch.nextObs())).sample(golden.in("noise_next"));
      var y = Sac.target(batch, next, target, alpha);
      var errors = critic.errors(batch.obs(), batch.action(), y);
      var criticLoss = Sac.criticLoss(batch, errors);
      golden.result("next_action", next.action());
      golden.result("next_log_prob", next.logProb());
      golden.result("target", y);
      golden.result("critic_loss", criticLoss);
      golden.gradients("critic.grad.", criticLoss, critic.parameters());

      var now = SquashedGaussian.of(actor.forward(batch.obs())).sample(golden.in("noise"));
      var actorLoss = Sac.actorLoss(critic, batch.obs(), now, alpha);
      golden.result("action", now.action());
      golden.result("log_prob", now.logProb());
      golden.result("actor_loss", actorLoss);
      golden.gradients("actor.grad.", actorLoss, actorParameters);

      var alphaLoss = Sac.temperatureLoss(alpha, now, -batch.action().columns());
      golden.result("alpha_loss", alphaLoss);
      golden.gradients("alpha.grad.", alphaLoss, temperature);
      golden.check();
    }
  }

  @ParameterizedTest
  @EnumSource
  void td3AndDdpg(Golden.On on) {
    try (var golden = new Golden("td3_ddpg", on)) {
      var policy = RELU.output(Activation.TANH);
      var actorParameters = golden.parameters("actor.");
      var actor = Mlp.in(actorParameters, "actor", policy);
      var actorTarget = Mlp.in(golden.parameters("actor_target."), "actor_target", policy);
      var critic = critics(golden, "", "q1.", "q2.");
      var target = critics(golden, "_target", "q1_target.", "q2_target.");
      var batch = transitions(golden);
      var config = Td3.Config.defaults();

      var nextAction =
          Td3.smoothed(actorTarget.forward(batch.nextObs()), golden.in("noise"), config);
      var y = Td3.target(batch, nextAction, target);
      var errors = critic.errors(batch.obs(), batch.action(), y);
      var criticLoss = batch.squaredError(errors);
      golden.result("target", y);
      golden.result("critic_loss", criticLoss);
      golden.gradients("critic.grad.", criticLoss, critic.parameters());
      var actorLoss = Td3.actorLoss(actor, critic.q1(), batch.obs());
      golden.result("actor_loss", actorLoss);
      golden.gradients("actor.grad.", actorLoss, actorParameters);

      var firstCritic = golden.parameters("q1.");
      var q = Mlp.in(firstCritic, "q1", RELU);
      var ddpgY = Ddpg.target(batch, actorTarget, target.q1());
      var ddpgError = q.forward(batch.obs(), batch.action()).minus(ddpgY);
      var ddpgLoss = batch.squaredError(List.of(ddpgError));
      golden.result("ddpg_target", ddpgY);
      golden.result("ddpg_critic_loss", ddpgLoss);
      golden.gradients("ddpg_critic.grad.", ddpgLoss, firstCritic);
      golden.result("actor_loss", Ddpg.actorLoss(actor, q, batch.obs()));
      golden.check();
    }
  }
}
