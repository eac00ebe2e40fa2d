package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Environments around environments. */
class WrappersTest {
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

  /**
   * Observes (steps so far, last action); the reward is the action; environment i of a batch
   * terminates after i + 3 steps.
   */
  private static final class Counting implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of(
            "Counting-v0",
            new Space.Box(new float[] {0, -4}, new float[] {100, 4}),
            Space.Box.of(1, -4, 2));

    final int length;
    int steps;
    int stepsEver;
    float last;

    Counting(int length) {
      this.length = length;
    }

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      steps = 0;
      last = 0;
      return new float[] {0, 0};
    }

    @Override
    public Outcome step(float[] action) {
      steps++;
      stepsEver++;
      last = action[0];
      return new Outcome(new float[] {steps, last}, last, steps == length, false);
    }

    @Override
    public Optional<double[]> state() {
      return Optional.of(new double[] {steps, last});
    }

    @Override
    public void restore(double[] state) {
      steps = (int) state[0];
      last = (float) state[1];
    }
  }

  private final List<Counting> made = new ArrayList<>();

  private BatchedEnv counting(int n) {
    return counting(n, 3);
  }

  private BatchedEnv counting(int n, int shortest) {
    var index = new AtomicInteger(shortest);
    return BatchedEnv.of(
        () -> {
          made.add(new Counting(index.getAndIncrement()));
          return made.getLast();
        },
        n,
        device);
  }

  private static void step(BatchedEnv env, float... actions) {
    env.action().write(actions);
    env.step();
  }

  /** Poles fall at different times, so that some wait in almost every step. */
  @Test
  void whoWaitsIsTheSameForAnyBatchAndAnyNumberOfWorkers() {
    try (var two = Device.cpu(2)) {
      var few = new ActionRepeat(Environments.make("CartPole-v1", device, 7), 4);
      var many = new ActionRepeat(Environments.make("CartPole-v1", device, 2500), 4);
      var shared = new ActionRepeat(Environments.make("CartPole-v1", two, 2500), 4);
      var all = List.of(few, many, shared);
      all.forEach(env -> env.reset(8));
      int ends = 0;
      for (int t = 0; t < 60; t++) {
        for (var env : all) {
          for (int i = 0; i < env.size(); i++) {
            env.action().set(i, 0, (i * 31 + t * 17) % 5 / 3);
          }
          env.step();
          if (t == 20) {
            env.truncate(5);
          }
        }
        many.truncate(2400);
        shared.truncate(2400);
        ends += (int) device.evaluate(few.terminated().sum())[0];
        assertSame(many, shared, t);
        for (int i = 0; i < 7; i++) {
          assertThat(row(many.observation(), i)).containsExactly(row(few.observation(), i));
          assertThat(row(many.finalObservation(), i))
              .containsExactly(row(few.finalObservation(), i));
          assertThat(row(many.reward(), i)).containsExactly(row(few.reward(), i));
          assertThat(row(many.truncated(), i)).containsExactly(row(few.truncated(), i));
          assertThat(row(many.endedLength(), i)).containsExactly(row(few.endedLength(), i));
        }
        for (int i = 0; i < 2500; i++) {
          if (many.terminated().get(i, 0) != 0) {
            assertThat(many.observation().get(i, 2)).as("it waits").isBetween(-0.05, 0.05);
            double x = many.finalObservation().get(i, 0), theta = many.finalObservation().get(i, 2);
            assertThat(Math.abs(x) > 2.4 || Math.abs(theta) > 0.2094).isTrue();
          }
        }
      }
      assertThat(ends).isGreaterThan(20);
    }
  }

  // --- each by itself

  @Test
  void timeLimit() {
    var env = new TimeLimit(counting(3), 4);
    assertThat(env.spec().maxEpisodeSteps()).isEqualTo(4);
    env.reset(0);
    float[][] terminated = {{0, 0, 0}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 0}, {1, 0, 0}};
    float[][] truncated = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 1, 1}, {0, 0, 0}, {0, 0, 0}};
    float[][] observed = {{1, 1, 1}, {2, 2, 2}, {0, 3, 3}, {1, 0, 0}, {2, 1, 1}, {0, 2, 2}};
    float[][] finally_ = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {1, 4, 4}, {2, 1, 1}, {3, 2, 2}};
    for (int t = 0; t < 6; t++) {
      step(env, 1, 2, -3);
      assertThat(env.terminated().toArray()).as("step %d", t).containsExactly(terminated[t]);
      assertThat(env.truncated().toArray()).as("step %d", t).containsExactly(truncated[t]);
      for (int i = 0; i < 3; i++) {
        assertThat(env.observation().get(i, 0)).as("%d of step %d", i, t).isEqualTo(observed[t][i]);
        assertThat(env.finalObservation().get(i, 0)).isEqualTo(finally_[t][i]);
      }
    }
    assertThat(env.endedReturn().toArray()).containsExactly(3, 8, -12);
    assertThat(env.endedLength().toArray()).containsExactly(3, 4, 4);
  }

  @Test
  void aTimeLimitDoesNotLengthenEpisodes() {
    var env = new TimeLimit(Environments.make("Pendulum-v1", device, 2), 300);
    assertThat(env.spec().maxEpisodeSteps()).isEqualTo(200);
    assertThat(new TimeLimit(Environments.make("Pendulum-v1", device, 2), 7).spec())
        .isEqualTo(env.spec().withMaxEpisodeSteps(7));
  }

  @Test
  void truncatingFromOutsideIsPartOfTheStep() {
    var env = counting(2);
    assertThatThrownBy(() -> env.truncate(0))
        .hasMessage("Counting-v0 was truncated before its first episode; call reset(seed) first");
    env.reset(0);
    step(env, 1, 2);
    step(env, 1, 2);
    env.truncate(0);
    assertThat(env.truncated().toArray()).containsExactly(1, 0);
    assertThat(env.terminated().toArray()).containsExactly(0, 0);
    assertThat(env.observation().toArray()).containsExactly(0, 0, 2, 2);
    assertThat(env.finalObservation().toArray()).containsExactly(2, 1, 2, 2);
    assertThat(env.endedReturn().get(0, 0)).isEqualTo(2);
    assertThat(env.endedLength().get(0, 0)).isEqualTo(2);
    step(env, 1, 2);
    step(env, 1, 2);
    assertThat(env.terminated().toArray()).containsExactly(0, 1);
    env.truncate(1);
    assertThat(env.truncated().toArray()).containsExactly(0, 1);
    assertThat(env.terminated().toArray()).containsExactly(0, 1);
    assertThat(env.endedLength().get(1, 0)).isEqualTo(4);
  }

  @Test
  void rescaleAction() {
    var env = new RescaleAction(counting(3));
    assertThat(env.spec().actionSpace()).isEqualTo(Space.Box.of(1, -1, 1));
    env.reset(0);
    step(env, -1, 0.5f, 2);
    assertThat(env.reward().toArray()).containsExactly(-4, 0.5f, 5);
    var other = new RescaleAction(counting(2), Space.Box.of(1, 10, 12));
    other.reset(0);
    step(other, -1, 1);
    assertThat(other.reward().toArray()).containsExactly(10, 12);
  }

  @Test
  void scaleReward() {
    var env = new ScaleReward(counting(2), 0.5f);
    env.reset(0);
    for (int t = 0; t < 3; t++) {
      step(env, 3, -8);
      assertThat(env.reward().toArray()).containsExactly(1.5f, -4);
    }
    assertThat(env.endedReturn().get(0, 0)).as("as the environment has it").isEqualTo(9);
  }

  @Test
  void frameStack() {
    var env = new FrameStack(counting(2), 3);
    assertThat(env.spec().observationSpace().size()).isEqualTo(6);
    env.reset(0);
    assertThat(env.observation().toArray()).containsOnly(0);
    step(env, 1, 2);
    assertThat(row(env.observation(), 0)).containsExactly(0, 0, 0, 0, 1, 1);
    step(env, 3, 4);
    step(env, 5, 6);
    assertThat(env.terminated().toArray()).containsExactly(1, 0);
    assertThat(row(env.finalObservation(), 0)).containsExactly(1, 1, 2, 3, 3, 5);
    assertThat(row(env.observation(), 0)).containsOnly(0);
    assertThat(row(env.observation(), 1)).containsExactly(1, 2, 2, 4, 3, 6);
    assertThat(row(env.finalObservation(), 1)).containsExactly(1, 2, 2, 4, 3, 6);
    step(env, 7, 8);
    assertThat(row(env.observation(), 0)).containsExactly(0, 0, 0, 0, 1, 7);
    env.truncate(0);
    assertThat(row(env.observation(), 0)).containsOnly(0);
    assertThat(row(env.finalObservation(), 0)).containsExactly(0, 0, 0, 0, 1, 7);

    var single = new FrameStack(counting(2), 1);
    single.reset(0);
    step(single, 1, 2);
    assertThat(single.observation().toArray()).containsExactly(1, 1, 1, 2);
  }

  private static float[] row(Tensor tensor, int i) {
    var row = new float[tensor.columns()];
    tensor.readRow(i, row);
    return row;
  }

  /** Lengths 3, 4 and 5, four times each action: 0 ends after 3, 1 after all 4, 2 goes on. */
  @Test
  void actionRepeatWaitsWhereAnEpisodeEnded() {
    var env = new ActionRepeat(counting(3), 4);
    env.reset(0);
    step(env, 1, 2, -3);
    assertThat(env.reward().toArray()).containsExactly(3, 8, -12);
    assertThat(env.terminated().toArray()).containsExactly(1, 1, 0);
    assertThat(env.truncated().toArray()).containsOnly(0);
    assertThat(env.finalObservation().toArray()).containsExactly(3, 1, 4, 2, 4, -3);
    assertThat(env.observation().toArray()).containsExactly(0, 0, 0, 0, 4, -3);
    assertThat(env.endedLength().toArray()).containsExactly(3, 4, 0);
    assertThat(env.endedReturn().toArray()).containsExactly(3, 8, 0);
    assertThat(made).extracting(e -> e.stepsEver).containsExactly(3, 4, 4);
    step(env, 1, 2, -3);
    assertThat(env.reward().toArray()).containsExactly(3, 8, -3);
    assertThat(env.terminated().toArray()).containsExactly(1, 1, 1);
    assertThat(env.endedLength().toArray()).containsExactly(3, 4, 5);
    assertThat(env.endedReturn().toArray()).containsExactly(3, 8, -15);
    assertThat(made).extracting(e -> e.stepsEver).containsExactly(6, 8, 5);
    step(env, 1, 2, -3);
    assertThat(env.terminated().toArray()).containsExactly(1, 1, 0);
    assertThat(env.finalObservation().get(2, 0)).isEqualTo(4);
  }

  /** Nine times an action: an episode of 200 steps ends in the middle of the 23rd. */
  @Test
  void actionRepeatIsAsManySteps() {
    int n = 5;
    var env = new ActionRepeat(Environments.make("Pendulum-v1", device, n), 9);
    var plain = Environments.make("Pendulum-v1", device, n);
    env.reset(3);
    plain.reset(3);
    env.truncate(2);
    plain.truncate(2);
    env.action().write(1, -1, 0.5f, 2, 0);
    plain.action().write(1, -1, 0.5f, 2, 0);
    for (int t = 0; t < 22; t++) {
      env.step();
      for (int k = 0; k < 9; k++) {
        plain.step();
      }
      assertThat(env.observation().toArray()).isEqualTo(plain.observation().toArray());
    }
    double sum = 0;
    env.step();
    for (int k = 0; k < 2; k++) {
      plain.step();
      sum += plain.reward().get(0, 0);
    }
    assertThat(env.truncated().toArray()).containsOnly(1);
    assertThat(env.reward().get(0, 0)).isCloseTo(sum, within(1e-5));
    assertThat(env.finalObservation().toArray()).isEqualTo(plain.finalObservation().toArray());
    assertThat(env.observation().toArray()).isEqualTo(plain.observation().toArray());
    assertThat(env.physicalState(1).get("state")).isEqualTo(plain.physicalState(1).get("state"));
    assertThat(env.endedLength().toArray()).containsOnly(200);
    assertThat(env.endedReturn().toArray()).isEqualTo(plain.endedReturn().toArray());
    for (int t = 0; t < 22; t++) {
      env.step();
      for (int k = 0; k < 9; k++) {
        plain.step();
      }
      assertThat(env.observation().toArray()).isEqualTo(plain.observation().toArray());
      assertThat(env.truncated().toArray()).containsOnly(0);
    }
  }

  /** Against sums over all that was seen, in double. */
  @Test
  void normalizeObservation() {
    int n = 3;
    var plain = counting(n);
    var env = new NormalizeObservation(counting(n));
    assertThat(env.spec().observationSpace()).isEqualTo(Space.Box.of(2, -10, 10));
    plain.reset(0);
    env.reset(0);
    double count = 1e-4;
    double[] mean = {0, 0}, m2 = {1e-4, 1e-4};
    for (int t = 0; t < 300; t++) {
      float[] actions = {(float) Math.sin(t), 2, t % 7};
      if (t > 0) {
        step(plain, actions);
        step(env, actions);
      }
      if (t < 200) {
        for (int i = 0; i < n; i++) { // Welford's update (1962), one by one
          count++;
          for (int j = 0; j < 2; j++) {
            double delta = plain.observation().get(i, j) - mean[j];
            mean[j] += delta / count;
            m2[j] += delta * (plain.observation().get(i, j) - mean[j]);
          }
        }
      }
      env.setTraining(t < 199);
      assertThat(env.moments().count().get()).isCloseTo(count, within(1e-2));
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < 2; j++) {
          double deviation = Math.sqrt(m2[j] / count + 1e-8);
          assertThat(env.moments().mean().get(0, j)).isCloseTo(mean[j], within(1e-4));
          assertThat(env.observation().get(i, j))
              .as("observation %d of %d, step %d", j, i, t)
              .isCloseTo(
                  Math.clamp((plain.observation().get(i, j) - mean[j]) / deviation, -10, 10),
                  within(2e-4));
          assertThat(env.finalObservation().get(i, j))
              .isCloseTo(
                  Math.clamp((plain.finalObservation().get(i, j) - mean[j]) / deviation, -10, 10),
                  within(2e-4));
        }
      }
      assertThat(env.reward().toArray()).isEqualTo(plain.reward().toArray());
      assertThat(env.endedReturn().toArray()).isEqualTo(plain.endedReturn().toArray());
    }
  }

  @Test
  void normalisedObservationsAreHeldAtTen() {
    var env = new NormalizeObservation(counting(1, 1000));
    env.reset(0);
    env.setTraining(false);
    env.moments().variance().fill(1e-4);
    step(env, 1);
    assertThat(env.observation().toArray()).containsExactly(10, 10);
    step(env, -1);
    assertThat(env.observation().get(0, 1)).isEqualTo(-10);
  }

  @Test
  void momentsGoWithThePolicy() {
    var training = new NormalizeObservation(Environments.make("Pendulum-v1", device, 4));
    training.reset(1);
    for (int t = 0; t < 50; t++) {
      training.step();
    }
    var saved = new HashMap<String, float[]>();
    training.moments().tensors().forEach((name, tensor) -> saved.put(name, tensor.toArray()));
    assertThat(saved).containsOnlyKeys("mean", "var", "count");

    var evaluation =
        new NormalizeObservation(
            Environments.make("Pendulum-v1", device, 2), training.moments(), false);
    evaluation.reset(2);
    evaluation.step();
    assertThat(training.moments().count().get()).isEqualTo(saved.get("count")[0]);
    var raw = Environments.make("Pendulum-v1", device, 2);
    raw.reset(2);
    raw.step();
    var loaded = new RunningMoments(device, 3);
    loaded.set(training.moments());
    assertThat(device.evaluate(loaded.normalize(raw.observation())))
        .isEqualTo(evaluation.observation().toArray());
    assertThat(loaded.count().get()).isEqualTo(saved.get("count")[0]);
  }

  @Test
  void normalizeReward() {
    int n = 3;
    float gamma = 0.9f;
    var plain = counting(n);
    var env = new NormalizeReward(counting(n), gamma);
    plain.reset(0);
    env.reset(0);
    double count = 1e-4, mean = 0, m2 = 1e-4;
    var returns = new double[n];
    for (int t = 0; t < 100; t++) {
      float[] actions = {(float) Math.sin(t), 2, t % 7};
      step(plain, actions);
      step(env, actions);
      for (int i = 0; i < n; i++) {
        returns[i] = gamma * returns[i] + plain.reward().get(i, 0);
        count++;
        double delta = returns[i] - mean;
        mean += delta / count;
        m2 += delta * (returns[i] - mean);
      }
      for (int i = 0; i < n; i++) {
        assertThat(env.reward().get(i, 0))
            .as("reward of %d, step %d", i, t)
            .isCloseTo(
                Math.clamp(plain.reward().get(i, 0) / Math.sqrt(m2 / count + 1e-8), -10, 10),
                within(1e-4));
        if (plain.terminated().get(i, 0) != 0) {
          returns[i] = 0;
        }
      }
      assertThat(env.endedReturn().toArray()).isEqualTo(plain.endedReturn().toArray());
      assertThat(env.observation().toArray()).isEqualTo(plain.observation().toArray());
    }
    env.setTraining(false);
    double before = env.moments().count().get();
    step(env, 1, 1, 1);
    assertThat(env.moments().count().get()).isEqualTo(before);
  }

  // --- what holds for each

  static Stream<Function<BatchedEnv, BatchedEnv>> wrappers() {
    return Stream.of(
        env -> new TimeLimit(env, 37),
        NormalizeObservation::new,
        env -> new NormalizeReward(env, 0.99f),
        RescaleAction::new,
        env -> new ScaleReward(env, 0.1f),
        env -> new FrameStack(env, 4),
        env -> new ActionRepeat(env, 3),
        env -> new NormalizeObservation(new FrameStack(new TimeLimit(env, 9), 2)),
        env ->
            new NormalizeReward(
                new TimeLimit(new TimeLimit(new RescaleAction(new ActionRepeat(env, 2)), 50), 30),
                0.9f));
  }

  private BatchedEnv pendulums(Device where, int n) {
    return Environments.make("Pendulum-v1", where, n);
  }

  private static void steps(BatchedEnv env, int from, int to) {
    for (int t = from; t < to; t++) {
      for (int i = 0; i < env.size(); i++) {
        env.action().set(i, 0, Math.sin(0.7 * i + 0.3 * t));
      }
      env.step();
    }
  }

  private static List<float[]> columns(BatchedEnv env) {
    return Stream.of(
            env.observation(),
            env.finalObservation(),
            env.reward(),
            env.terminated(),
            env.truncated(),
            env.endedReturn(),
            env.endedLength())
        .map(Tensor::toArray)
        .toList();
  }

  private static void assertSame(BatchedEnv one, BatchedEnv two, int t) {
    var a = columns(one);
    var b = columns(two);
    for (int c = 0; c < a.size(); c++) {
      assertThat(b.get(c)).as("column %d before step %d", c, t).containsExactly(a.get(c));
    }
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void aResumedRunIsTheSameBitForBit(Function<BatchedEnv, BatchedEnv> wrapper) {
    var env = wrapper.apply(pendulums(device, 5));
    env.reset(77);
    steps(env, 0, 133);
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    var resumed = wrapper.apply(pendulums(device, 5));
    resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
    assertThat(resumed.restore(env.state().counters())).isTrue();
    for (int t = 133; t < 400; t++) {
      assertSame(env, resumed, t);
      steps(env, t, t + 1);
      steps(resumed, t, t + 1);
    }
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void theNumberOfWorkersDoesNotMatter(Function<BatchedEnv, BatchedEnv> wrapper) {
    try (var two = Device.cpu(2)) {
      var env = wrapper.apply(pendulums(device, 40));
      var other = wrapper.apply(pendulums(two, 40));
      env.reset(5);
      other.reset(5);
      for (int t = 0; t < 210; t++) {
        assertSame(env, other, t);
        steps(env, t, t + 1);
        steps(other, t, t + 1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void theReferenceAgrees(Function<BatchedEnv, BatchedEnv> wrapper) {
    try (var reference = Device.reference()) {
      var env = wrapper.apply(pendulums(device, 3));
      var other = wrapper.apply(pendulums(reference, 3));
      env.reset(5);
      other.reset(5);
      steps(env, 0, 25);
      steps(other, 0, 25);
      var a = columns(env);
      var b = columns(other);
      for (int c = 0; c < a.size(); c++) {
        for (int k = 0; k < a.get(c).length; k++) {
          float expected = b.get(c)[k];
          assertThat(a.get(c)[k])
              .isCloseTo(expected, within(1e-3f * Math.max(1, Math.abs(expected))));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void resettingBeginsAnew(Function<BatchedEnv, BatchedEnv> wrapper) {
    var env = wrapper.apply(pendulums(device, 3));
    env.reset(5);
    steps(env, 0, 30);
    env.reset(6);
    assertThat(env.observation().toArray()).isEqualTo(env.finalObservation().toArray());
    assertThat(env.reward().toArray()).containsOnly(0);
    assertThat(env.terminated().toArray()).containsOnly(0);
    assertThat(env.truncated().toArray()).containsOnly(0);
    assertThat(env.observation().columns()).isEqualTo(env.spec().observationSpace().size());
    assertThat(env.action().columns()).isEqualTo(env.spec().actionSpace().size());
    assertThat(env.size()).isEqualTo(3);
  }

  @Test
  void closingClosesTheEnvironmentInside() {
    var inside = pendulums(device, 2);
    var env = new NormalizeObservation(new FrameStack(inside, 2));
    env.reset(0);
    env.close();
    assertThatThrownBy(inside::step).hasMessage("Pendulum-v1 is closed; it cannot step");
    assertThatThrownBy(env::step).hasMessageContaining("closed");
  }

  /** An environment that does not keep its state begins anew, and what is around it too. */
  @Test
  void resumingWithoutAStateBeginsAnewEverywhere() {
    var spec = EnvSpec.of("Forgetful-v0", Space.Box.of(1), Space.Box.of(1));
    var env = new TimeLimit(new FrameStack(forgetful(spec), 3), 10);
    env.reset(1);
    env.action().fill(1);
    for (int t = 0; t < 7; t++) {
      env.step();
    }
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    var resumed = new TimeLimit(new FrameStack(forgetful(spec), 3), 10);
    resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
    assertThat(resumed.restore(env.state().counters())).isFalse();
    assertThat(resumed.observation().toArray()).containsExactly(5, 5, 5);
    for (int t = 1; t <= 10; t++) {
      resumed.step();
      assertThat(resumed.truncated().get()).as("step %d", t).isEqualTo(t == 10 ? 1 : 0);
    }
  }

  private BatchedEnv forgetful(EnvSpec spec) {
    return BatchedEnv.of(
        () ->
            new Env() {
              private float at;

              @Override
              public EnvSpec spec() {
                return spec;
              }

              @Override
              public float[] reset(long seed) {
                at = 5;
                return new float[] {at};
              }

              @Override
              public Outcome step(float[] action) {
                at += action[0];
                return new Outcome(new float[] {at}, 0, false, false);
              }
            },
        1,
        device);
  }

  // --- mistakes

  @Test
  void mistakesAreOneSentence() {
    var discrete = EnvSpec.of("Choice-v0", new Space.Discrete(3), new Space.Discrete(2));
    var choice = forgetful(discrete);
    assertThatThrownBy(() -> new NormalizeObservation(choice))
        .hasMessage("Choice-v0 observes Discrete(3), which moments of 1 numbers do not normalise");
    assertThatThrownBy(() -> new FrameStack(choice, 2))
        .hasMessage("Choice-v0 observes Discrete(3); only a Box can be stacked");
    assertThatThrownBy(() -> new RescaleAction(choice))
        .hasMessage(
            "the actions of Choice-v0 are Discrete(2); only those of a Box can be rescaled");
    var unbounded = forgetful(EnvSpec.of("Wide-v0", Space.Box.of(1), Space.Box.of(1)));
    assertThatThrownBy(() -> new RescaleAction(unbounded))
        .hasMessage(
            "the 1 actions of Wide-v0 cannot be rescaled to Box(-inf, inf, (1,), float32):"
                + " give 1 finite bounds");
    assertThatThrownBy(() -> new TimeLimit(unbounded, 0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new FrameStack(unbounded, 0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new ActionRepeat(unbounded, 0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new ScaleReward(unbounded, Float.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new NormalizeReward(unbounded, 1.1f)).hasMessageContaining("1.1");
    assertThatThrownBy(() -> new ActionRepeat(new ScaleReward(unbounded, 2), 2))
        .hasMessage(
            "ActionRepeat goes directly around Wide-v0, not around its ScaleReward;"
                + " put the others around it");
  }

  @Test
  void physicalStatesAreReadAndSet() {
    var env = new ScaleReward(pendulums(device, 2), 2);
    env.reset(0);
    env.setPhysicalState(1, java.util.Map.of("state", new double[] {0.5, -2}));
    var seen = new float[3];
    assertThat(env.physicalState(1).get("state")).containsExactly(0.5, -2);
    env.observation().readRow(1, seen);
    assertThat(seen)
        .containsExactly(
            new float[] {(float) Math.cos(0.5), (float) Math.sin(0.5), -2}, within(1e-6f));
    assertThatThrownBy(
            () -> env.setPhysicalState(1, java.util.Map.of("qpos", new double[] {0.5, -2})))
        .hasMessage("the physical state of Pendulum-v1 is made of [state], not of [qpos]");
    assertThatThrownBy(
            () -> env.setPhysicalState(1, java.util.Map.of("state", new double[] {Double.NaN, 0})))
        .hasMessage("state of Pendulum-v1 is 2 finite numbers, not [NaN, 0.0]");
    var user = counting(2);
    user.reset(0);
    user.setPhysicalState(0, java.util.Map.of("state", new double[] {2, 1}));
    step(user, 1, 1);
    assertThat(user.terminated().toArray()).containsExactly(1, 0);
    var silent = forgetful(EnvSpec.of("Silent-v0", Space.Box.of(1), Space.Box.of(1)));
    assertThatThrownBy(() -> silent.physicalState(0))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("Silent-v0: it does not tell its state; override Env.state and Env.restore");
  }
}
