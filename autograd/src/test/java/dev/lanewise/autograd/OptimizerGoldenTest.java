package dev.lanewise.autograd;

import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fifty steps of each optimizer, recorded once and replayed, against PyTorch. */
class OptimizerGoldenTest {
  private static final double LEARNING_RATE = 1e-2;

  @ParameterizedTest
  @EnumSource
  void adam(TestDevice on) {
    check("optim_adam", on, p -> Adam.of(p, LEARNING_RATE));
  }

  @ParameterizedTest
  @EnumSource
  void adamW(TestDevice on) {
    check(
        "optim_adamw",
        on,
        p -> AdamW.of(p, Schedule.constant(LEARNING_RATE), 0.1f, ClipByGlobalNorm.NONE));
  }

  @ParameterizedTest
  @EnumSource
  void rmsProp(TestDevice on) {
    var config = new RmsProp.Config(0.99f, 1e-5f);
    var rate = Schedule.constant(LEARNING_RATE);
    check("optim_rmsprop", on, p -> RmsProp.of(p, rate, config, ClipByGlobalNorm.NONE));
  }

  @ParameterizedTest
  @EnumSource
  void sgdMomentum(TestDevice on) {
    check("optim_sgd_momentum", on, p -> SgdMomentum.of(p, LEARNING_RATE));
  }

  /** The loss θ · g has the gradient g, which is another at every replay. */
  private static void check(String file, TestDevice on, Function<Parameters, Optimizer> optimizer) {
    try (var golden = Golden.open(file, on)) {
      var parameters = golden.parameters("parameter");
      var theta = parameters.get("parameter");
      var gradient = golden.device.dense("gradient", 1, theta.columns());
      var descent = optimizer.apply(parameters);
      var step =
          golden.device.record(s -> descent.minimize(s, theta.times(gradient).sum(), "loss"));
      var gradients = golden.floats("in.gradients");
      int length = theta.columns();
      for (int t = 0; t < gradients.length; t += length) {
        gradient.write(Arrays.copyOfRange(gradients, t, t + length));
        step.run();
      }
      golden.compare("parameter", theta.toArray());
    }
  }
}
