package dev.lanewise.autograd;

import static dev.lanewise.engine.Tensor.constant;

import dev.lanewise.autograd.Mlp.Style;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The losses of soft actor-critic and all their gradients against PyTorch. */
class SacGoldenTest {
  private static final Style RELU = Style.of(Activation.RELU);

  @ParameterizedTest
  @EnumSource
  void losses(TestDevice on) {
    try (var golden = Golden.open("sac", on)) {
      var actorParameters = golden.parameters("actor.");
      var critics = golden.parameters("q1.", "q2.");
      var targets = golden.parameters("q1_target.", "q2_target.");
      var temperature = golden.parameters("log_alpha");
      var actor = Mlp.in(actorParameters, "actor", RELU);
      var q1 = Mlp.in(critics, "q1", RELU);
      var q2 = Mlp.in(critics, "q2", RELU);
      var q1Target = q1.in(targets, "q1_target");
      var q2Target = q2.in(targets, "q2_target");
      var logAlpha = temperature.get("log_alpha");
      var alpha = logAlpha.exp().stopGradient();
      var obs = golden.in("obs");
      var nextObs = golden.in("next_obs");

      var next = SquashedGaussian.of(actor.forward(nextObs)).sample(golden.in("noise_next"));
      var nextQ =
          q1Target
              .forward(nextObs, next.action())
              .min(q2Target.forward(nextObs, next.action()))
              .minus(alpha.times(next.logProb()));
      var alive = constant(1).minus(golden.in("terminated"));
      var target = golden.in("reward").plus(alive.times(nextQ).times(0.99f)).stopGradient();
      golden.result("next_action", next.action());
      golden.result("next_log_prob", next.logProb());
      golden.result("target", target);

      var action = golden.in("action");
      var criticLoss =
          Losses.mse(q1.forward(obs, action), target)
              .times(0.5f)
              .plus(Losses.mse(q2.forward(obs, action), target).times(0.5f));
      golden.result("critic_loss", criticLoss);
      golden.gradients("critic.grad.", criticLoss, critics);

      var sample = SquashedGaussian.of(actor.forward(obs)).sample(golden.in("noise"));
      var q = q1.forward(obs, sample.action()).min(q2.forward(obs, sample.action()));
      var actorLoss = alpha.times(sample.logProb()).minus(q).mean();
      golden.result("action", sample.action());
      golden.result("log_prob", sample.logProb());
      golden.result("actor_loss", actorLoss);
      golden.gradients("actor.grad.", actorLoss, actorParameters);

      float targetEntropy = -action.columns();
      var alphaLoss =
          logAlpha.exp().times(sample.logProb().plus(targetEntropy).stopGradient()).mean().negate();
      golden.result("alpha_loss", alphaLoss);
      golden.gradients("alpha.grad.", alphaLoss, temperature);
      golden.check();
    }
  }
}
