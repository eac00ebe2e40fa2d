package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Learning on probe environments, determinism, resuming, allocation. */
class SacTest {
  private static final Map<String, String> SMALL =
      Map.of("net_arch", "64,64", "batch_size", "64", "buffer_size", "10000");

  private static List<float[]> weights(Training training) {
    return training.networks().stream().map(block -> block.flat().toArray()).toList();
  }

  private static void assertSame(List<float[]> a, List<float[]> b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i)).containsExactly(b.get(i));
    }
  }

  private static Training pendulum(Device device, long seed) {
    return Algorithms.make(
        "sac", Settings.of(SMALL), Environments.spec("Pendulum-v1"), device, seed);
  }

  private static List<float[]> trained(int workers, long seed, int steps) {
    try (var device = Device.cpu(workers);
        var training = pendulum(device, seed)) {
      while (training.steps() < steps) {
        training.advance();
      }
      return weights(training);
    }
  }

  @Test
  void theSameSeedIsTheSameRunForAnyNumberOfWorkers() {
    var one = trained(1, 7, 400);
    assertSame(trained(1, 7, 400), one);
    assertSame(trained(2, 7, 400), one);
    assertSame(trained(3, 7, 400), one);
    assertThat(trained(1, 8, 400).getFirst()).isNotEqualTo(one.getFirst());
  }

  @Test
  void aResumedRunIsTheUninterruptedRun() {
    var whole = trained(1, 7, 450);
    var snapshot = new Snapshot();
    try (var device = Device.cpu(2);
        var training = pendulum(device, 7)) {
      while (training.steps() < 230) { // amid an episode
        training.advance();
      }
      training.save(snapshot);
      training.advance(); // must not matter
    }
    try (var device = Device.cpu(1);
        var training = pendulum(device, 7)) {
      training.load(snapshot);
      while (training.steps() < 450) {
        training.advance();
      }
      assertSame(weights(training), whole);
    }
  }

  /** One step, and what to do is seen: the reward is -(action - observation)². */
  private static final class Identity implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of("Identity-v0", Space.Box.of(1, -1, 1), Space.Box.of(1, -2, 2));
    private final float[] observation = new float[1];

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      observation[0] = (float) new java.util.SplittableRandom(seed).nextDouble(-1, 1);
      return observation;
    }

    @Override
    public Outcome step(float[] action) {
      double error = action[0] - observation[0];
      return new Outcome(observation, -error * error, true, false);
    }
  }

  /** Reward 1 at every step, cut off after five: only bootstrapping sees the future. */
  private static final class Truncated implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of("Truncated-v0", Space.Box.of(1, -1, 1), Space.Box.of(1, -1, 1), 5);

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      return new float[] {1};
    }

    @Override
    public Outcome step(float[] action) {
      return new Outcome(new float[] {1}, 1, false, false);
    }
  }

  static {
    Environments.register(Identity.SPEC, (device, n) -> BatchedEnv.of(Identity::new, n, device));
    Environments.register(Truncated.SPEC, (device, n) -> BatchedEnv.of(Truncated::new, n, device));
  }

  @Test
  void learnsToDoWhatItSees() {
    var settings =
        Settings.of(
            Map.of(
                "net_arch",
                "32,32",
                "batch_size",
                "64",
                "learning_rate",
                "3e-3",
                "buffer_size",
                "10000"));
    try (var device = Device.cpu(1);
        var training = Algorithms.make("sac", settings, Identity.SPEC, device, 1)) {
      while (training.steps() < 2500) {
        training.advance();
      }
      var observation = device.columns("observation", 5, 1);
      observation.write(-0.8f, -0.4f, 0, 0.4f, 0.8f);
      var action = device.columns("action", 5, 1);
      training.policy(observation, action).run();
      for (int i = 0; i < 5; i++) {
        assertThat(action.get(i, 0)).isCloseTo(observation.get(i, 0), within(0.15));
      }
    }
  }

  @Test
  void bootstrapsWhereAnEpisodeIsTruncated() {
    var env = Truncated.SPEC;
    try (var device = Device.cpu(1);
        var batch = Environments.make(env.id(), device, 1)) {
      var memory = new ReplayMemory(device, env, 1000);
      var settings =
          Settings.of(
              Map.of(
                  "net_arch",
                  "16",
                  "gamma",
                  "0.8",
                  "learning_rate",
                  "1e-2",
                  "tau",
                  "0.05",
                  "ent_coef",
                  "0",
                  "batch_size",
                  "64"));
      var sac = new Sac(Sac.Config.of(settings), env, memory, RandomStream.of(1));
      batch.reset(1);
      var random = new java.util.Random(1);
      for (int i = 0; i < 500; i++) {
        float action = random.nextFloat() * 2 - 1;
        batch.action().fill(action);
        batch.step();
        memory.add(
            new float[] {1},
            new float[] {action},
            batch.reward().get(0, 0),
            new float[] {(float) batch.finalObservation().get(0, 0)},
            batch.terminated().get(0, 0) != 0,
            batch.truncated().get(0, 0) != 0);
      }
      for (int i = 0; i < 1500; i++) {
        sac.update(i + 1);
      }
      // 1 + γ + γ² + ... = 5, where a truncation taken for an end would give at most 3.36.
      assertThat(-sac.updates().getFirst().value("train/actor_loss")).isCloseTo(5, within(0.4));
    }
  }

  @Test
  void anUpdateAllocatesNothing() {
    try (var device = Device.cpu(1);
        var training = pendulum(device, 1)) {
      while (training.steps() < 120) {
        training.advance();
      }
      var memory = new ReplayMemory(device, Environments.spec("Pendulum-v1"), 1000);
      for (int i = 0; i < 1000; i++) {
        memory.add(new float[3], new float[1], i, new float[3], false, false);
      }
      var update =
          new Sac(
                  Sac.Config.of(Settings.of(SMALL)),
                  Environments.spec("Pendulum-v1"),
                  memory,
                  RandomStream.of(1))
              .updates()
              .getFirst();
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long start = System.nanoTime(), allocated = Long.MAX_VALUE;
      while (allocated > 0 && System.nanoTime() - start < 60_000_000_000L) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 500; i++) {
          update.run();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).isZero();
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    try (var device = Device.cpu(1)) {
      var buttons = new Space.MultiDiscrete(new int[] {3});
      var discrete = EnvSpec.of("Buttons-v0", Space.Box.of(2, -1, 1), buttons);
      assertThatThrownBy(() -> Algorithms.make("sac", Settings.defaults(), discrete, device, 1))
          .hasMessageContaining("Buttons-v0")
          .hasMessageContaining("MultiDiscrete([3])")
          .hasMessageContaining("continuous");
      assertThatThrownBy(() -> Algorithms.make("sacc", Settings.defaults(), discrete, device, 1))
          .hasMessageContaining("sac");
      var names = new ArrayList<String>();
      for (var wrong :
          List.of("gamma=2", "batch_size=0", "batch_size=1.5", "net_arch=a", "ent_coef=none")) {
        var pair = wrong.split("=");
        assertThatThrownBy(() -> Sac.Config.of(Settings.of(Map.of(pair[0], pair[1]))))
            .isInstanceOf(SettingException.class)
            .hasMessageContaining(wrong);
        names.add(pair[0]);
      }
      assertThat(names).hasSize(5);
    }
  }
}
