package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.ActionRepeat;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.Philox;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch of simulations does as every batched environment does. */
class MujocoTest {
  private Device device;

  @BeforeAll
  static void installed() {
    Installed.assume(MujocoTest.class);
  }

  @BeforeEach
  void open() {
    device = Device.cpu(2);
  }

  @AfterEach
  void close() {
    device.verifyGuards();
    device.close();
  }

  static Stream<String> ids() {
    return Mujoco.TASKS.stream().map(task -> task.spec().id());
  }

  /** Actions that depend on the environment and the step alone, some out of bounds. */
  private static void act(BatchedEnv env, int t) {
    for (int i = 0; i < env.size(); i++) {
      for (int j = 0; j < env.action().columns(); j++) {
        double u = Philox.unit(Philox.word(17, i, (long) t * 32 + j, 0));
        env.action().set(i, j, 2.5 * (2 * u - 1));
      }
    }
  }

  private static void steps(BatchedEnv env, int from, int to) {
    for (int t = from; t < to; t++) {
      act(env, t);
      env.step();
    }
  }

  @Test
  void aRepeatedActionIsTheActionAsManyTimes() {
    try (var once = Environments.make("HalfCheetah-v5", device, 3);
        var repeated = new ActionRepeat(Environments.make("HalfCheetah-v5", device, 3), 3)) {
      once.reset(1);
      repeated.reset(1);
      for (int t = 0; t < 20; t++) {
        act(once, t);
        repeated.action().write(once.action().toArray());
        once.step();
        once.step();
        once.step();
        repeated.step();
        assertThat(repeated.observation().toArray()).isEqualTo(once.observation().toArray());
      }
    }
  }

