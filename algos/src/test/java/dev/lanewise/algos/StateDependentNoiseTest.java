package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Gradients;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDependentNoiseTest {
  private static final Space.Box ACTIONS = Space.Box.of(2, -1, 1);
  private static final EnvSpec ENV = EnvSpec.of("Two-v0", Space.Box.of(2, -9, 9), ACTIONS);

  /** With φ = (3, 4) and exp(log_std) = (1, 2; ½, 1), 9 · 1 + 16 · ¼ and 9 · 4 + 16 · 1. */
  private static final double[] VARIANCE = {13, 52};

  private static final double LOG_2_PI = Math.log(2 * Math.PI);

  private final Device device = Device.cpu(1);
  private final Parameters parameters = Parameters.on(device, "policy");
  private final RandomStream random = RandomStream.of(1);

  @AfterEach
  void close() {
    device.close();
  }

  private StateDependentNoise noise(int sampleFreq) {
    var config = new StateDependentNoise.Config(true, sampleFreq);
    var noise = config.on(ENV, parameters, "log_std", 2, 0, random).orElseThrow();
    float two = (float) Math.log(2);
    noise.logStd().write(0, two, -two, 0);
    return noise;
  }

  private Tensor row(float... values) {
    var row = device.dense("row", 1, values.length);
    row.write(values);
    return row;
  }

  private Tensor rows(int n, float... row) {
    var rows = device.columns("rows", n, row.length);
    for (int i = 0; i < n; i++) {
      rows.writeRow(i, row);
    }
    return rows;
  }

  private void is(Tensor value, double... expected) {
    var values = device.evaluate(value);
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .isCloseTo(expected[i], within(2e-6 * (1 + Math.abs(expected[i]))));
    }
  }

  @Test
  void theNormalByHand() {
    // Without a hidden layer what the last layer sees is the observation; μ = (x + ½, -y).
    var network = Mlp.of(parameters, "actor", Activation.TANH, random, 2, 2);
    var noise = noise(-1);
    parameters.get("actor.0.weight").write(1, 0, 0, -1);
    parameters.get("actor.0.bias").write(0.5f, 0);
    var policy = PolicyHead.of(ACTIONS, noise).of(network, row(3, 4), Optional.empty());
    is(policy.mode(), 3.5, -4);
    double logStds = Math.log(VARIANCE[0]) / 2 + Math.log(VARIANCE[1]) / 2;
    float oneOff = (float) (3.5 + Math.sqrt(VARIANCE[0]));
    is(policy.logProb(row(oneOff, -4)), -0.5 - logStds - LOG_2_PI);
    is(policy.entropy(), logStds + 1 + LOG_2_PI);
  }

  @Test
  void theSquashedNormalByHand() {
    // The mean 3.5 is held at 2. With ε = (-2 / √13, 0): u = 0 and tanh u = 0.
    var policy = noise(-1).squashed(row(3.5f, 0), row(3, 4));
    is(policy.mode(), Math.tanh(2), 0);
    var sample = policy.sample(row((float) (-2 / Math.sqrt(VARIANCE[0])), 0));
    is(sample.action(), 0, 0);
    double logStds = Math.log(VARIANCE[0]) / 2 + Math.log(VARIANCE[1]) / 2;
    is(sample.logProb(), -4 / (2 * VARIANCE[0]) - logStds - LOG_2_PI);
    // With ε = 0: u = (2, 0), whose density is divided by 1 - tanh² 2.
    is(
        policy.sample(row(0, 0)).logProb(),
        -logStds - LOG_2_PI - Math.log(1 - Math.pow(Math.tanh(2), 2)));
  }

  @Test
  void noActiveFeatureIsHardlyAnyNoise() {
    is(noise(-1).logStd(row(0, 0)).exp(), 1e-3, 1e-3);
  }

  /** dH / d log_std = φ² exp(log_std)² / σ²; to the features nothing goes. */
  @Test
  void theEntropyTeachesTheNoiseAndNotTheFeatures() {
    var network = Mlp.of(parameters, "actor", Activation.RELU, random, 1, 2, 2);
    var noise = noise(-1);
    parameters.get("actor.0.weight").write(3, 4);
    parameters.get("actor.0.bias").write(0, 0);
    var entropy = PolicyHead.of(ACTIONS, noise).of(network, row(1), Optional.empty()).entropy();
    var wanted = List.of(noise.logStd(), parameters.get("actor.0.weight"));
    var gradients = Gradients.of(entropy, wanted);
    is(gradients.get(0), 9 / VARIANCE[0], 36 / VARIANCE[1], 4 / VARIANCE[0], 16 / VARIANCE[1]);
    is(gradients.get(1), 0, 0);
  }

  private static double meanProduct(float[] x, int i, float[] y, int j) {
    double sum = 0;
    for (int k = 0; k < x.length; k += 2) {
      sum += (double) x[k + i] * y[k + j];
    }
    return 2 * sum / x.length;
  }

  /** The standard error of a variance is σ² √(2/n), of a covariance σ₁ σ₂ / √n. */
  @Test
  void overEnvironmentsItHasItsVariance() {
    int n = 8192;
    var noise = noise(1);
    var sampled = rows(n, 0, 0);
    var features = rows(n, 3, 4);
    device.record(step -> step.assign(sampled, noise.sample(features))).run();
    var x = sampled.toArray();
    double error = 5 / Math.sqrt(n);
    for (int j = 0; j < 2; j++) {
      double tolerance = error * Math.sqrt(2) * VARIANCE[j];
      assertThat(meanProduct(x, j, x, j)).isCloseTo(VARIANCE[j], within(tolerance));
    }
    double both = Math.sqrt(VARIANCE[0] * VARIANCE[1]);
    assertThat(meanProduct(x, 0, x, 1)).isCloseTo(0, within(error * both));
    var neighbour = new float[x.length];
    System.arraycopy(x, 2, neighbour, 0, x.length - 2);
    assertThat(meanProduct(x, 0, neighbour, 0)).isCloseTo(0, within(error * VARIANCE[0]));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 3})
  void itIsTheSameInTheSameStateUntilItIsDrawnAnew(int sampleFreq) {
    var noise = noise(sampleFreq);
    var features = rows(3, 3, 4);
    var sampled = rows(3, 0, 0);
    try (var plan = device.record(step -> step.assign(sampled, noise.sample(features)))) {
      var before = new float[6];
      for (int t : new int[] {0, 1, 2, 3, 4, 5, 6, 0}) {
        noise.beforeStep(t);
        plan.run();
        var now = sampled.toArray();
        if (t == 0 || (sampleFreq > 0 && t % sampleFreq == 0)) {
          for (int i = 0; i < now.length; i++) {
            assertThat(now[i]).as("noise %d at step %d", i, t).isNotEqualTo(before[i]);
          }
        } else {
          assertThat(now).as("step %d", t).containsExactly(before);
        }
        before = now;
      }
      // It is linear in the features.
      features.fill(0);
      features.writeRow(1, 6, 8);
      plan.run();
      var doubled = new float[6];
      doubled[2] = 2 * before[2];
      doubled[3] = 2 * before[3];
      assertThat(sampled.toArray()).containsExactly(doubled);
    }
  }

  @Test
  void whatActsWithoutARolloutExploresToo() {
    var noise = noise(-1);
    var sampled = rows(1, 0, 0);
    device.record(step -> step.assign(sampled, noise.sample(row(3, 4)))).run();
    assertThat(sampled.get(0, 0) * sampled.get(0, 1)).isNotZero();
  }

  /** Always looks the same, and notes what is done. */
  private record Still(EnvSpec spec, List<Float> actions) implements Env {
    @Override
    public float[] reset(long seed) {
      return new float[] {0.5f};
    }

    @Override
    public Outcome step(float[] action) {
      actions.add(action[0]);
      return new Outcome(new float[] {0.5f}, 0, false, false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sac", "ppo"})
  void everyRolloutBeginsWithNewNoiseThatStaysForItsTime(String algorithm) {
    var box = Space.Box.of(1, -9, 9);
    var actions = new ArrayList<Float>();
    var env = EnvSpec.of("Still-" + algorithm + "-v0", box, box);
    Probes.register(env, () -> new Still(env, actions));
    var settings =
        Settings.of(
            Map.of(
                "use_sde", "true",
                "sde_sample_freq", "3",
                "train_freq", "8",
                "n_steps", "8",
                "learning_starts", "0",
                "learning_rate", "0",
                "buffer_size", "99"));
    try (var training = Algorithms.make(algorithm, settings, env, device, 1)) {
      while (training.steps() < 16) {
        training.advance();
      }
    }
    var changes = new ArrayList<Integer>();
    for (int t = 1; t < actions.size(); t++) {
      if (!actions.get(t).equals(actions.get(t - 1))) {
        changes.add(t);
      }
    }
    assertThat(actions).hasSize(16);
    assertThat(changes).containsExactly(3, 6, 8, 11, 14);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sac", "ppo"})
  void numberedActionsAreRefused(String algorithm) {
    var settings = Settings.of(Map.of("use_sde", "true"));
    var env = Environments.spec("CartPole-v1");
    assertThatThrownBy(() -> Algorithms.make(algorithm, settings, env, device, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use_sde=true")
        .hasMessageContaining("CartPole-v1")
        .hasMessageContaining("Discrete(2)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sac", "ppo"})
  void logStdIsAParameterOfThePolicy(String algorithm) {
    var settings =
        Settings.of(
            Map.of(
                "use_sde", "true",
                "log_std_init", "-1.5",
                "net_arch", "5,7",
                "buffer_size", "10",
                "n_steps", "2"));
    var env = Environments.spec("Pendulum-v1");
    try (var training = Algorithms.make(algorithm, settings, env, device, 1)) {
      var policy = training.networks().getFirst();
      var name = algorithm.equals("sac") ? "actor.log_std" : "log_std";
      assertThat(policy.shape(name)).containsExactly(7, 1);
      var expected = new float[7];
      Arrays.fill(expected, -1.5f);
      assertThat(policy.get(name).toArray()).containsExactly(expected);
    }
  }
}
