package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Categorical;
import dev.lanewise.autograd.Gradients;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The losses of soft actor-critic on two numbered actions, by hand-worked numbers. */
class DiscreteSacLossTest {
  private static final float ALPHA = 0.5f;

  /** Of (¼, ¾). */
  private static final double ENTROPY = 0.25 * Math.log(4) + 0.75 * Math.log(4 / 3.0);

  private Device device;
  private Tensor logits, q, alpha;
  private Categorical policy;

  /** π = (¼, ¾) and (½, ½), min Q = (1, 2) and (4, 0). */
  @BeforeEach
  void open() {
    device = Device.reference();
    logits = rows(2, 0, (float) Math.log(3), 5, 5);
    policy = Categorical.of(logits);
    q = rows(2, 1, 2, 4, 0);
    alpha = rows(1, ALPHA);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor rows(int columns, float... values) {
    var rows = device.dense("rows", values.length / columns, columns);
    rows.write(values);
    return rows;
  }

  private void are(Tensor values, double... expected) {
    var found = device.evaluate(values);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
    }
  }

  private Transitions batch(Tensor obs, Tensor action, Tensor discount) {
    var zeros = rows(1, 0, 0);
    var reward = rows(1, 1, 2);
    return new Transitions(obs, action, reward, zeros, zeros, zeros, discount, Optional.empty());
  }

  @Test
  void targets() {
    var batch = batch(rows(1, 0, 0), rows(1, 0, 0), rows(1, 0.9f, 0));
    // V = ¼ (1 - α log ¼) + ¾ (2 - α log ¾) = 1.75 + α H; the second has no future
    are(DiscreteSac.target(batch, policy, q, alpha), 1 + 0.9 * (1.75 + ALPHA * ENTROPY), 2);
  }

  @Test
  void criticLoss() {
    // Q₁(s) = (s, -s), Q₂(s) = (2 s, 1)
    var parameters = Parameters.on(device, "critic");
    parameters.matrix("q1.0.weight", 2, 1, 1, -1);
    parameters.vector("q1.0.bias", 0, 0);
    parameters.matrix("q2.0.weight", 2, 1, 2, 0);
    parameters.vector("q2.0.bias", 0, 1);
    var style = Mlp.Style.of(Activation.RELU);
    var critic =
        new TwinCritic(
            parameters, Mlp.in(parameters, "q1", style), Mlp.in(parameters, "q2", style));
    var obs = rows(1, 1, 2);
    are(critic.min(obs), 1, -1, 2, -2);
    // Q₁: (1 - 2)², (-2 + 1)²; Q₂: (2 - 2)², (1 + 1)²
    var batch = batch(obs, rows(1, 0, 1), rows(1, 0, 0));
    var errors = critic.errorsOf(obs, batch.action(), rows(1, 2, -1));
    are(DiscreteSac.criticLoss(batch, errors), 0.5 * (1 + 2));
  }

  @Test
  void actorLoss() {
    var loss = DiscreteSac.actorLoss(policy, q, alpha);
    // -α H - (¼ 1 + ¾ 2), -α log 2 - (½ 4 + ½ 0)
    are(loss, (-ALPHA * ENTROPY - 1.75 - ALPHA * Math.log(2) - 2) / 2);
    // With c = α log π - Q, by logit i: π_i (c_i - Σ π c) / n
    double c0 = ALPHA * Math.log(0.25) - 1, c1 = ALPHA * Math.log(0.75) - 2;
    double slope = 0.25 * (c0 - 0.25 * c0 - 0.75 * c1) / 2;
    double even = 0.5 * (-4 - -2) / 2;
    var gradients = Gradients.of(loss, List.of(logits, alpha, q));
    are(gradients.get(0), slope, -slope, even, -even);
    are(gradients.get(1), 0);
    are(gradients.get(2), 0, 0, 0, 0);
  }

  @Test
  void temperatureLoss() {
    var loss = DiscreteSac.temperatureLoss(alpha, policy, 0.3f);
    double surplus = (ENTROPY + Math.log(2)) / 2 - 0.3;
    are(loss, ALPHA * surplus);
    var gradients = Gradients.of(loss, List.of(alpha, logits));
    are(gradients.get(0), surplus);
    are(gradients.get(1), 0, 0, 0, 0);
  }
}
