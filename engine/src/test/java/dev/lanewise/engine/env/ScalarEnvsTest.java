package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's own environment in a batch. */
class ScalarEnvsTest {
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

  /** Counts up by the action from a start of 0 to 9 (from the seed); terminated at 20 or above. */
  private static class Counting implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of("Counting-v0", Space.Box.of(2), new Space.Discrete(3), 12);

    final List<Long> seeds = new ArrayList<>();
    double at;
    boolean closed;

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      seeds.add(seed);
      at = Math.floorMod(seed, 10);
      return observation();
    }

    @Override
    public Outcome step(float[] action) {
      at += action[0];
      return new Outcome(observation(), at / 2, at >= 20, at == 13);
    }

    float[] observation() {
      return new float[] {(float) at, -1};
    }

    @Override
    public Optional<double[]> state() {
      return Optional.of(new double[] {at});
    }

    @Override
    public void restore(double[] state) {
      at = state[0];
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final List<Counting> made = new ArrayList<>();

  private Counting counting() {
    made.add(new Counting());
    return made.getLast();
  }

  @Test
  void observationsRewardsAndEnds() {
    var env = BatchedEnv.of(this::counting, 3, device);
    assertThat(env.spec()).isSameAs(Counting.SPEC);
    env.reset(4);
    for (int i = 0; i < 3; i++) {
      assertThat(env.observation().get(i, 0)).isEqualTo(made.get(i).at);
      assertThat(env.observation().get(i, 1)).isEqualTo(-1);
    }
    made.get(0).at = 18;
    made.get(1).at = 12;
    made.get(2).at = 5;
    env.action().write(2, 1, 0);
    env.step();
    assertThat(env.reward().toArray()).containsExactly(10, 6.5f, 2.5f);
    assertThat(env.terminated().toArray()).containsExactly(1, 0, 0);
    assertThat(env.truncated().toArray()).containsExactly(0, 1, 0);
    assertThat(env.finalObservation().toArray()).containsExactly(20, -1, 13, -1, 5, -1);
    assertThat(env.observation().get(0, 0)).isEqualTo(made.get(0).at).isLessThan(10);
    assertThat(env.observation().get(1, 0)).isEqualTo(made.get(1).at).isLessThan(10);
    assertThat(env.observation().get(2, 0)).isEqualTo(5);
    assertThat(env.endedReturn().get(0, 0)).isEqualTo(10);
    assertThat(env.endedLength().get(0, 0)).isEqualTo(1);
    assertThat(made.get(0).seeds).hasSize(2).doesNotHaveDuplicates();
    assertThat(made.get(2).seeds).hasSize(1);

    env.action().fill(0);
    made.get(0).at = 1;
    made.get(1).at = 2;
    env.step();
    assertThat(env.terminated().toArray()).containsOnly(0);
    assertThat(env.truncated().toArray()).containsOnly(0);
  }

  /** Environment 0 began its second episode a step later than the others began their first. */
  @Test
  void timeLimitsAreEachEnvironmentsOwn() {
    var env = BatchedEnv.of(this::counting, 2, device);
    env.reset(4);
    made.get(0).at = 20;
    env.action().fill(0);
    env.step();
    assertThat(env.terminated().toArray()).containsExactly(1, 0);
    for (int t = 2; t <= 12; t++) {
      made.forEach(e -> e.at = 0);
      env.step();
      assertThat(env.truncated().toArray()).as("step %d", t).containsExactly(0, t == 12 ? 1 : 0);
    }
    assertThat(env.endedLength().get(1, 0)).isEqualTo(12);
    made.forEach(e -> e.at = 0);
    env.step();
    assertThat(env.truncated().toArray()).containsExactly(1, 0);
    assertThat(env.endedLength().get(0, 0)).isEqualTo(12);
  }

  @Test
  void terminatedAtTheTimeLimitIsBoth() {
    var env = BatchedEnv.of(this::counting, 1, device);
    env.reset(4);
    for (int t = 1; t <= 12; t++) {
      made.getFirst().at = t == 12 ? 20 : 0;
      env.step();
    }
    assertThat(env.terminated().get()).isEqualTo(1);
    assertThat(env.truncated().get()).isEqualTo(1);
  }

  @Test
  void seedsDependOnTheEnvironmentAlone() {
    BatchedEnv.of(this::counting, 2, device).reset(8);
    BatchedEnv.of(this::counting, 5, device).reset(8);
    assertThat(made.get(2).seeds).isEqualTo(made.get(0).seeds);
    assertThat(made.get(3).seeds).isEqualTo(made.get(1).seeds);
    assertThat(made.get(1).seeds).isNotEqualTo(made.get(0).seeds);
  }

  @Test
  void aResumedRunIsTheSame() {
    var env = BatchedEnv.of(this::counting, 3, device);
    var resumed = BatchedEnv.of(this::counting, 3, device);
    env.reset(21);
    steps(env, 0, 17);
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
    resumed.restore(env.state().counters());
    for (int t = 17; t < 60; t++) {
      assertThat(resumed.observation().toArray()).isEqualTo(env.observation().toArray());
      assertThat(resumed.endedReturn().toArray()).isEqualTo(env.endedReturn().toArray());
      steps(env, t, t + 1);
      steps(resumed, t, t + 1);
    }
  }

  private static void steps(BatchedEnv env, int from, int to) {
    for (int t = from; t < to; t++) {
      for (int i = 0; i < env.size(); i++) {
        env.action().set(i, 0, (t + i) % 3);
      }
      env.step();
    }
  }

  @Test
  void withoutAStateResumingBeginsNewEpisodes() {
    Supplier<Env> forgetful =
        () ->
            new Counting() {
              @Override
              public Optional<double[]> state() {
                return Optional.empty();
              }
            };
    var env = BatchedEnv.of(forgetful, 1, device);
    env.reset(3);
    env.action().fill(1);
    env.step();
    var saved = env.state().counters();
    var resumed = BatchedEnv.of(this::counting, 1, device);
    resumed.restore(saved);
    assertThat(made.getFirst().seeds).hasSize(1);
    assertThat(resumed.observation().get(0, 0)).isEqualTo(made.getFirst().at);
    assertThat(resumed.state().counters().get("clock")).containsExactly(1);
    assertThat(resumed.state().tensors().get("running_length").toArray()).containsExactly(0);
  }

  @Test
  void wrongAnswersNameTheEnvironmentAndTheStep() {
    var env = BatchedEnv.of(() -> answering(new float[] {1, 2, 3}, 0), 3, device);
    env.reset(0);
    env.step();
    assertThatThrownBy(env::step)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Counting-v0, environment 0, step 2: the observation has 3 numbers instead of 2, as"
                + " Box(-inf, inf, (2,), float32) has");
    assertThatThrownBy(() -> twoSteps(answering(new float[] {1, Float.NaN}, 0)))
        .hasMessage(
            "Counting-v0, environment 0, step 2: number 1 of the observation is NaN, not finite");
    assertThatThrownBy(() -> twoSteps(answering(new float[] {1, 2}, Double.NaN)))
        .hasMessage("Counting-v0, environment 0, step 2: the reward is NaN, not a finite float");
    assertThatThrownBy(() -> twoSteps(answering(new float[] {1, 2}, 1e39)))
        .hasMessage("Counting-v0, environment 0, step 2: the reward is 1.0E39, not a finite float");
    assertThatThrownBy(() -> twoSteps(answering(null, 0)))
        .hasMessage("Counting-v0, environment 0, step 2: the observation is null");
  }

  @Test
  void aWrongFirstObservationIsNamedToo() {
    var index = new int[1];
    Supplier<Env> second =
        () -> {
          boolean bad = index[0]++ == 1;
          return new Counting() {
            @Override
            public float[] reset(long seed) {
              return bad ? new float[0] : super.reset(seed);
            }
          };
        };
    var env = BatchedEnv.of(second, 2, device);
    assertThatThrownBy(() -> env.reset(0))
        .hasMessageStartingWith(
            "Counting-v0, environment 1, step 0: the first observation of an episode has 0"
                + " numbers");
  }

  private void twoSteps(Env user) {
    var env = BatchedEnv.of(() -> user, 1, device);
    env.reset(0);
    env.step();
    env.step();
  }

  /** Answers well at first and then with this. */
  private static Env answering(float[] observation, double reward) {
    return new Counting() {
      int steps;

      @Override
      public Outcome step(float[] action) {
        return steps++ == 0
            ? new Outcome(new float[2], 0, false, false)
            : new Outcome(observation, reward, false, false);
      }
    };
  }

  @Test
  void discreteActionsOutsideTheirSpaceAreRefused() {
    var env = BatchedEnv.of(this::counting, 2, device);
    env.reset(0);
    env.action().write(0, 3);
    assertThatThrownBy(env::step)
        .hasMessage(
            "the action of Counting-v0, environment 1, column 0, is 3.0; Discrete(3) takes whole"
                + " numbers from 0 to 2");
    assertThat(made.get(0).at).as("nothing moved").isEqualTo(env.observation().get(0, 0));
  }

  @Test
  void boxActionsAreHandedOverAsTheyAre() {
    var seen = new ArrayList<Float>();
    var spec = EnvSpec.of("Boxed-v0", Space.Box.of(1), Space.Box.of(2, -1, 1));
    Supplier<Env> supplier =
        () ->
            new Env() {
              @Override
              public EnvSpec spec() {
                return spec;
              }

              @Override
              public float[] reset(long seed) {
                return new float[1];
              }

              @Override
              public Outcome step(float[] action) {
                seen.add(action[0]);
                seen.add(action[1]);
                return new Outcome(new float[1], 0, false, false);
              }
            };
    var env = BatchedEnv.of(supplier, 2, device);
    env.reset(0);
    env.action().write(0.5f, -7, 3, 1);
    env.step();
    assertThat(seen).containsExactly(0.5f, -7f, 3f, 1f);
    for (int t = 0; t < 1000; t++) {
      env.step();
    }
    assertThat(env.truncated().toArray()).as("no time limit").containsOnly(0);
  }

  /** Every state that there is, step by step: whichever worker, however many environments. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16, 37})
  void anyNumberOfWorkersIsTheSame(int n) {
    try (var two = Device.cpu(2);
        var three = Device.cpu(3)) {
      var expected = BatchedEnv.of(Counting::new, n, device);
      var others =
          List.of(BatchedEnv.of(Counting::new, n, two), BatchedEnv.of(Counting::new, n, three));
      expected.reset(5);
      others.forEach(env -> env.reset(5));
      for (int t = 0; t < 60; t++) {
        steps(expected, t, t + 1);
        var tensors = expected.state().tensors();
        for (var env : others) {
          steps(env, t, t + 1);
          env.state()
              .tensors()
              .forEach(
                  (name, tensor) ->
                      assertThat(tensor.toArray()).as(name).isEqualTo(tensors.get(name).toArray()));
        }
      }
    }
  }

  /** Not even an environment that waits until another is stepped, too, has to wait for ever. */
  @Test
  void workersStepTheirEnvironmentsAtTheSameTime() {
    var meeting = new CyclicBarrier(2);
    Supplier<Env> waiting =
        () ->
            new Counting() {
              @Override
              public Outcome step(float[] action) {
                try {
                  meeting.await(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                  throw new IllegalStateException("nobody came", e);
                }
                return super.step(action);
              }
            };
    try (var two = Device.cpu(2)) {
      var env = BatchedEnv.of(waiting, 2, two);
      env.reset(0);
      env.step();
      assertThat(env.reward().toArray()).isNotEmpty();
    }
  }

  /** Whichever fails first by the clock. */
  @Test
  void theFirstEnvironmentThatThrowsIsNamedForAnyNumberOfWorkers() {
    for (int workers : new int[] {1, 2, 3}) {
      try (var several = Device.cpu(workers)) {
        var made = new AtomicInteger();
        var env = BatchedEnv.of(() -> throwing(made.getAndIncrement()), 7, several);
        env.reset(0);
        env.step();
        for (int again = 0; again < 2; again++) {
          assertThatThrownBy(env::step)
              .as("%d workers", workers)
              .isInstanceOf(EnvException.class)
              .hasMessage(
                  "Counting-v0, environment 2, step 2: step threw"
                      + " java.lang.IllegalArgumentException: tired of 2")
              .hasRootCauseInstanceOf(IllegalArgumentException.class);
          env.reset(0);
          env.step();
        }
      }
    }
  }

  /** From environment 2 on the second step after a reset throws, at once in the last ones. */
  private static Env throwing(int i) {
    return new Counting() {
      int steps;

      @Override
      public float[] reset(long seed) {
        steps = 0;
        return super.reset(seed);
      }

      @Override
      public Outcome step(float[] action) {
        if (++steps == 2 && i >= 2) {
          long until = System.nanoTime() + (7 - i) * 1_000_000L;
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          throw new IllegalArgumentException("tired of " + i);
        }
        return super.step(action);
      }
    };
  }

  @Test
  void afterAStepThatFailedOnlyAResetHelps() {
    var number = new int[1];
    var env = BatchedEnv.of(() -> throwing(number[0]++), 3, device);
    env.reset(0);
    env.step();
    assertThatThrownBy(env::step).isInstanceOf(EnvException.class);
    assertThatThrownBy(env::step)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Counting-v0 failed in the midst of a step, which only some environments have taken;"
                + " call reset(seed) before it is stepped");
    env.reset(0);
    env.step();
  }

  @Test
  void aCloseThatThrowsIsNamedAndTheOthersAreClosed() {
    var number = new int[1];
    var env =
        BatchedEnv.of(
            () -> {
              int i = number[0]++;
              var user =
                  new Counting() {
                    @Override
                    public void close() {
                      super.close();
                      if (i == 1) {
                        throw new IllegalStateException("busy");
                      }
                    }
                  };
              made.add(user);
              return user;
            },
            3,
            device);
    assertThatThrownBy(env::close)
        .isInstanceOf(EnvException.class)
        .hasMessage(
            "Counting-v0, environment 1: close threw java.lang.IllegalStateException: busy");
    assertThat(made).hasSize(3).allMatch(e -> e.closed);
  }

  @Test
  void aResetThatThrowsIsNamedToo() {
    Supplier<Env> supplier =
        () ->
            new Counting() {
              @Override
              public float[] reset(long seed) {
                throw new UnsupportedOperationException("no");
              }
            };
    try (var two = Device.cpu(2)) {
      var env = BatchedEnv.of(supplier, 4, two);
      assertThatThrownBy(() -> env.reset(0))
          .hasMessage(
              "Counting-v0, environment 0, step 0: reset threw"
                  + " java.lang.UnsupportedOperationException: no");
    }
  }

  @Test
  void theFasterOfTwoCallsIsRunMostly() {
    var counts = new int[2];
    Call slow =
        () -> {
          counts[0]++;
          LockSupport.parkNanos(3_000_000);
        };
    Call fast = () -> counts[1]++;
    for (boolean slowFirst : new boolean[] {true, false}) {
      Arrays.fill(counts, 0);
      var faster = slowFirst ? new Faster(slow, fast) : new Faster(fast, slow);
      for (int k = 0; k < 1024; k++) {
        faster.run();
      }
      assertThat(counts).containsExactly(16, 1008);
    }
  }

  @Test
  void closingClosesEach() {
    var env = BatchedEnv.of(this::counting, 3, device);
    env.close();
    assertThat(made).hasSize(3).allMatch(e -> e.closed);
  }

  @Test
  void environmentsOfDifferentSpecsAreRefused() {
    var count = new int[1];
    Supplier<Env> changing =
        () -> {
          int size = ++count[0];
          return new Counting() {
            @Override
            public EnvSpec spec() {
              return EnvSpec.of("Counting-v0", Space.Box.of(size), new Space.Discrete(3));
            }
          };
        };
    assertThatThrownBy(() -> BatchedEnv.of(changing, 2, device))
        .hasMessageStartingWith("environment 1 of a batch differs from environment 0");
  }
}
