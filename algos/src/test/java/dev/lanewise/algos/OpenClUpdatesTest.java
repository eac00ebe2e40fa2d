package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import dev.lanewise.kernels.opencl.OpenClBackend;
import dev.lanewise.kernels.opencl.OpenClDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Updates on OpenCL are those of the processor, in few launches; without a device skipped. */
class OpenClUpdatesTest {
  private static final int UPDATES = 100;
  private static final EnvSpec ENV =
      EnvSpec.of("Cheetah-like-v0", Space.Box.of(17), Space.Box.of(6, -1, 1));

  /** Does one update and says what its losses were. */
  private interface Learner extends Supplier<List<Double>> {}

  private interface Algorithm {
    Learner on(Device device);
  }

  @BeforeEach
  void needsADevice() {
    OpenClDevices.missing()
        .ifPresent(
            missing -> {
              System.out.println("SKIPPED, no update was tested on OpenCL: " + missing);
              Assumptions.abort(missing);
            });
  }

  private static float[] gaussian(Random random, long size) {
    var values = new float[(int) size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** 2 × 256 units, batches of 256. */
  private static Learner sac(Device device) {
    var memory = new ReplayMemory(device, ENV, 1000);
    var random = new Random(1);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.add(
          gaussian(random, 17),
          gaussian(random, 6),
          random.nextGaussian(),
          gaussian(random, 17),
          i % 100 == 0,
          false);
    }
    var update =
        new Sac(Sac.Config.defaults(), ENV, memory, RandomStream.of(1)).updates().getFirst();
    return () -> {
      update.run();
      return update.reported().stream().map(update::value).toList();
    };
  }

  /** 2 × 64 units, minibatches of 64. */
  private static Learner ppo(Device device) {
    int steps = 16, envs = 4;
    var memory = new RolloutMemory(device, ENV, steps, envs);
    var config = Ppo.Config.of(Settings.of(Map.of("n_epochs", "1")));
    var ppo = new Ppo(config, ENV, memory, RandomStream.of(1));
    var obs = device.columns("obs", envs, 17);
    var reward = device.columns("reward", envs, 1);
    var zero = device.columns("zero", envs, 1);
    var random = new Random(1);
    try (var store =
            device.record(
                step -> {
                  var acted = ppo.act(step, obs, Optional.empty(), true);
                  memory.storeAction(step, obs, Optional.empty(), acted, ppo.value(obs));
                  memory.storeOutcome(step, reward, zero, zero);
                });
        var estimate = device.record(step -> memory.estimate(step, reward, 0.99f, 0.95f))) {
      for (int t = 0; t < steps; t++) {
        memory.at(t);
        obs.write(gaussian(random, obs.size()));
        reward.write(gaussian(random, envs));
        store.run();
      }
      estimate.run();
    }
    return () -> {
      ppo.learn(1);
      return ppo.update().reported().stream().map(ppo.update()::value).toList();
    };
  }

  private static List<List<Double>> losses(Device device, Algorithm algorithm) {
    var learner = algorithm.on(device);
    var losses = new ArrayList<List<Double>>();
    for (int i = 0; i < UPDATES; i++) {
      losses.add(learner.get());
    }
    return losses;
  }

  /** The largest number of launches that an update needed. */
  private static long launches(Device device, Algorithm algorithm) {
    var learner = algorithm.on(device);
    var backend = (OpenClBackend) device.backend();
    long most = 0;
    for (int i = 0; i < 3; i++) {
      long before = backend.launches();
      learner.get();
      most = Math.max(most, backend.launches() - before);
    }
    return most;
  }

  /** To 1e-4 of the largest that a loss is in these updates: some go through zero. */
  private static void agree(Algorithm algorithm) {
    try (var cpu = Device.cpu(1);
        var openCl = Device.openCl("")) {
      var expected = losses(cpu, algorithm);
      var actual = losses(openCl, algorithm);
      for (int j = 0; j < expected.getFirst().size(); j++) {
        int loss = j;
        double largest = expected.stream().mapToDouble(l -> Math.abs(l.get(loss))).max().orElse(0);
        for (int i = 0; i < UPDATES; i++) {
          assertThat(actual.get(i).get(j))
              .as("loss %d of update %d", j, i)
              .isCloseTo(expected.get(i).get(j), within(1e-4 * largest));
        }
      }
    }
  }

  @Test
  void sacIsThatOfTheProcessor() {
    agree(OpenClUpdatesTest::sac);
  }

  @Test
  void ppoIsThatOfTheProcessor() {
    agree(OpenClUpdatesTest::ppo);
  }

  @Test
  void takesFewLaunches() {
    try (var device = Device.openCl("")) {
      assertThat(launches(device, OpenClUpdatesTest::sac)).as("SAC").isBetween(1L, 25L);
      assertThat(launches(device, OpenClUpdatesTest::ppo)).as("PPO").isBetween(1L, 12L);
    }
  }
}
