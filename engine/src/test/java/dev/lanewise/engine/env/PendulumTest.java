package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Philox;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every batched environment, shown on Pendulum-v1. */
class PendulumTest {
  private Device device;

  @BeforeEach
  void open() {
    device = Device.cpu(1);
  }

  @AfterEach
  void close() {
    device.verifyGuards();
    device.close();
  }

  private BatchedEnv make(int n) {
    return Environments.make("Pendulum-v1", device, n);
  }

  /** Actions that depend on the environment and the step alone, some out of bounds. */
  private static void act(BatchedEnv env, int t) {
    for (int i = 0; i < env.size(); i++) {
      env.action().set(i, 0, 3 * Math.sin(0.7 * i + 0.3 * t));
    }
  }

  private static void steps(BatchedEnv env, int from, int to) {
    for (int t = from; t < to; t++) {
      act(env, t);
      env.step();
    }
  }

  @Test
  void shapes() {
    var env = make(5);
    assertThat(env.size()).isEqualTo(5);
    assertThat(env.spec()).isSameAs(Environments.spec("Pendulum-v1"));
    assertThat(env.observation().shape()).isEqualTo("(5, 3)");
    assertThat(env.finalObservation().shape()).isEqualTo("(5, 3)");
    assertThat(env.action().shape()).isEqualTo("(5, 1)");
    for (var column :
        new Tensor[] {
          env.reward(), env.terminated(), env.truncated(), env.endedReturn(), env.endedLength()
        }) {
      assertThat(column.shape()).isEqualTo("(5, 1)");
    }
  }

  @Test
  void firstStatesAreSpreadOverTheirRange() {
    int n = 4000;
    var env = make(n);
    env.reset(3);
    double[] lowest = {9, 9}, highest = {-9, -9}, sum = {0, 0};
    for (int i = 0; i < n; i++) {
      var state = env.physicalState(i).get("state");
      double theta = state[0], speed = state[1];
      assertThat(env.observation().get(i, 0)).isCloseTo(Math.cos(theta), within(2e-7));
      assertThat(env.observation().get(i, 1)).isCloseTo(Math.sin(theta), within(2e-7));
      assertThat(env.observation().get(i, 2)).isEqualTo(speed);
      for (int j = 0; j < 2; j++) {
        lowest[j] = Math.min(lowest[j], state[j]);
        highest[j] = Math.max(highest[j], state[j]);
        sum[j] += state[j];
      }
    }
    assertThat(lowest[0]).isBetween(-Math.PI - 1e-6, -3.12);
    assertThat(highest[0]).isBetween(3.12, Math.PI + 1e-6);
    assertThat(lowest[1]).isBetween(-1.0, -0.99);
    assertThat(highest[1]).isBetween(0.99, 1.0);
    // five standard deviations of a mean of n: range / √12n
    assertThat(sum[0] / n).isCloseTo(0, within(5 * 2 * Math.PI / Math.sqrt(12.0 * n)));
    assertThat(sum[1] / n).isCloseTo(0, within(5 * 2 / Math.sqrt(12.0 * n)));
  }

  @Test
  void outOfBoundsActionsAreClipped() {
    var env = make(4);
    env.reset(1);
    for (int i = 0; i < 4; i++) {
      env.setPhysicalState(i, Map.of("state", new double[] {0.5, 0.25}));
    }
    env.action().write(2, 1000, -2, -2.5f);
    env.step();
    for (int j = 0; j < 3; j++) {
      assertThat(env.observation().get(1, j)).isEqualTo(env.observation().get(0, j));
      assertThat(env.observation().get(3, j)).isEqualTo(env.observation().get(2, j));
    }
    assertThat(env.observation().get(2, 2)).isNotEqualTo(env.observation().get(0, 2));
    assertThat(env.action().get(1, 0)).as("the caller's action").isEqualTo(1000);
  }

  @Test
  void anEpisodeOf200StepsIsTruncatedAndTheNextBeginsWithinTheStep() {
    var env = make(3);
    env.reset(5);
    double[] returns = new double[3];
    for (int t = 1; t <= 401; t++) {
      act(env, t);
      env.step();
      boolean last = t % 200 == 0;
      for (int i = 0; i < 3; i++) {
        returns[i] += env.reward().get(i, 0);
        assertThat(env.truncated().get(i, 0)).as("step %d", t).isEqualTo(last ? 1 : 0);
        assertThat(env.terminated().get(i, 0)).isZero();
        if (last) {
          assertThat(env.endedLength().get(i, 0)).isEqualTo(200);
          assertThat(env.endedReturn().get(i, 0)).isCloseTo(returns[i], within(1e-2));
          returns[i] = 0;
        }
      }
      var observation = env.observation().toArray();
      var finalObservation = env.finalObservation().toArray();
      if (last) {
        for (int i = 0; i < 3; i++) {
          var state = env.physicalState(i).get("state");
          assertThat(Math.abs(state[1])).isLessThan(1);
          assertThat(observation[3 * i + 1]).isCloseTo((float) Math.sin(state[0]), within(2e-7f));
          assertThat(observation[3 * i + 1]).isNotEqualTo(finalObservation[3 * i + 1]);
        }
      } else {
        assertThat(observation).isEqualTo(finalObservation);
      }
    }
  }

