package dev.lanewise.autograd;

import dev.lanewise.autograd.Mlp.Style;
import dev.lanewise.engine.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loss of PPO and all its gradients, for both kinds of policy, against PyTorch. */
class PpoGoldenTest {
  private static final Style TANH = Style.of(Activation.TANH);
  private static final float CLIP = 0.2f;

  @ParameterizedTest
  @EnumSource
  void gaussian(TestDevice on) {
    try (var golden = Golden.open("ppo_gaussian", on)) {
      var parameters = golden.parameters("actor.", "log_std", "critic.");
      var mean = Mlp.in(parameters, "actor", TANH).forward(golden.in("obs"));
      var policy = new DiagonalGaussian(mean, parameters.get("log_std"));
      check(golden, parameters, policy.logProb(golden.in("action")), policy.entropy());
    }
  }

  @ParameterizedTest
  @EnumSource
  void categorical(TestDevice on) {
    try (var golden = Golden.open("ppo_categorical", on)) {
      var parameters = golden.parameters("actor.", "critic.");
      var logits = Mlp.in(parameters, "actor", TANH).forward(golden.in("obs"));
      var policy = Categorical.of(logits);
      check(golden, parameters, policy.logProb(golden.in("action")), policy.entropy());
    }
  }

  private static void check(Golden golden, Parameters parameters, Tensor logProb, Tensor entropy) {
    var given = golden.in("advantage");
    var centred = given.minus(given.mean());
    var variance = centred.square().sum().over(given.rows() - 1f);
    var advantage = centred.over(variance.sqrt().plus(1e-8f)).stopGradient();

    var logRatio = logProb.minus(golden.in("old_log_prob"));
    var ratio = logRatio.exp();
    var clipped = advantage.times(ratio.clamp(1 - CLIP, 1 + CLIP));
    var policyLoss = advantage.times(ratio).min(clipped).mean().negate();
    var value = Mlp.in(parameters, "critic", TANH).forward(golden.in("obs"));
    var valueLoss = Losses.mse(value, golden.in("return"));
    var loss = policyLoss.plus(valueLoss.times(0.5f)).minus(entropy.mean().times(0.01f));
    golden.result("log_prob", logProb);
    golden.result("entropy", entropy);
    golden.result("policy_loss", policyLoss);
    golden.result("value_loss", valueLoss);
    golden.result("loss", loss);
    golden.result("approx_kl", ratio.minus(1).minus(logRatio).mean());
    golden.result("clip_fraction", ratio.minus(1).abs().greater(Tensor.constant(CLIP)).mean());
    golden.gradients("grad.", loss, parameters);

    var squares =
        Gradients.of(loss, parameters.tensors()).stream()
            .map(g -> g.square().sum())
            .reduce(Tensor::plus);
    golden.result("grad_norm", squares.orElseThrow().sqrt());
    golden.check();
  }
}
