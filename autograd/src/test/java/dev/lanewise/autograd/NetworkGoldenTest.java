package dev.lanewise.autograd;

import dev.lanewise.autograd.Mlp.Style;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks, their losses and all gradients against PyTorch. */
class NetworkGoldenTest {

  @ParameterizedTest
  @CsvSource({
    "RELU, REFERENCE", "RELU, CPU_1", "RELU, CPU_2",
    "TANH, REFERENCE", "TANH, CPU_1", "TANH, CPU_2",
    "ELU, REFERENCE", "ELU, CPU_1", "ELU, CPU_2",
    "SILU, REFERENCE", "SILU, CPU_1", "SILU, CPU_2",
    "GELU_TANH, REFERENCE", "GELU_TANH, CPU_1", "GELU_TANH, CPU_2"
  })
  void perceptron(Activation activation, TestDevice on) {
    try (var golden = Golden.open("mlp_" + activation.name().toLowerCase(), on)) {
      var parameters = golden.parameters("mlp.");
      var y = Mlp.in(parameters, "mlp", Style.of(activation)).forward(golden.in("obs"));
      var loss = Losses.mse(y, golden.in("target"));
      golden.result("y", y);
      golden.result("loss", loss);
      golden.gradients("grad.", loss, parameters);
      golden.check();
    }
  }

  @ParameterizedTest
  @EnumSource
  void layerNormAndHuber(TestDevice on) {
    try (var golden = Golden.open("layernorm_huber", on)) {
      var parameters = golden.parameters("ln.", "mlp.0.", "mlp.2.");
      var hidden = Linear.in(parameters, "mlp.0").forward(golden.in("obs"));
      var normed = Activation.RELU.apply(LayerNorm.in(parameters, "ln").forward(hidden));
      var y = Linear.in(parameters, "mlp.2").forward(normed);
      var loss = Losses.huber(y, golden.in("action"), 1);
      golden.result("y", y);
      golden.result("loss", loss);
      golden.gradients("grad.", loss, parameters);
      golden.check();
    }
  }
}