  /** What the final observation keeps is what the kernel led to, not the new episode's start. */
  @Test
  void theFinalObservationIsWhereTheEpisodeWouldHaveGoneOn() {
    var env = make(1);
    env.reset(5);
    steps(env, 0, 199);
    var saved = save(env);
    env.action().set(0, 0, 1);
    env.step();
    var ended = env.finalObservation().toArray();

    var younger = new HashMap<>(saved.values);
    younger.put("running_length", new float[] {99});
    load(env, new Saved(younger, saved.counters));
    env.action().set(0, 0, 1);
    env.step();
    assertThat(env.truncated().get()).isZero();
    assertThat(env.observation().toArray()).isEqualTo(ended);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void anEnvironmentIsTheSameInABatchOfAnySize(int n) {
    var few = make(n);
    var many = make(64);
    few.reset(11);
    many.reset(11);
    for (int t = 0; t < 450; t++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 3; j++) {
          assertThat(few.observation().get(i, j))
              .as("step %d", t)
              .isEqualTo(many.observation().get(i, j));
        }
        assertThat(few.reward().get(i, 0)).isEqualTo(many.reward().get(i, 0));
        assertThat(few.endedReturn().get(i, 0)).isEqualTo(many.endedReturn().get(i, 0));
      }
      steps(few, t, t + 1);
      steps(many, t, t + 1);
    }
  }

  @Test
  void aSeedIsARun() {
    var one = make(6);
    var two = make(6);
    one.reset(42);
    two.reset(7);
    assertThat(one.observation().toArray()).doesNotContain(two.observation().toArray());
    steps(two, 0, 30);
    two.reset(42);
    assertThat(two.observation().toArray()).isEqualTo(one.observation().toArray());
    assertThat(two.finalObservation().toArray()).isEqualTo(one.observation().toArray());
    steps(one, 0, 230);
    steps(two, 0, 230);
    assertThat(two.observation().toArray()).isEqualTo(one.observation().toArray());
    assertThat(two.endedReturn().toArray()).isEqualTo(one.endedReturn().toArray());
  }

  @Test
  void environmentsOfABatchDiffer() {
    var env = make(64);
    env.reset(0);
    var cosines = new HashSet<Double>();
    for (int i = 0; i < 64; i++) {
      cosines.add(env.observation().get(i, 0));
    }
    assertThat(cosines).hasSizeGreaterThan(60);
  }

  @Test
  void theFirstStateIsTheStreamOfTheEnvironment() {
    var env = make(3);
    env.reset(9);
    double u = Philox.unit(Philox.word(9, 2, 0, 0));
    double v = Philox.unit(Philox.word(9, 2, 0, 1));
    var first = env.physicalState(2).get("state");
    assertThat(first[0]).isCloseTo(-Math.PI + 2 * Math.PI * u, within(5e-7));
    assertThat(first[1]).isEqualTo((float) (-1 + 2 * v));
    steps(env, 0, 200);
    double w = Philox.unit(Philox.word(9, 2, 200, 1));
    assertThat(env.physicalState(2).get("state")[1]).isEqualTo((float) (-1 + 2 * w));
  }

  record Saved(Map<String, float[]> values, Map<String, long[]> counters) {}

  private static Saved save(BatchedEnv env) {
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    return new Saved(values, env.state().counters());
  }

  private static void load(BatchedEnv env, Saved saved) {
    env.state().tensors().forEach((name, tensor) -> tensor.write(saved.values.get(name)));
    env.restore(saved.counters);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 130, 200, 333})
  void aResumedRunIsTheSameBitForBit(int when) {
    var env = make(5);
    env.reset(77);
    steps(env, 0, when);
    var saved = save(env);
    var resumed = make(5);
    load(resumed, saved);
    for (int t = when; t < when + 450; t++) {
      for (var name : saved.values.keySet()) {
        assertThat(resumed.state().tensors().get(name).toArray())
            .as("%s before step %d", name, t)
            .isEqualTo(env.state().tensors().get(name).toArray());
      }
      steps(env, t, t + 1);
      steps(resumed, t, t + 1);
    }
    assertThat(resumed.state().counters().get("clock")).containsExactly(when + 450);
  }

  @Test
  void countersOfAnotherBatchAreRefused() {
    var env = make(5);
    env.reset(1);
    var other = make(4);
    assertThatThrownBy(() -> other.restore(env.state().counters()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Pendulum-v1 cannot be restored: 5 environments were saved, and this batch has 4");
    assertThatThrownBy(() -> other.restore(other.state().counters()))
        .hasMessageContaining("'environments' has no values");
  }

  @Test
  void steppingBeforeAResetOrAfterClosingIsRefused() {
    var env = make(2);
    assertThatThrownBy(env::step)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Pendulum-v1 was stepped before its first episode; call reset(seed) first");
    env.reset(0);
    env.close();
    assertThatThrownBy(env::step).hasMessage("Pendulum-v1 is closed; it cannot step");
    assertThatThrownBy(() -> env.reset(0)).hasMessageContaining("closed");
    assertThatThrownBy(env::close).hasMessageContaining("closed");
  }

  @Test
  void anActionThatIsNotFiniteIsRefusedAndNothingMoves() {
    var env = make(3);
    env.reset(0);
    var before = env.observation().toArray();
    env.action().set(2, 0, Double.NaN);
    assertThatThrownBy(env::step)
        .isInstanceOf(NotFiniteException.class)
        .hasMessageContaining("the action of Pendulum-v1, environment 2, column 0, is NaN");
    assertThat(env.observation().toArray()).isEqualTo(before);
    env.action().fill(0);
    env.step();
    assertThat(env.observation().toArray()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void aBatchHasAtLeastOneEnvironment(int n) {
    assertThatThrownBy(() -> make(n))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch of Pendulum-v1 has 1 environment or more, not " + n);
  }
}
