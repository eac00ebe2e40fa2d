package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Philox;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The environments of classic control: their spaces, first states, ends, and workers. */
class ClassicControlTest {

  @ParameterizedTest
  @CsvSource({
    "CartPole-v1, 500, 475, Discrete(2), 4",
    "MountainCar-v0, 200, -110, Discrete(3), 2",
    "MountainCarContinuous-v0, 999, 90, 'Box(-1.0, 1.0, (1,), float32)', 2",
    "Acrobot-v1, 500, -100, Discrete(3), 6"
  })
  void specs(String id, int limit, double threshold, String actions, int observed) {
    var spec = Environments.spec(id);
    assertThat(spec.maxEpisodeSteps()).isEqualTo(limit);
    assertThat(spec.rewardThreshold()).hasValue(threshold);
    assertThat(spec.actionSpace()).hasToString(actions);
    assertThat(spec.observationSpace().size()).isEqualTo(observed);
  }

  @ParameterizedTest
  @CsvSource({
    "CartPole-v1, 4, -0.05, 0.05",
    "MountainCar-v0, 1, -0.6, -0.4",
    "MountainCarContinuous-v0, 1, -0.6, -0.4",
    "Acrobot-v1, 4, -0.1, 0.1"
  })
  void firstStatesAreUniform(String id, int drawn, double low, double high) {
    int n = 5000;
    try (var device = Device.cpu(1)) {
      var env = Environments.make(id, device, n);
      env.reset(3);
      var states = new double[n][];
      for (int i = 0; i < n; i++) {
        states[i] = env.physicalState(i).get("state");
      }
      for (int j = 0; j < states[0].length; j++) {
        double least = 9, most = -9, sum = 0;
        for (int i = 0; i < n; i++) {
          double x = states[i][j];
          least = Math.min(least, x);
          most = Math.max(most, x);
          sum += x;
        }
        if (j >= drawn) {
          assertThat(least).isZero();
          assertThat(most).isZero();
          continue;
        }
        double range = high - low;
        assertThat(least).isBetween(low, low + range / 500);
        assertThat(most).isBetween(high - range / 500, high);
        // five standard deviations of a mean of n
        double middle = (low + high) / 2;
        assertThat(sum / n).isCloseTo(middle, within(5 * range / Math.sqrt(12.0 * n)));
        double unit = Philox.unit(Philox.word(3, 17, 0, j));
        assertThat(states[17][j]).isCloseTo(low + range * unit, within(1e-7));
      }
      assertThat(env.finalObservation().toArray()).isEqualTo(env.observation().toArray());
    }
  }

  /** Actions that depend on the environment and the step alone. */
  private static void act(BatchedEnv env, Random[] random) {
    var space = env.spec().actionSpace();
    for (int i = 0; i < env.size(); i++) {
      env.action()
          .set(
              i,
              0,
              space instanceof Space.Discrete d
                  ? random[i].nextInt(d.n())
                  : 2.5 * random[i].nextDouble() - 1.25);
    }
  }

  private static Random[] randoms(int n) {
    var randoms = new Random[n];
    for (int i = 0; i < n; i++) {
      randoms[i] = new Random(i);
    }
    return randoms;
  }

