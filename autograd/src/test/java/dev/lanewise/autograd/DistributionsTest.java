package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Densities, entropies and divergences by hand-worked numbers. */
class DistributionsTest {
  private static final Offset<Float> CLOSE = within(2e-6f);

  private final Device device = Device.reference();

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor dense(int rows, int columns, double... values) {
    return CentralDifference.stored(device, new CentralDifference.Input(rows, columns, values));
  }

  private float[] values(Tensor x) {
    return device.evaluate(x);
  }

  // --- DiagonalGaussian: μ = (1, -2), σ = (1, e)

  private DiagonalGaussian gaussian() {
    return new DiagonalGaussian(dense(1, 2, 1, -2), dense(1, 2, 0, 1));
  }

  @Test
  void gaussianLogProb() {
    // a = (2, -2): -½ 1² - 0 - ½ log 2π, then -0 - 1 - ½ log 2π
    assertThat(values(gaussian().logProb(dense(1, 2, 2, -2)))[0])
        .isEqualTo((float) (-0.5 - 1 - Math.log(2 * Math.PI)), CLOSE);
  }

  @Test
  void gaussianEntropy() {
    // Σ log σ + ½ log 2πe, for one log σ shared by three samples
    var policy = new DiagonalGaussian(dense(3, 2, 1, 2, 3, 4, 5, 6), dense(1, 2, 0, 1));
    float expected = (float) (1 + Math.log(2 * Math.PI * Math.E));
    assertThat(values(policy.entropy()))
        .containsExactly(new float[] {expected, expected, expected}, CLOSE);
  }

  @Test
  void gaussianSampleAndMode() {
    assertThat(values(gaussian().sample(dense(1, 2, 0.5, 2))))
        .containsExactly(new float[] {1.5f, (float) (-2 + 2 * Math.E)}, CLOSE);
    assertThat(values(gaussian().mode())).containsExactly(1, -2);
  }

  @Test
  void gaussianDivergence() {
    // KL(N(1, 1) ‖ N(3, 2²)) = log 2 + (1 + 4) / 8 - ½
    var p = new DiagonalGaussian(dense(1, 1, 1), dense(1, 1, 0));
    var q = new DiagonalGaussian(dense(1, 1, 3), dense(1, 1, Math.log(2)));
    assertThat(values(p.kl(q))[0]).isEqualTo((float) (Math.log(2) + 0.125), CLOSE);
    assertThat(values(gaussian().kl(gaussian()))[0]).isEqualTo(0, CLOSE);
  }

  // --- SquashedGaussian

  @Test
  void squashedLogProb() {
    // u = 0.3 + e^-0.5 · 0.8; log N(u) - log(1 - tanh² u)
    double u = 0.3 + Math.exp(-0.5) * 0.8;
    double expected =
        -0.5 * 0.64 + 0.5 - 0.5 * Math.log(2 * Math.PI) - Math.log(1 - Math.tanh(u) * Math.tanh(u));
    var sample = SquashedGaussian.of(dense(1, 2, 0.3, -0.5)).sample(dense(1, 1, 0.8));
    assertThat(values(sample.action())[0]).isEqualTo((float) Math.tanh(u), CLOSE);
    assertThat(values(sample.logProb())[0]).isEqualTo((float) expected, CLOSE);
  }

  @Test
  void squashedLogProbStaysFiniteFarOut() {
    // log(1 - tanh² u) ≈ log 4 - 2u for large u, where 1 - tanh² u is 0
    for (double mean : new double[] {40, -40}) {
      var sample = SquashedGaussian.of(dense(1, 2, mean, 0)).sample(dense(1, 1, 0));
      double expected = -0.5 * Math.log(2 * Math.PI) - Math.log(4) + 80;
      assertThat(values(sample.logProb())[0]).isEqualTo((float) expected, within(1e-5f));
      assertThat(values(sample.action())[0]).isEqualTo((float) Math.signum(mean));
    }
  }

