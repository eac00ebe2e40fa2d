package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Categorical;
import dev.lanewise.autograd.Gradients;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies' distributions by hand-worked numbers. */
class PolicyHeadTest {
  private static final Space MULTI = new Space.MultiDiscrete(new int[] {2, 3});

  private Device device;

  @BeforeEach
  void open() {
    device = Device.reference();
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor rows(int columns, double... values) {
    var rows = device.dense("rows", values.length / columns, columns);
    for (int i = 0; i < values.length; i++) {
      rows.set(i / columns, i % columns, values[i]);
    }
    return rows;
  }

  private PolicyHead head(Space actions) {
    return PolicyHead.of(actions, Parameters.on(device, "policy"), (float) Math.log(2));
  }

  /** The distribution of these outputs: by a network of one layer that is the identity. */
  private PolicyHead.Distribution of(PolicyHead head, Tensor outputs, Optional<Tensor> mask) {
    int d = outputs.columns();
    var unit = new float[d * d];
    for (int i = 0; i < d; i++) {
      unit[i * d + i] = 1;
    }
    var parameters = Parameters.on(device, "identity");
    parameters.matrix("actor.0.weight", d, d, unit);
    parameters.vector("actor.0.bias", new float[d]);
    return head.of(Mlp.in(parameters, "actor", Mlp.Style.of(Activation.TANH)), outputs, mask);
  }

  private PolicyHead.Distribution of(PolicyHead head, Tensor outputs) {
    return of(head, outputs, Optional.empty());
  }

  private void are(Tensor values, double... expected) {
    var found = device.evaluate(values);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(2e-6));
    }
  }

  private static double[] logs(double... p) {
    return Arrays.stream(p).map(Math::log).toArray();
  }

  // --- divergence

  @Test
  void ofGaussians() {
    var head = head(Space.Box.of(2, -1, 1));
    var policy = of(head, rows(2, 1, 5, 0, 0));
    double std = Math.log(2);
    assertThat(head.distributionSize()).isEqualTo(4);
    are(policy.parameters(), 1, 5, std, std, 0, 0, std, std);
    // From N(3, 1²), N(5, 4²): log 2 + (1 + 2²) / 8 - ½, and -log 2 + 16 / 8 - ½; and from itself
    var old = rows(4, 3, 5, 0, Math.log(4), 0, 0, std, std);
    are(policy.divergence(old), Math.log(2) + 0.125 - Math.log(2) + 1.5, 0);
  }

  @Test
  void ofCategoricals() {
    var head = head(MULTI);
    assertThat(head.distributionSize()).isEqualTo(5);
    var policy = of(head, rows(5, logs(1, 3, 2, 2, 4)));
    are(policy.parameters(), logs(0.25, 0.75, 0.25, 0.25, 0.5));
    // From (½, ½), (½, ¼, ¼): ½ log 2 + ½ log ⅔, and ½ log 2 + ¼ log 1 + ¼ log ½
    var old = rows(5, logs(0.5, 0.5, 0.5, 0.25, 0.25));
    are(policy.divergence(old), 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3.0) + 0.25 * Math.log(2));
    are(policy.divergence(policy.parameters()), 0);
  }

  @Test
  void itsGradientIsThatOfCentralDifferences() {
    var outputs = rows(5, 0.3, -0.2, 1, 0.5, -0.4, -1, 0.1, 0, 0.2, 0.7);
    var old = rows(5, logs(0.5, 0.5, 0.5, 0.25, 0.25, 0.1, 0.9, 0.2, 0.2, 0.6));
    var categoricals = head(MULTI);
    compare(outputs, () -> of(categoricals, outputs).divergence(old).sum());

    var means = rows(2, 0.3, -0.2, 1, 0.5);
    var oldNormals = rows(4, 0, 0.2, -0.3, 0.4, 1.5, 0, 0.1, -0.2);
    var parameters = Parameters.on(device, "normals");
    var normals = PolicyHead.of(Space.Box.of(2, -1, 1), parameters, 0.2f);
    compare(means, () -> of(normals, means).divergence(oldNormals).sum());
    compare(parameters.get("log_std"), () -> of(normals, means).divergence(oldNormals).sum());
  }

  /** The whole loss with a penalty, through a distribution that is masked. */
  @Test
  void thePenalisedLosssGradientIsThatOfCentralDifferences() {
    var outputs = rows(5, 0.3, -0.2, 1, 0.5, -0.4, -1, 0.1, 0, 0.2, 0.7);
    var mask = rows(5, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1);
    var head = head(MULTI);
    var policy = of(head, outputs, Optional.of(mask));
    var before = of(head, rows(5, new double[10]), Optional.of(mask));
    var action = rows(2, 1, 2, 0, 1);
    var value = rows(1, 0, 0);
    var batch =
        new RolloutMemory.Batch(
            value,
            Optional.of(mask),
            action,
            before.logProb(action),
            Optional.of(before.parameters()),
            value,
            rows(1, 1.5, -2),
            value);
    var config = Ppo.Config.of(Settings.of(Map.of("objective", "kl", "ent_coef", "0.1")));
    var scalar = Tensor.constant(0.7f);
    var coefficients = new Ppo.Coefficients(scalar, Optional.empty(), scalar);
    compare(outputs, () -> Ppo.Loss.of(batch, policy, value, coefficients, config).total());
    var gradient =
        device.evaluate(
            Gradients.of(
                    Ppo.Loss.of(batch, policy, value, coefficients, config).total(),
                    List.of(outputs))
                .getFirst());
    assertThat(new float[] {gradient[3], gradient[6], gradient[7]}).containsExactly(0, 0, 0);
    assertThat(new float[] {gradient[0], gradient[2], gradient[8]}).doesNotContain(0);
  }

  private void compare(Tensor x, Supplier<Tensor> expression) {
    var loss = expression.get();
    var value = device.dense("value", 1, 1);
    var gradient = device.dense("gradient", x.rows(), x.columns());
    try (var plan =
        device.record(
            step -> {
              step.assign(value, loss);
              step.assign(gradient, Gradients.of(loss, List.of(x)).getFirst());
            })) {
      for (int i = 0; i < x.rows(); i++) {
        for (int j = 0; j < x.columns(); j++) {
          double at = x.get(i, j), h = 1e-5;
          x.set(i, j, at + h);
          plan.run();
          double above = value.get();
          x.set(i, j, at - h);
          plan.run();
          double below = value.get();
          x.set(i, j, at);
          plan.run();
          assertThat(gradient.get(i, j)).isCloseTo((above - below) / (2 * h), within(1e-6));
        }
      }
    }
  }

  // --- masks

  /** Of p = (1, 3) / 4 and (2, 2, 4) / 8: nothing forbidden, then the first and the last. */
  private PolicyHead.Distribution masked(int n) {
    var logits = rows(5, logs(1, 3, 2, 2, 4));
    var mask = rows(5, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0);
    var two = Categorical.masked(logits, mask);
    return of(head(MULTI), n == 2 ? two : two.rows(1, 2).broadcast(n, 5));
  }

  @Test
  void whatAMaskForbidsHasNoProbability() {
    var policy = masked(2);
    double all = Math.log(0.75) + Math.log(0.25);
    are(policy.logProb(rows(2, 1, 1, 1, 1)), all, Math.log(0.5));
    double binary = 0.25 * Math.log(4) + 0.75 * Math.log(4 / 3.0);
    are(policy.entropy(), binary + 0.5 * Math.log(4) + 0.5 * Math.log(2), Math.log(2));
    are(policy.mode(), 1, 2, 1, 0);
    var p = device.evaluate(policy.parameters().exp());
    assertThat(new float[] {p[5], p[9]}).containsExactly(0, 0);
    are(policy.divergence(policy.parameters()), 0, 0);
  }

  @Test
  void whatAMaskForbidsIsNeverDrawn() {
    int n = 20_000;
    var random = RandomStream.of(3);
    var drawn = device.evaluate(masked(n).sample(random, "action"));
    var counts = new int[5];
    for (int i = 0; i < n; i++) {
      counts[(int) drawn[2 * i]]++;
      counts[2 + (int) drawn[2 * i + 1]]++;
    }
    assertThat(counts[0]).isZero();
    assertThat(counts[4]).isZero();
    // Five standard deviations
    assertThat(counts[2] / (double) n).isCloseTo(0.5, within(5 * 0.5 / Math.sqrt(n)));
  }
}
