package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every algorithm keeps to, on every kind of actions that it takes. */
class AlgorithmContractTest {
  private static final Map<String, String> OFF_POLICY =
      Map.of(
          "net_arch", "24,24",
          "batch_size", "32",
          "buffer_size", "300",
          "learning_starts", "100",
          "learning_rate", "lin_1e-3",
          "noise_std", "lin_0.2",
          "n_envs", "4",
          "total_timesteps", "900");
  private static final Map<String, String> ON_POLICY =
      Map.of(
          "net_arch", "24,24",
          "batch_size", "48",
          "n_steps", "32",
          "n_epochs", "2",
          "learning_rate", "lin_1e-3",
          "clip_range", "lin_0.2",
          "n_envs", "4",
          "total_timesteps", "900");

  /** Steps until every environment of four has ended an episode of 200 steps. */
  private static final int END = 896;

  record Case(String algorithm, EnvSpec env, Settings settings) {
    @Override
    public String toString() {
      var prioritized = settings.flag("prioritized_replay", false) ? "prioritized " : "";
      return prioritized + algorithm + " on " + env.id();
    }

    Training on(Device device, long seed) {
      return Algorithms.make(algorithm, settings, env, device, seed);
    }
  }

  private static Case box(String algorithm) {
    return new Case(algorithm, Environments.spec("Pendulum-v1"), Settings.of(OFF_POLICY));
  }

  /** Prioritised draws, targets of three steps. */
  private static Case prioritized(String algorithm, String env) {
    var settings = with(OFF_POLICY, "prioritized_replay", "true", "n_steps", "3");
    return new Case(algorithm, Environments.spec(env), Settings.of(settings));
  }

  private static Case ppo(EnvSpec env) {
    return new Case("ppo", env, Settings.of(ON_POLICY));
  }

  private static Map<String, String> with(Map<String, String> settings, String... pairs) {
    var more = new HashMap<>(settings);
    for (int i = 0; i < pairs.length; i += 2) {
      more.put(pairs[i], pairs[i + 1]);
    }
    return more;
  }

  static List<Case> cases() {
    var paper = with(OFF_POLICY, "noise_type", "ornstein-uhlenbeck");
    paper.putAll(Map.of("actor_learning_rate", "1e-4", "critic_weight_decay", "0.01"));
    var rollouts = with(OFF_POLICY, "use_sde", "true", "train_freq", "8", "sde_sample_freq", "3");
    var longWarmUp = with(OFF_POLICY, "learning_starts", "600", "random_action_repeat", "7");
    var stateDependent = with(ON_POLICY, "use_sde", "true", "sde_sample_freq", "10");
    var penalised =
        with(ON_POLICY, "objective", "adaptive_kl", "kl_target", "0.1", "target_kl", "0.5");
    return List.of(
        new Case("ddpg", Environments.spec("Pendulum-v1"), Settings.of(paper)),
        box("td3"),
        box("sac"),
        new Case("sac", Environments.spec("Pendulum-v1"), Settings.of(rollouts)),
        new Case("sac", Environments.spec("CartPole-v1"), Settings.of(longWarmUp)),
        prioritized("ddpg", "Pendulum-v1"),
        prioritized("td3", "Pendulum-v1"),
        prioritized("sac", "Pendulum-v1"),
        prioritized("sac", "CartPole-v1"),
        new Case("ppo", Environments.spec("Pendulum-v1"), Settings.of(stateDependent)),
        ppo(Environments.spec("Pendulum-v1")),
        ppo(Environments.spec("CartPole-v1")),
        ppo(Probes.Kind.ACT_ON_SIGHT.with(Probes.MULTI_DISCRETE)),
        ppo(Probes.Kind.ACT_ON_SIGHT.with(Probes.MULTI_BINARY)),
        new Case("ppo", Environments.spec("Pendulum-v1"), Settings.of(penalised)),
        new Case("ppo", MaskedProbe.with(Probes.MULTI_DISCRETE), Settings.of(penalised)));
  }

  private static void advance(Training training, int steps) {
    while (training.steps() < steps) {
      training.advance();
    }
  }

  private static List<float[]> weights(Training training) {
    return training.networks().stream().map(block -> block.flat().toArray()).toList();
  }

  private static void assertSame(List<float[]> a, List<float[]> b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i)).containsExactly(b.get(i));
    }
  }

  /** What a run leaves: all weights, and all figures. */
  private record Outcome(List<float[]> weights, Map<String, Double> metrics) {
    static Outcome of(Case c, int workers, long seed) {
      try (var device = Device.cpu(workers);
          var training = c.on(device, seed)) {
        advance(training, END);
        return new Outcome(AlgorithmContractTest.weights(training), training.metrics());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameSeedIsTheSameRunForAnyNumberOfWorkers(Case c) {
    var one = Outcome.of(c, 1, 7);
    var two = Outcome.of(c, 2, 7);
    assertSame(two.weights, one.weights);
    assertThat(two.metrics).isEqualTo(one.metrics);
    assertThat(Outcome.of(c, 1, 8).weights.getFirst()).isNotEqualTo(one.weights.getFirst());
  }

  /** Into a training that went on: nothing of what it did may be left. */
  @ParameterizedTest
  @MethodSource("cases")
  void aResumedRunIsTheUninterruptedRun(Case c) {
    var whole = Outcome.of(c, 1, 7);
    var snapshot = new Snapshot();
    Map<String, Double> then;
    try (var device = Device.cpu(2);
        var training = c.on(device, 7)) {
      advance(training, 500); // amid an episode
      training.save(snapshot);
      then = training.metrics();
      training.advance(); // must not matter
    }
    try (var device = Device.cpu(1);
        var training = c.on(device, 7)) {
      advance(training, 200); // must not matter either
      training.load(snapshot);
      assertThat(training.metrics()).isEqualTo(then);
      advance(training, END);
      assertSame(weights(training), whole.weights);
      assertThat(training.metrics()).isEqualTo(whole.metrics);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void itsFiguresHaveTheSameNamesAllAlongAndAreFinite(Case c) {
    try (var device = Device.cpu(1);
        var training = c.on(device, 7)) {
      var first = training.metrics();
      assertThat(first).containsEntry("train/n_updates", 0.0);
      advance(training, END);
      var last = training.metrics();
      assertThat(List.copyOf(last.keySet())).isEqualTo(List.copyOf(first.keySet()));
      assertThat(last.values()).allMatch(Double::isFinite);
      assertThat(last.get("train/n_updates")).isPositive();
      assertThat(last.get("time/episodes")).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void everyAlgorithmIsHere() {
    assertThat(cases().stream().map(Case::algorithm)).containsAll(Algorithms.names());
  }
}
