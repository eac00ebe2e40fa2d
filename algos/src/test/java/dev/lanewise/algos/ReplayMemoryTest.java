package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import org.junit.jupiter.api.Test;

class ReplayMemoryTest {
  private static final int OBS = 2000;
  private static final EnvSpec WIDE =
      EnvSpec.of("Wide-v0", Space.Box.of(OBS, -1e9f, 1e9f), Space.Box.of(1, -1, 1));

  private static void add(ReplayMemory memory, int number) {
    var obs = new float[OBS];
    var nextObs = new float[OBS];
    obs[OBS - 1] = number;
    nextObs[0] = -number;
    memory.add(obs, new float[] {0.5f}, number, nextObs, number % 2 == 0, number % 3 == 0);
  }

  private static float[] rewards(ReplayMemory memory, int seed) {
    var stream = RandomStream.of(seed).stream("sample");
    try (var sample =
        memory
            .device()
            .record(step -> step.report("sum", memory.sample(stream, 64).reward().sum()))) {
      var sums = new float[20];
      for (int i = 0; i < sums.length; i++) {
        sample.run();
        sums[i] = (float) sample.value("sum");
      }
      return sums;
    }
  }

  /** Its numbers are too many for one array of a checkpoint, and the oldest were overwritten. */
  @Test
  void isSavedWhole() {
    try (var device = Device.cpu(1)) {
      int capacity = (1 << 24) / (2 * OBS + 4) + 10;
      var memory = new ReplayMemory(device, WIDE, capacity);
      for (int i = 0; i < capacity + 7; i++) {
        add(memory, i);
      }
      var snapshot = new Snapshot();
      memory.save(snapshot);
      assertThat(snapshot.arrays()).hasSize(2);

      var restored = new ReplayMemory(device, WIDE, capacity);
      restored.load(snapshot);
      assertThat(restored.size()).isEqualTo(capacity);
      add(memory, -1);
      add(restored, -1);
      assertThat(rewards(restored, 1)).isEqualTo(rewards(memory, 1));

      var again = new Snapshot();
      restored.save(again);
      var expected = new Snapshot();
      memory.save(expected);
      assertThat(again.text("replay.next")).isEqualTo("8").isEqualTo(expected.text("replay.next"));
      for (var name : expected.arrays().keySet()) {
        assertThat(again.array(name).values()).isEqualTo(expected.array(name).values());
      }
    }
  }

  @Test
  void doesNotLoadMoreThanItHolds() {
    try (var device = Device.cpu(1)) {
      var memory = new ReplayMemory(device, WIDE, 5);
      for (int i = 0; i < 5; i++) {
        add(memory, i);
      }
      var snapshot = new Snapshot();
      memory.save(snapshot);
      assertThatThrownBy(() -> new ReplayMemory(device, WIDE, 4).load(snapshot))
          .isInstanceOf(SnapshotException.class)
          .hasMessage("the replay memory holds at most 4 transitions, but 5 were saved");
    }
  }
}
