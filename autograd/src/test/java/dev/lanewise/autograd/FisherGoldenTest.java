package dev.lanewise.autograd;

import dev.lanewise.autograd.Mlp.Style;
import dev.lanewise.engine.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fisher-vector products, that is gradients of gradients, against PyTorch. */
class FisherGoldenTest {
  private static final Style TANH = Style.of(Activation.TANH);

  @ParameterizedTest
  @EnumSource
  void gaussian(TestDevice on) {
    try (var golden = Golden.open("fisher_gaussian", on)) {
      var parameters = golden.parameters("actor.", "log_std");
      var mean = Mlp.in(parameters, "actor", TANH).forward(golden.in("obs"));
      var policy = new DiagonalGaussian(mean, parameters.get("log_std"));
      check(golden, parameters, policy.stopGradient().kl(policy).mean());
    }
  }

  @ParameterizedTest
  @EnumSource
  void categorical(TestDevice on) {
    try (var golden = Golden.open("fisher_categorical", on)) {
      var parameters = golden.parameters("actor.");
      var policy = Categorical.of(Mlp.in(parameters, "actor", TANH).forward(golden.in("obs")));
      check(golden, parameters, policy.stopGradient().kl(policy).mean());
    }
  }

  private static void check(Golden golden, Parameters parameters, Tensor divergence) {
    var names = parameters.names();
    var vector = names.stream().map(name -> golden.dense("vector." + name)).toList();
    var product = Gradients.product(divergence, parameters.tensors(), vector);
    for (int i = 0; i < names.size(); i++) {
      golden.result("product." + names.get(i), product.get(i));
    }
    golden.check();
  }
}
