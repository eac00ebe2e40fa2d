package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PPO's loss by hand-worked numbers. */
class PpoLossTest {
  private static final float CLIP = 0.25f;
  private static final float BETA = 0.3f;
  private static final float[] ADVANTAGE = {2, -1, 4, -2};

  /** New over old probability: inside, below and above what the clipping leaves alone. */
  private static final double[] RATIO = {1.5, 0.5, 0.5, 1.1};

  private Device device;

  @BeforeEach
  void open() {
    device = Device.reference();
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor column(float... values) {
    var column = device.columns("column", values.length, 1);
    column.write(values);
    return column;
  }

  /** With log π = log of the ratios, an entropy of 1, 2, 3, 4, and twice what it is given as KL. */
  private final class Given implements PolicyHead.Distribution {
    @Override
    public Tensor sample(RandomStream random, String stream) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tensor mode() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tensor logProb(Tensor action) {
      var logs = new float[RATIO.length];
      for (int i = 0; i < logs.length; i++) {
        logs[i] = (float) (Math.log(RATIO[i]) - 1);
      }
      return column(logs);
    }

    @Override
    public Tensor entropy() {
      return column(1, 2, 3, 4);
    }

    @Override
    public Tensor parameters() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tensor divergence(Tensor old) {
      return old.times(2);
    }
  }

  private Ppo.Loss loss(float[] advantage, Map<String, String> settings) {
    var batch =
        new RolloutMemory.Batch(
            column(0, 0, 0, 0),
            Optional.empty(),
            column(0, 0, 0, 0),
            column(-1, -1, -1, -1),
            Optional.of(column(1, 2, 3, 6)),
            column(1, 1, 1, 1),
            column(advantage),
            column(1, 2, 3, 6));
    var config = Ppo.Config.of(Settings.of(settings));
    return Ppo.Loss.of(
        batch,
        new Given(),
        column(2, 2, 2, 2),
        new Ppo.Coefficients(
            Tensor.constant(CLIP),
            config.clipRangeVf().map(range -> Tensor.constant((float) range.at(1))),
            Tensor.constant(BETA)),
        config);
  }

  private void is(Tensor value, double expected) {
    assertThat((double) device.evaluate(value)[0]).isCloseTo(expected, within(1e-6));
  }

  @Test
  void byHand() {
    var settings = Map.of("normalize_advantage", "false", "ent_coef", "0.1", "vf_coef", "0.5");
    var loss = loss(ADVANTAGE, settings);
    // min(r A, clip(r) A): 1.25·2 (clipped), 0.75·-1 (clipped), 0.5·4 (not), 1.1·-2
    double policy = -(2.5 - 0.75 + 2 - 2.2) / 4;
    is(loss.policy(), policy);
    // (2 - 1)², 0, (2 - 3)², (2 - 6)²
    is(loss.value(), 18.0 / 4);
    is(loss.entropy(), -2.5);
    is(loss.total(), policy - 0.1 * 2.5 + 0.5 * 4.5);
    is(loss.clipFraction(), 0.75);
    double kl = 0;
    for (double ratio : RATIO) {
      kl += (ratio - 1 - Math.log(ratio)) / 4;
    }
    is(loss.approxKl(), kl);
  }

  @Test
  void aPenaltyInsteadOfClipping() {
    for (var objective : new String[] {"kl", "adaptive_kl"}) {
      var loss = loss(ADVANTAGE, Map.of("normalize_advantage", "false", "objective", objective));
      // 1.5·2 - 0.5·1 + 0.5·4 - 1.1·2; KL 2, 4, 6, 12
      double policy = -((3 - 0.5 + 2 - 2.2) / 4 - BETA * 24 / 4);
      is(loss.policy(), policy);
      is(loss.total(), policy + 0.5 * 4.5);
      is(loss.clipFraction(), 0.75);
    }
  }

  @Test
  void advantagesAreNormalizedByTheUnbiasedStandardDeviation() {
    // Mean ¾, sum of squares 1.25² + 1.75² + 3.25² + 2.75² = 22.75
    double std = Math.sqrt(22.75 / 3);
    double policy = -(1.25 * 1.25 - 0.75 * 1.75 + 0.5 * 3.25 - 1.1 * 2.75) / std / 4;
    is(loss(ADVANTAGE, Map.of()).policy(), policy);
  }

  @Test
  void theValueMovesNoFurtherThanItsOwnClipRange() {
    // 1 + clip(2 - 1, -½, ½) = 1.5: ½², ½², 1.5², 4.5²
    is(loss(ADVANTAGE, Map.of("clip_range_vf", "0.5")).value(), (0.25 + 0.25 + 2.25 + 20.25) / 4);
    is(loss(ADVANTAGE, Map.of("clip_range_vf", "3")).value(), 4.5);
  }

  @Test
  void equalAdvantagesSayNothing() {
    is(loss(new float[] {5, 5, 5, 5}, Map.of()).policy(), 0);
    is(loss(new float[4], Map.of()).policy(), 0);
  }
}