  /**
   * 10,000 steps of each of some environments, in their spaces and with the returns they add to.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Pendulum-v1",
        "CartPole-v1",
        "MountainCar-v0",
        "MountainCarContinuous-v0",
        "Acrobot-v1"
      })
  void randomStepsStayInTheSpaces(String id) {
    int n = 19;
    try (var device = Device.cpu(1)) {
      var env = Environments.make(id, device, n);
      var space = env.spec().observationSpace();
      var random = randoms(n);
      var returns = new double[n];
      var lengths = new int[n];
      var row = new float[space.size()];
      int ends = 0;
      env.reset(1);
      for (int t = 0; t < 10_000; t++) {
        act(env, random);
        env.step();
        for (int i = 0; i < n; i++) {
          env.finalObservation().readRow(i, row);
          assertThat(space.contains(row)).as("%s at step %d", row, t).isTrue();
          returns[i] += env.reward().get(i, 0);
          lengths[i]++;
          boolean truncated = env.truncated().get(i, 0) != 0;
          assertThat(truncated).isEqualTo(lengths[i] == env.spec().maxEpisodeSteps());
          if (truncated || env.terminated().get(i, 0) != 0) {
            assertThat(env.endedLength().get(i, 0)).isEqualTo(lengths[i]);
            assertThat(env.endedReturn().get(i, 0)).isCloseTo(returns[i], within(2e-2));
            returns[i] = 0;
            lengths[i] = 0;
            ends++;
          } else {
            for (int j = 0; j < row.length; j++) {
              assertThat((float) env.observation().get(i, j)).isEqualTo(row[j]);
            }
          }
        }
      }
      assertThat(ends).isGreaterThanOrEqualTo(n * 10_000 / env.spec().maxEpisodeSteps());
    }
  }

  /** Enough environments that two and three workers share them. */
  @ParameterizedTest
  @ValueSource(strings = {"Pendulum-v1", "CartPole-v1", "MountainCarContinuous-v0", "Acrobot-v1"})
  void anyNumberOfWorkersIsTheSameToTheBit(String id) {
    int n = 4099;
    try (var alone = Device.cpu(1);
        var two = Device.cpu(2);
        var three = Device.cpu(3)) {
      var expected = Environments.make(id, alone, n);
      var few = Environments.make(id, alone, 7);
      var others =
          new BatchedEnv[] {Environments.make(id, two, n), Environments.make(id, three, n)};
      expected.reset(5);
      few.reset(5);
      for (var env : others) {
        env.reset(5);
      }
      var choices = new Random(2);
      var actions = new float[n];
      for (int t = 0; t < 60; t++) {
        for (int i = 0; i < n; i++) {
          actions[i] = choices.nextInt(2);
        }
        step(expected, actions);
        step(few, java.util.Arrays.copyOf(actions, 7));
        var tensors = expected.state().tensors();
        for (var env : others) {
          step(env, actions);
          env.state()
              .tensors()
              .forEach(
                  (name, tensor) ->
                      assertThat(tensor.toArray()).as(name).isEqualTo(tensors.get(name).toArray()));
        }
        few.state()
            .tensors()
            .forEach(
                (name, tensor) -> {
                  int size = (int) tensor.size();
                  assertThat(tensor.toArray())
                      .as(name)
                      .isEqualTo(java.util.Arrays.copyOf(tensors.get(name).toArray(), size));
                });
      }
    }
  }

  private static void step(BatchedEnv env, float[] actions) {
    env.action().write(actions);
    env.step();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CartPole-v1", "Acrobot-v1"})
  void aResumedRunIsTheSameBitForBit(String id) {
    try (var device = Device.cpu(2)) {
      var env = Environments.make(id, device, 5);
      env.reset(77);
      var random = randoms(5);
      for (int t = 0; t < 520; t++) {
        act(env, random);
        env.step();
      }
      Map<String, float[]> values = new HashMap<>();
      env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
      var resumed = Environments.make(id, device, 5);
      resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
      resumed.restore(env.state().counters());
      for (int t = 0; t < 600; t++) {
        act(env, random);
        resumed.action().write(env.action().toArray());
        env.step();
        resumed.step();
        assertThat(resumed.observation().toArray()).isEqualTo(env.observation().toArray());
        assertThat(resumed.endedReturn().toArray()).isEqualTo(env.endedReturn().toArray());
        assertThat(resumed.endedLength().toArray()).isEqualTo(env.endedLength().toArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, -1, 0.5, Double.NaN, Double.POSITIVE_INFINITY})
  void anActionThatIsNoChoiceIsRefusedAndNothingMoves(double action) {
    for (int n : new int[] {5, 4000}) {
      try (var device = Device.cpu(2)) {
        var env = Environments.make("CartPole-v1", device, n);
        env.reset(0);
        var before = env.observation().toArray();
        env.action().set(n - 2, 0, action);
        assertThatThrownBy(env::step)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "the action of CartPole-v1, environment %d, column 0, is %s; Discrete(2) takes"
                    + " whole numbers from 0 to 1",
                n - 2, (float) action);
        assertThat(env.observation().toArray()).isEqualTo(before);
        assertThat(env.state().counters().get("clock")).containsExactly(0);
        env.action().fill(1);
        env.step();
        assertThat(env.state().counters().get("clock")).containsExactly(1);
      }
    }
  }

  @Test
  void aPoleThatFallsStillRewardsItsLastStep() {
    try (var device = Device.cpu(1)) {
      var env = Environments.make("CartPole-v1", device, 1);
      env.reset(1);
      env.action().fill(1);
      int steps = 0;
      do {
        env.step();
        steps++;
        assertThat(env.reward().get()).isEqualTo(1);
      } while (env.terminated().get() == 0);
      assertThat(steps).isBetween(8, 12);
      assertThat(env.endedReturn().get()).isEqualTo(steps);
      assertThat(Math.abs(env.finalObservation().get(0, 2))).isGreaterThan(0.2094);
      assertThat(Math.abs(env.observation().get(0, 2))).isLessThan(0.05);
    }
  }

  @Test
  void aCarThatMeetsTheWallStops() {
    try (var device = Device.cpu(1)) {
      var env = Environments.make("MountainCar-v0", device, 1);
      env.reset(1);
      env.setPhysicalState(0, Map.of("state", new double[] {-1.19, -0.07}));
      env.step();
      assertThat(env.observation().toArray()).containsExactly(-1.2f, 0);
    }
  }
}
