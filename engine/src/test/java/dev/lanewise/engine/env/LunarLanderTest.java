package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LunarLanderTest {
  private static final String DISCRETE = "LunarLander-v3";
  private static final String CONTINUOUS = "LunarLanderContinuous-v3";

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

  private BatchedEnv make(String id, int n) {
    return Environments.make(id, device, n);
  }

  @Test
  void specsAreGymnasiums() {
    for (var id : new String[] {DISCRETE, CONTINUOUS}) {
      var spec = Environments.spec(id);
      assertThat(spec.maxEpisodeSteps()).isEqualTo(1000);
      assertThat(spec.rewardThreshold()).isEqualTo(OptionalDouble.of(200));
      var space = (Space.Box) spec.observationSpace();
      assertThat(space.high()).containsExactly(2.5f, 2.5f, 10, 10, (float) (2 * Math.PI), 10, 1, 1);
      assertThat(space.low())
          .containsExactly(-2.5f, -2.5f, -10, -10, (float) (-2 * Math.PI), -10, 0, 0);
    }
    assertThat(Environments.spec(DISCRETE).actionSpace()).isEqualTo(new Space.Discrete(4));
    assertThat(Environments.spec(CONTINUOUS).actionSpace()).isEqualTo(Space.Box.of(2, -1, 1));
  }

  /** Each environment's first episode under a policy: its return, and how it ended. */
  private record Episodes(double[] returns, int rested, int crashed, int truncated) {
    double mean() {
      double sum = 0;
      for (double value : returns) {
        sum += value;
      }
      return sum / returns.length;
    }
  }

  private interface Policy {
    void act(BatchedEnv env, int i);
  }

  private static Episodes play(BatchedEnv env, long seed, Policy policy) {
    int n = env.size();
    env.reset(seed);
    var returns = new double[n];
    var over = new boolean[n];
    int rested = 0, crashed = 0, truncated = 0;
    while (rested + crashed + truncated < n) {
      for (int i = 0; i < n; i++) {
        policy.act(env, i);
      }
      env.step();
      for (int i = 0; i < n; i++) {
        if (over[i]) {
          continue;
        }
        returns[i] += env.reward().get(i, 0);
        if (env.terminated().get(i, 0) == 1) {
          over[i] = true;
          if (env.reward().get(i, 0) == 100) {
            rested++;
            assertThat(env.finalObservation().get(i, 2)).as("velocity asleep").isZero();
            assertThat(env.finalObservation().get(i, 3)).as("velocity asleep").isZero();
          } else {
            crashed++;
            assertThat(env.reward().get(i, 0)).isEqualTo(-100);
          }
        } else if (env.truncated().get(i, 0) == 1) {
          over[i] = true;
          truncated++;
        }
      }
    }
    return new Episodes(returns, rested, crashed, truncated);
  }

  /** Proportional and derivative on the angle and the height, as Gymnasium documents it. */
  private static void heuristic(BatchedEnv env, int i) {
    double x = env.observation().get(i, 0), y = env.observation().get(i, 1);
    double vx = env.observation().get(i, 2), vy = env.observation().get(i, 3);
    double angle = env.observation().get(i, 4), spin = env.observation().get(i, 5);
    double wantedAngle = Math.clamp(0.5 * x + vx, -0.4, 0.4);
    double turn = 0.5 * (wantedAngle - angle) - spin;
    double climb = 0.5 * (0.55 * Math.abs(x) - y) - 0.5 * vy;
    if (env.observation().get(i, 6) + env.observation().get(i, 7) > 0) {
      turn = 0;
      climb = -0.5 * vy;
    }
    if (env.spec().actionSpace() instanceof Space.Box) {
      env.action().set(i, 0, 20 * climb - 1);
      env.action().set(i, 1, -20 * turn);
    } else {
      boolean main = climb > Math.abs(turn) && climb > 0.05;
      env.action().set(i, 0, main ? 2 : turn < -0.05 ? 3 : turn > 0.05 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {DISCRETE, CONTINUOUS})
  void aHandMadeControllerLands(String id) {
    var episodes = play(make(id, 100), 1, LunarLanderTest::heuristic);
    assertThat(episodes.mean()).as("%s", episodes).isGreaterThan(200);
    assertThat(episodes.rested).as("landings of 100").isGreaterThan(80);
    assertThat(episodes.crashed).as("crashes of 100").isLessThan(10);
  }

  @Test
  void aRandomPolicyCrashesAsExpected() {
    var random = new SplittableRandom(1);
    var episodes =
        play(make(DISCRETE, 1000), 2, (env, i) -> env.action().set(i, 0, random.nextInt(4)));
    assertThat(episodes.mean()).isBetween(-200.0, -170.0);
    assertThat(episodes.crashed).isGreaterThan(980);
  }

  @ParameterizedTest
  @CsvSource({DISCRETE + ",1", DISCRETE + ",2", CONTINUOUS + ",3", CONTINUOUS + ",4"})
  void observationsAreFinite(String id, long seed) {
    var env = make(id, 2);
    var random = new SplittableRandom(seed);
    env.reset(seed);
    for (int t = 0; t < 10_000; t++) {
      act(env, random);
      env.step();
      for (int i = 0; i < env.size(); i++) {
        for (int j = 0; j < 8; j++) {
          assertThat(env.finalObservation().get(i, j)).as("step %d", t).isFinite();
        }
        assertThat(env.reward().get(i, 0)).isFinite();
      }
    }
  }

  /** The main engine twice as often as its due, so that there is more to see than falling. */
  private static void act(BatchedEnv env, SplittableRandom random) {
    for (int i = 0; i < env.size(); i++) {
      if (env.spec().actionSpace() instanceof Space.Box) {
        env.action().set(i, 0, 4 * random.nextDouble() - 2);
        env.action().set(i, 1, 4 * random.nextDouble() - 2);
      } else {
        env.action().set(i, 0, random.nextInt(5) % 3 == 2 ? 2 : random.nextInt(4));
      }
    }
  }

  @Test
  void anEpisodeBeginsHighAboveThePadWithoutContact() {
    var env = make(DISCRETE, 500);
    env.reset(9);
    double low = 9, high = -9;
    for (int i = 0; i < 500; i++) {
      assertThat(env.observation().get(i, 0)).isBetween(-0.02, 0.02);
      assertThat(env.observation().get(i, 1)).isBetween(1.38, 1.44);
      assertThat(env.observation().get(i, 6) + env.observation().get(i, 7)).isZero();
      low = Math.min(low, env.observation().get(i, 2));
      high = Math.max(high, env.observation().get(i, 2));
    }
    // F h / m = 1000 · 0.02 / 4.8 m/s at most for the hull alone, scaled by 10 / 50.
    assertThat(low).isBetween(-0.84, -0.75);
    assertThat(high).isBetween(0.75, 0.84);
  }

  @ParameterizedTest
  @CsvSource({DISCRETE + ",40", DISCRETE + ",150", CONTINUOUS + ",150", CONTINUOUS + ",230"})
  void aResumedRunIsTheSameBitForBit(String id, int when) {
    var env = make(id, 16);
    env.reset(77);
    boolean someOnGround = false;
    for (int t = 0; t < when; t++) {
      land(env);
    }
    for (int i = 0; i < 16; i++) {
      someOnGround |= env.observation().get(i, 6) == 1;
    }
    assertThat(someOnGround).as("contacts are being saved").isEqualTo(when > 100);
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    Map<String, long[]> counters = env.state().counters();
    var resumed = make(id, 16);
    resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
    resumed.restore(counters);
    for (int t = 0; t < 300; t++) {
      for (var name : values.keySet()) {
        assertThat(resumed.state().tensors().get(name).toArray())
            .as("%s, %d steps after", name, t)
            .isEqualTo(env.state().tensors().get(name).toArray());
      }
      land(env);
      land(resumed);
    }
    assertThat(resumed.state().counters().get("noise"))
        .isEqualTo(env.state().counters().get("noise"));
  }

  private static void land(BatchedEnv env) {
    for (int i = 0; i < env.size(); i++) {
      heuristic(env, i);
    }
    env.step();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void anEnvironmentIsTheSameInABatchOfAnySize(int n) {
    var few = make(DISCRETE, n);
    var many = make(DISCRETE, 32);
    few.reset(11);
    many.reset(11);
    for (int t = 0; t < 300; t++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 8; j++) {
          assertThat(few.observation().get(i, j)).isEqualTo(many.observation().get(i, j));
        }
        assertThat(few.reward().get(i, 0)).isEqualTo(many.reward().get(i, 0));
      }
      land(few);
      land(many);
    }
  }

  @Test
  void aSeedIsARun() {
    var one = make(CONTINUOUS, 6);
    var two = make(CONTINUOUS, 6);
    one.reset(42);
    two.reset(7);
    assertThat(two.observation().toArray()).isNotEqualTo(one.observation().toArray());
    land(two);
    two.reset(42);
    for (int t = 0; t < 250; t++) {
      assertThat(two.observation().toArray()).isEqualTo(one.observation().toArray());
      land(one);
      land(two);
    }
  }

  @Test
  void actionsThatAreNotThereAreRefusedAndNothingMoves() {
    var env = make(DISCRETE, 3);
    env.reset(0);
    var before = env.state().tensors().get("state").toArray();
    for (double wrong : new double[] {4, -1, 1.5, Double.NaN}) {
      env.action().set(2, 0, wrong);
      assertThatThrownBy(env::step)
          .hasMessageContaining("the action of LunarLander-v3, environment 2, column 0, is ")
          .hasMessageContaining("" + (float) wrong);
    }
    assertThat(env.state().tensors().get("state").toArray()).isEqualTo(before);
  }

  /** Also where two workers share the cache line of 16 environments. */
  @ParameterizedTest
  @ValueSource(ints = {16, 50})
  void aSecondWorkerChangesNothing(int n) {
    try (var other = Device.cpu(2)) {
      var one = make(CONTINUOUS, n);
      var two = Environments.make(CONTINUOUS, other, n);
      one.reset(5);
      two.reset(5);
      for (int t = 0; t < 300; t++) {
        for (int i = 0; i < n; i++) {
          one.action().writeRow(i, (float) Math.sin(t + i), (float) Math.cos(2 * t + i));
          two.action().writeRow(i, (float) Math.sin(t + i), (float) Math.cos(2 * t + i));
        }
        one.step();
        two.step();
        assertThat(two.observation().toArray()).isEqualTo(one.observation().toArray());
        assertThat(two.reward().toArray()).isEqualTo(one.reward().toArray());
        one.state()
            .tensors()
            .forEach(
                (name, tensor) ->
                    assertThat(two.state().tensors().get(name).toArray())
                        .as(name)
                        .isEqualTo(tensor.toArray()));
      }
    }
  }

  @Test
  void continuousActionsAreClipped() {
    var wide = make(CONTINUOUS, 1);
    var narrow = make(CONTINUOUS, 1);
    wide.reset(3);
    narrow.reset(3);
    for (int t = 0; t < 60; t++) {
      double main = 3 * Math.sin(t), side = 3 * Math.cos(t);
      wide.action().write((float) main, (float) side);
      narrow.action().write((float) Math.clamp(main, -1, 1), (float) Math.clamp(side, -1, 1));
      wide.step();
      narrow.step();
      assertThat(wide.observation().toArray()).isEqualTo(narrow.observation().toArray());
      assertThat(wide.reward().get()).isEqualTo(narrow.reward().get());
    }
  }

  /** Engines that are not opened far enough neither push nor cost. */
  @Test
  void enginesHaveAThreshold() {
    var closed = make(CONTINUOUS, 1);
    var ajar = make(CONTINUOUS, 1);
    closed.reset(3);
    ajar.reset(3);
    for (int t = 0; t < 30; t++) {
      closed.action().write(-1, 0);
      ajar.action().write(0, t % 2 == 0 ? 0.5f : -0.5f);
      closed.step();
      ajar.step();
      assertThat(ajar.observation().toArray()).isEqualTo(closed.observation().toArray());
      assertThat(ajar.reward().get()).isEqualTo(closed.reward().get());
    }
    ajar.action().write(0, 0.51f);
    closed.step();
    ajar.step();
    assertThat(ajar.observation().toArray()).isNotEqualTo(closed.observation().toArray());
  }

  /** The potential of the observation, by its formula, and the price of the fuel. */
  @Test
  void theRewardIsTheGrowthOfThePotentialLessFuel() {
    var env = make(DISCRETE, 1);
    env.reset(5);
    for (int t = 0; t < 40; t++) {
      double before = potential(env);
      int action = t % 4;
      env.action().set(0, 0, action);
      env.step();
      double fuel = action == 2 ? 0.3 : action == 0 ? 0 : 0.03;
      assertThat(env.reward().get())
          .as("step %d", t)
          .isCloseTo(potential(env) - before - fuel, within(1e-4));
    }
  }

  private static double potential(BatchedEnv env) {
    var o = env.observation().toArray();
    return -100 * (Math.hypot(o[0], o[1]) + Math.hypot(o[2], o[3]) + Math.abs(o[4]))
        + 10 * (o[6] + o[7]);
  }

  private BatchedEnv windy(double power) {
    return new LunarLander("Windy-v0", false, -10, true, power, 0).make(device, 8);
  }

  /**
   * The craft weighs 4.96 kg: 5 kg/m² · 867 px² / 900 for the hull and 64 px² / 900 kg for each
   * leg. Against a calm day it is as much faster as the wind's impulse makes it.
   */
  @Test
  void windPushes() {
    double mass = 5 * 867 / 900.0 + 2 * 64 / 900.0;
    var calm = windy(0);
    var windy = windy(15);
    calm.reset(1);
    windy.reset(1);
    var impulse = new double[8];
    for (int t = 0; t < 10; t++) {
      for (int i = 0; i < 8; i++) {
        double index = windy.state().tensors().get("state").get(i, 11);
        assertThat(index).isBetween(-9999.0, 10010.0);
        impulse[i] +=
            0.02 * 15 * Math.tanh(Math.sin(0.02 * index) + Math.sin(Math.PI * 0.01 * index));
      }
      calm.step();
      windy.step();
    }
    for (int i = 0; i < 8; i++) {
      double faster = windy.observation().get(i, 2) - calm.observation().get(i, 2);
      assertThat(faster * 50 / 10 * mass)
          .isCloseTo(impulse[i], within(0.1 + 0.2 * Math.abs(impulse[i])));
    }
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> new LunarLander("Flat-v0", false, 0, false, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Flat-v0: gravity has to be between -12 and 0 m/s², not 0.0");
    assertThatThrownBy(() -> new LunarLander("Storm-v0", false, -10, true, Double.NaN, 1))
        .hasMessageContaining("Storm-v0")
        .hasMessageContaining("finite");
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  @Test
  void aStepAllocatesNothing() {
    var env = make(DISCRETE, 8);
    env.reset(0);
    env.action().fill(2);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long asked = 1;
    long giveUp = System.nanoTime() + 20_000_000_000L;
    for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int t = 0; t < 200; t++) {
        env.step();
      }
      asked = threads.getCurrentThreadAllocatedBytes() - before;
      quiet = asked == 0 ? quiet + 1 : 0;
    }
    assertThat(asked).as("bytes in 200 steps, some of them with new episodes").isZero();
  }
}
