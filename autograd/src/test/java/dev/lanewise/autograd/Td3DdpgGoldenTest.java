package dev.lanewise.autograd;

import static dev.lanewise.engine.Tensor.constant;

import dev.lanewise.autograd.Mlp.Style;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The losses of TD3 and DDPG and all their gradients against PyTorch. */
class Td3DdpgGoldenTest {
  private static final Style RELU = Style.of(Activation.RELU);
  private static final Style POLICY = RELU.output(Activation.TANH);

  @ParameterizedTest
  @EnumSource
  void losses(TestDevice on) {
    try (var golden = Golden.open("td3_ddpg", on)) {
      var actorParameters = golden.parameters("actor.");
      var critics = golden.parameters("q1.", "q2.");
      var firstCritic = golden.parameters("q1.");
      var targets = golden.parameters("actor_target.", "q1_target.", "q2_target.");
      var actor = Mlp.in(actorParameters, "actor", POLICY);
      var q1 = Mlp.in(critics, "q1", RELU);
      var q2 = Mlp.in(critics, "q2", RELU);
      var q1Target = q1.in(targets, "q1_target");
      var q2Target = q2.in(targets, "q2_target");
      var obs = golden.in("obs");
      var action = golden.in("action");
      var nextObs = golden.in("next_obs");
      var reward = golden.in("reward");
      var alive = constant(1).minus(golden.in("terminated"));

      var nextAction = actor.in(targets, "actor_target").forward(nextObs);
      var noise = golden.in("noise").times(0.2f).clamp(-0.5f, 0.5f);
      var smoothed = nextAction.plus(noise).clamp(-1, 1);
      var nextQ = q1Target.forward(nextObs, smoothed).min(q2Target.forward(nextObs, smoothed));
      var target = reward.plus(alive.times(nextQ).times(0.99f)).stopGradient();
      var criticLoss =
          Losses.mse(q1.forward(obs, action), target)
              .plus(Losses.mse(q2.forward(obs, action), target));
      golden.result("target", target);
      golden.result("critic_loss", criticLoss);
      golden.gradients("critic.grad.", criticLoss, critics);

      var actorLoss = q1.forward(obs, actor.forward(obs)).mean().negate();
      golden.result("actor_loss", actorLoss);
      golden.gradients("actor.grad.", actorLoss, actorParameters);

      var ddpgTarget =
          reward
              .plus(alive.times(q1Target.forward(nextObs, nextAction)).times(0.99f))
              .stopGradient();
      var ddpgLoss = Losses.mse(q1.in(firstCritic, "q1").forward(obs, action), ddpgTarget);
      golden.result("ddpg_target", ddpgTarget);
      golden.result("ddpg_critic_loss", ddpgLoss);
      golden.gradients("ddpg_critic.grad.", ddpgLoss, firstCritic);
      golden.check();
    }
  }
}
