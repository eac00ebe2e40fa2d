package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Adam;
import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.opencl.OpenClBackend;
import dev.lanewise.kernels.opencl.OpenClDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rollouts happen on OpenCL's device, in few launches, without the host touching data; without a
 * device skipped.
 */
class OpenClRolloutsTest {
  private static final int STEPS = 64;
  private static final long SEED = 1;

  @BeforeEach
  void needsADevice() {
    OpenClDevices.missing()
        .ifPresent(
            missing -> {
              System.out.println("SKIPPED, no rollout was tested on OpenCL: " + missing);
              Assumptions.abort(missing);
            });
  }

  /** What the device had been asked for before each step of a rollout. */
  private static final class Ledger {
    private final Device device;
    private final OpenClBackend backend;
    private final List<Long> launches = new ArrayList<>();
    private final List<Long> transfers = new ArrayList<>();

    Ledger(Device device) {
      this.device = device;
      backend = (OpenClBackend) device.backend();
    }

    void beforeStep(int t) {
      if (t == 0) {
        launches.clear();
        transfers.clear();
      }
      launches.add(backend.launches());
      transfers.add(backend.transfers());
    }

    /**
     * All of a rollout's steps but the last took as many launches, and no more transfers in all.
     */
    void check(long launchesOfAStep, long mostTransfers) {
      assertThat(launches).hasSize(STEPS);
      for (int t = 1; t < STEPS; t++) {
        assertThat(launches.get(t) - launches.get(t - 1)).isEqualTo(launchesOfAStep);
      }
      assertThat(transfers.getLast() - transfers.getFirst()).isBetween(0L, mostTransfers);
    }
  }

  private record OnPolicyAgent(OnPolicy.Agent agent, Ledger ledger) implements OnPolicy.Agent {
    @Override
    public OnPolicy.Acted act(
        Step step, Tensor observation, Optional<Tensor> mask, boolean explore) {
      return agent.act(step, observation, mask, explore);
    }

    @Override
    public void beforeStep(int t) {
      ledger.beforeStep(t);
      agent.beforeStep(t);
    }

    @Override
    public Tensor value(Tensor observation) {
      return agent.value(observation);
    }

    @Override
    public void learn(double progressRemaining) {
      agent.learn(progressRemaining);
    }

    @Override
    public SequencedMap<String, Double> metrics() {
      return agent.metrics();
    }

    @Override
    public void restore(SequencedMap<String, Double> metrics) {
      agent.restore(metrics);
    }

    @Override
    public List<Parameters> networks() {
      return agent.networks();
    }

    @Override
    public List<Optimizer> optimizers() {
      return agent.optimizers();
    }
  }

  /** Does what its first weights say. */
  private static final class Unteachable implements OffPolicy.Agent {
    private final Consumer<Integer> beforeStep;
    private final Parameters parameters;
    private final Tensor weights;
    private final Adam optimizer;

    Unteachable(Device device, Consumer<Integer> beforeStep) {
      this.beforeStep = beforeStep;
      parameters = Parameters.on(device, "policy");
      weights = parameters.matrix("weights", 3, 1, new float[] {0.5f, -0.5f, 0.1f});
      optimizer = Adam.of(parameters, 0);
    }

    @Override
    public Tensor act(Step step, Tensor observation, boolean explore) {
      return observation.matmul(weights).tanh();
    }

    @Override
    public void beforeStep(int t) {
      beforeStep.accept(t);
    }

    @Override
    public void update(long n) {}

    @Override
    public List<Plan> updates() {
      return List.of();
    }

    @Override
    public List<Parameters> networks() {
      return List.of(parameters);
    }

    @Override
    public List<Optimizer> optimizers() {
      return List.of(optimizer);
    }
  }

  private static final String ID = "Pendulum-v1";

  /** As these do not learn, they do the same on every device, up to rounding. */
  private static Settings settings() {
    return Settings.of(
        Map.of(
            "n_envs",
            "3",
            "n_steps",
            "" + STEPS,
            "n_epochs",
            "1",
            "batch_size",
            "" + 3 * STEPS,
            "train_freq",
            "" + STEPS,
            "learning_starts",
            "0",
            "buffer_size",
            "1000",
            "net_arch",
            "8",
            "learning_rate",
            "0"));
  }

  private static Training ppo(Device device, UnaryOperator<OnPolicy.Agent> watched) {
    var settings = settings();
    var spec = Environments.spec(ID);
    var config = Ppo.Config.of(settings);
    return new OnPolicy(
        OnPolicy.Config.of(settings),
        spec,
        device,
        SEED,
        (memory, random) -> watched.apply(new Ppo(config, spec, memory, random)));
  }

  private static Training offPolicy(Device device, Consumer<Integer> beforeStep) {
    var settings = settings();
    return new OffPolicy(
        OffPolicy.Config.of(settings),
        ExplorationNoise.Config.of(settings, "normal", 0.1f),
        Environments.spec(ID),
        device,
        SEED,
        (memory, random) -> new Unteachable(device, beforeStep));
  }

  /**
   * Acting, with the value of what is seen; the environment; storing what came of it, with the
   * value of where it led to.
   */
  @Test
  void aStepOfPpoIsThreeLaunches() {
    try (var cpu = Device.cpu(1);
        var openCl = Device.openCl("")) {
      var ledger = new Ledger(openCl);
      try (var expected = ppo(cpu, agent -> agent);
          var found = ppo(openCl, agent -> new OnPolicyAgent(agent, ledger))) {
        episodesAgree(expected, found, ledger, 0);
        evaluationsAgree(expected, found, ledger);
      }
    }
  }