  /** The first two thousand of them, episodes' ends included, on one worker too. */
  @ParameterizedTest
  @MethodSource("ids")
  void tenThousandRandomStepsStayFiniteAndAreTheSameOnOneWorkerAndOnTwo(String id) {
    try (var single = Device.cpu(1);
        var one = Environments.make(id, single, 10);
        var two = Environments.make(id, device, 10)) {
      one.reset(3);
      two.reset(3);
      for (int t = 0; t < 1000; t++) {
        steps(two, t, t + 1);
        var observation = two.observation().toArray();
        for (float x : observation) {
          assertThat(x).isFinite();
        }
        for (float x : two.reward().toArray()) {
          assertThat(x).isFinite();
        }
        if (t < 200) {
          steps(one, t, t + 1);
          assertThat(observation).as("step %d", t).isEqualTo(one.observation().toArray());
          assertThat(two.reward().toArray()).isEqualTo(one.reward().toArray());
          assertThat(two.finalObservation().toArray()).isEqualTo(one.finalObservation().toArray());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void anEnvironmentIsTheSameInABatchOfAnySize(String id) {
    try (var few = Environments.make(id, device, 1);
        var many = Environments.make(id, device, 4)) {
      few.reset(11);
      many.reset(11);
      for (int t = 0; t < 120; t++) {
        for (int j = 0; j < few.observation().columns(); j++) {
          assertThat(few.observation().get(0, j)).isEqualTo(many.observation().get(0, j));
        }
        assertThat(few.reward().get(0, 0)).isEqualTo(many.reward().get(0, 0));
        steps(few, t, t + 1);
        steps(many, t, t + 1);
      }
      assertThat(many.observation().get(1, 0)).isNotEqualTo(many.observation().get(0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void aResumedRunIsTheSameBitForBit(String id) {
    try (var env = Environments.make(id, device, 3);
        var resumed = Environments.make(id, device, 3)) {
      env.reset(77);
      steps(env, 0, 137);
      var values = new HashMap<String, float[]>();
      env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
      var counters = env.state().counters();
      resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
      resumed.restore(counters);
      for (int t = 137; t < 260; t++) {
        steps(env, t, t + 1);
        steps(resumed, t, t + 1);
        for (var name : values.keySet()) {
          assertThat(resumed.state().tensors().get(name).toArray())
              .as("%s after step %d", name, t)
              .isEqualTo(env.state().tensors().get(name).toArray());
        }
        assertThat(resumed.state().counters().get("simulation"))
            .isEqualTo(env.state().counters().get("simulation"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void aSeedIsARun(String id) {
    try (var env = Environments.make(id, device, 2)) {
      env.reset(5);
      steps(env, 0, 40);
      var once = env.observation().toArray();
      env.reset(6);
      steps(env, 0, 40);
      assertThat(env.observation().toArray()).isNotEqualTo(once);
      env.reset(5);
      steps(env, 0, 40);
      assertThat(env.observation().toArray()).isEqualTo(once);
    }
  }

  @Test
  void timeLimitsTruncateAndTheNextEpisodeBeginsWithinTheStep() {
    try (var env = Environments.make("Reacher-v5", device, 3)) {
      env.reset(1);
      for (int t = 1; t <= 100; t++) {
        steps(env, t, t + 1);
        for (int i = 0; i < 3; i++) {
          assertThat(env.truncated().get(i, 0)).as("step %d", t).isEqualTo(t % 50 == 0 ? 1 : 0);
          assertThat(env.terminated().get(i, 0)).isZero();
        }
        if (t % 50 == 0) {
          assertThat(env.endedLength().get(0, 0)).isEqualTo(50);
          assertThat(Math.abs(env.observation().get(0, 6))).as("speed").isLessThan(0.005);
          assertThat(Math.abs(env.finalObservation().get(0, 6))).isGreaterThan(0.005);
        } else {
          assertThat(env.observation().toArray()).isEqualTo(env.finalObservation().toArray());
        }
      }
    }
  }

  @Test
  void aHopperThatFallsTerminatesAndStandsUpAgain() {
    int ended = 0;
    try (var env = Environments.make("Hopper-v5", device, 4)) {
      env.reset(1);
      for (int t = 0; t < 200; t++) {
        steps(env, t, t + 1);
        for (int i = 0; i < 4; i++) {
          double height = env.finalObservation().get(i, 0),
              angle = env.finalObservation().get(i, 1);
          boolean fallen = !(height > 0.7 && Math.abs(angle) < 0.2);
          assertThat(env.terminated().get(i, 0)).isEqualTo(fallen ? 1 : 0);
          if (fallen) {
            ended++;
            assertThat(env.observation().get(i, 0)).isCloseTo(1.25, within(0.0051));
            assertThat(env.endedLength().get(i, 0)).isBetween(2.0, 200.0);
            assertThat(env.truncated().get(i, 0)).isZero();
          }
        }
      }
    }
    assertThat(ended).isGreaterThan(8);
  }

  @Test
  void resetNoiseIsAsSpecified() {
    int n = 400;
    try (var env = Environments.make("HalfCheetah-v5", device, n)) {
      env.reset(2);
      double lowest = 9, highest = -9, squares = 0;
      for (int i = 0; i < n; i++) {
        lowest = Math.min(lowest, env.observation().get(i, 2));
        highest = Math.max(highest, env.observation().get(i, 2));
        squares += Math.pow(env.observation().get(i, 8), 2);
      }
      assertThat(lowest).isBetween(-0.1, -0.098);
      assertThat(highest).isBetween(0.098, 0.1);
      // five standard deviations of a variance of n: σ² √(2 / n)
      assertThat(squares / n).isCloseTo(0.01, within(5 * 0.01 * Math.sqrt(2.0 / n)));
    }
  }

  /** Compiled code comes in stages; five rounds in a row without a byte are the steady state. */
  @ParameterizedTest
  @ValueSource(strings = {"HalfCheetah-v5", "Hopper-v5"})
  void aStepAllocatesNothing(String id) {
    try (var env = Environments.make(id, device, 8)) {
      env.reset(0);
      env.action().fill(0.5);
      var steppers = steppers();
      assertThat(steppers).isNotEmpty();
      long asked = 0;
      long giveUp = System.nanoTime() + 30_000_000_000L;
      for (int quiet = 0; quiet < 5 && System.nanoTime() < giveUp; ) {
        asked = bytesOfSteps(env, steppers);
        quiet = asked == 0 ? quiet + 1 : 0;
      }
      assertThat(asked).as("bytes in 300 steps").isZero();
    }
  }

  /** By the calling thread and by those that step; asking about others allocates. */
  private static long bytesOfSteps(BatchedEnv env, long[] steppers) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long others = allocated(threads, steppers);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int t = 0; t < 300; t++) {
      env.step();
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    return bytes + allocated(threads, steppers) - others;
  }

  private static long allocated(com.sun.management.ThreadMXBean threads, long[] ids) {
    long bytes = 0;
    for (long id : ids) {
      bytes += threads.getThreadAllocatedBytes(id);
    }
    return bytes;
  }

  private static long[] steppers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lanewise-mujoco"))
        .mapToLong(Thread::threadId)
        .toArray();
  }
}