  @Test
  void squashedLogStdIsClamped() {
    var policy = SquashedGaussian.of(dense(1, 4, 0, 0.5, 7, -50));
    assertThat(values(policy.logStd())).containsExactly(2, -20);
    assertThat(values(policy.mode()))
        .containsExactly(new float[] {0, (float) Math.tanh(0.5)}, CLOSE);
    assertThatThrownBy(() -> SquashedGaussian.of(dense(1, 3, 1, 2, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("(1, 3)");
  }

  // --- Categorical: p = (0.1, 0.6, 0.3)

  private static final double[] P = {0.1, 0.6, 0.3};

  private Categorical categorical(double shift) {
    return Categorical.of(
        dense(1, 3, Math.log(P[0]) + shift, Math.log(P[1]) + shift, Math.log(P[2]) + shift));
  }

  @Test
  void categoricalProbabilities() {
    var expected = new float[] {0.1f, 0.6f, 0.3f};
    for (double shift : new double[] {0, 1000, -1000}) {
      assertThat(values(categorical(shift).probabilities())).containsExactly(expected, CLOSE);
      assertThat(values(categorical(shift).logProb(dense(1, 1, 2)))[0])
          .isEqualTo((float) Math.log(0.3), CLOSE);
    }
    assertThat(values(categorical(0).mode())).containsExactly(1);
  }

  @Test
  void categoricalEntropyAndDivergence() {
    double entropy = 0;
    for (double p : P) {
      entropy -= p * Math.log(p);
    }
    assertThat(values(categorical(0).entropy())[0]).isEqualTo((float) entropy, CLOSE);
    var even = Categorical.of(dense(1, 3, 0, 0, 0));
    assertThat(values(categorical(0).kl(even))[0])
        .isEqualTo((float) (Math.log(3) - entropy), CLOSE);
    assertThat(values(categorical(5).kl(categorical(0)))[0]).isEqualTo(0, CLOSE);
  }

  @Test
  void categoricalMask() {
    var logits = dense(1, 3, Math.log(0.1), Math.log(0.6), Math.log(0.3));
    var policy = Categorical.of(logits, dense(1, 3, 1, 0, 1));
    assertThat(values(policy.probabilities()))
        .containsExactly(new float[] {0.25f, 0, 0.75f}, CLOSE);
    double entropy = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);
    assertThat(values(policy.entropy())[0]).isEqualTo((float) entropy, CLOSE);
    assertThat(values(policy.mode())).containsExactly(2);
    var gradient = Gradients.of(policy.entropy().sum(), List.of(logits)).getFirst();
    assertThat(values(gradient)[1]).isZero();
    assertThat(values(gradient)[0]).isNotZero();
  }

  @Test
  void categoricalSamplesHaveTheirProbabilities() {
    int n = 20_000;
    var logits = categorical(0).logProbs().broadcast(n, 3);
    var policy = Categorical.of(logits, dense(1, 3, 1, 1, 0));
    var actions = values(policy.sample(Tensor.uniform(new Philox(3, 5), n, 3)));
    var counts = new int[3];
    for (float action : actions) {
      counts[(int) action]++;
    }
    // p = (1, 6) / 7; five standard deviations
    assertThat(counts[0] / (double) n).isEqualTo(1 / 7.0, within(5 * Math.sqrt(6 / 49.0 / n)));
    assertThat(counts[2]).isZero();
  }

  // --- losses

  @Test
  void losses() {
    var y = dense(1, 3, 1, 2, -3);
    var target = dense(1, 3, 1.5, 2, 1);
    assertThat(values(Losses.mse(y, target))[0]).isEqualTo((0.25f + 16) / 3, CLOSE);
    // ½ 0.5², 0, 2 (4 - 1) with δ = 2
    assertThat(values(Losses.huber(y, target, 2))[0]).isEqualTo((0.125f + 6) / 3, CLOSE);
    assertThatThrownBy(() -> Losses.mse(y, y.transpose()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("the prediction is (1, 3) but the target (3, 1)");
  }
}