  /** Acting; the environment; storing the transition. Once in 100 steps it is read what ended. */
  @Test
  void aStepWithAReplayMemoryIsThreeLaunches() {
    try (var cpu = Device.cpu(1);
        var openCl = Device.openCl("")) {
      var ledger = new Ledger(openCl);
      try (var expected = offPolicy(cpu, t -> {});
          var found = offPolicy(openCl, ledger::beforeStep)) {
        episodesAgree(expected, found, ledger, 2);
      }
    }
  }

  /** What episodes return is heard of though nobody asks after each step. */
  private static void episodesAgree(
      Training expected, Training found, Ledger ledger, long transfers) {
    for (int round = 0; round < 7; round++) {
      expected.advance();
      found.advance();
      ledger.check(3, transfers);
    }
    assertThat(found.metrics().get("time/episodes")).isEqualTo(6);
    assertThat(found.metrics().get("rollout/ep_len_mean")).isEqualTo(200);
    double reward = expected.metrics().get("rollout/ep_rew_mean");
    assertThat(found.metrics().get("rollout/ep_rew_mean")).isCloseTo(reward, within(1.0));
  }

  private static void evaluationsAgree(Training expected, Training found, Ledger ledger) {
    long before = ledger.backend.transfers();
    var evaluation = evaluation(found, ledger.device);
    assertThat(evaluation.meanEpLength()).isEqualTo(200);
    assertThat(evaluation.meanReward())
        .isCloseTo(
            evaluation(expected, expected.networks().getFirst().device()).meanReward(),
            within(1.0));
    assertThat(ledger.backend.transfers() - before).isLessThan(30);
  }

  private static Evaluation evaluation(Training training, Device device) {
    try (var evaluator = new Evaluator(training, Environments.make(ID, device, 5))) {
      return evaluator.evaluate(7);
    }
  }

  /** Nothing is asked before an environment moves, and yet it does not. */
  @ParameterizedTest
  @ValueSource(ints = {5, 20_000})
  void aWrongActionIsHeardOfAndNothingMoves(int n) {
    try (var device = Device.openCl("");
        var env = Environments.make("Pendulum-v1", device, n)) {
      env.reset(1);
      env.step();
      var before = env.observation().toArray();
      env.action().set(2, 0, Double.NaN);
      env.step();
      env.step();
      assertThatThrownBy(() -> env.reward().get(0, 0))
          .isInstanceOf(NotFiniteException.class)
          .hasMessage("the action of Pendulum-v1 is NaN");
      assertThat(env.observation().toArray()).containsExactly(before);
    }
  }

  /**
   * Few are one launch of one group; many have all of the device, kernel by kernel: the check, the
   * step, two for the ends of episodes, and one for beginnings.
   */
  @ParameterizedTest
  @CsvSource({
    "Acrobot-v1, 3, 1",
    "CartPole-v1, 3, 1",
    "CartPole-v1, 20000, 5",
    "MountainCar-v0, 3, 1",
    "MountainCarContinuous-v0, 3, 1",
    "Pendulum-v1, 3, 1"
  })
  void environmentsMoveAsOnTheProcessorHoweverManyTheyAre(String id, int n, long launches) {
    try (var cpu = Device.cpu(1);
        var openCl = Device.openCl("");
        var expected = Environments.make(id, cpu, n);
        var found = Environments.make(id, openCl, n)) {
      var actions = new float[n];
      for (int i = 0; i < n; i++) {
        actions[i] = i % 2;
      }
      expected.reset(3);
      found.reset(3);
      expected.action().write(actions);
      found.action().write(actions);
      var backend = (OpenClBackend) openCl.backend();
      long before = backend.launches();
      for (int t = 0; t < 50; t++) {
        expected.step();
        found.step();
      }
      assertThat(backend.launches() - before).isEqualTo(50 * launches);
      assertThat(found.observation().toArray()).containsExactly(expected.observation().toArray());
      assertThat(found.reward().toArray()).containsExactly(expected.reward().toArray());
      assertThat(found.terminated().toArray()).containsExactly(expected.terminated().toArray());
    }
  }

  /**
   * What is stepped in Java on the host takes a step's columns in one transfer each: the actions
   * and whether they were wrong, five columns of what came of it, and how many episodes ended.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 37})
  void environmentsOnTheHostTakeWholeColumns(int n) {
    try (var cpu = Device.cpu(1);
        var openCl = Device.openCl("");
        var expected = Environments.make("LunarLander-v3", cpu, n);
        var found = Environments.make("LunarLander-v3", openCl, n)) {
      expected.reset(3);
      found.reset(3);
      var backend = (OpenClBackend) openCl.backend();
      long most = 0;
      for (int t = 0; t < 150; t++) {
        for (int i = 0; i < n; i++) {
          expected.action().set(i, 0, (t + i) % 4);
          found.action().set(i, 0, (t + i) % 4);
        }
        expected.step();
        long before = backend.transfers();
        found.step();
        long transfers = backend.transfers() - before;
        assertThat(transfers).isBetween(7L, 10L);
        most = Math.max(most, transfers);
        if (t % 10 == 0) {
          assertThat(found.observation().toArray())
              .containsExactly(expected.observation().toArray());
          assertThat(found.reward().toArray()).containsExactly(expected.reward().toArray());
        }
      }
      assertThat(most).as("with the observations that episodes begin with").isEqualTo(10);
      found.action().set(0, 0, 9);
      assertThatThrownBy(found::step)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("environment 0");
    }
  }
}
