package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            .record(step -> step.report("sum", memory.sample(stream, 64, 1).reward().sum()))) {
      var sums = new float[20];
      for (int i = 0; i < sums.length; i++) {
        sample.run();
        sums[i] = (float) sample.value("sum");
      }
      return sums;
    }
  }

  /** Its numbers are too many for one piece of a checkpoint, and the oldest were overwritten. */
  @Test
  void isSavedWhole() {
    try (var device = Device.cpu(1)) {
      int capacity = (1 << 20) / (2 * OBS + 4) + 10;
      var memory = new ReplayMemory(device, WIDE, capacity);
      for (int i = 0; i < capacity + 7; i++) {
        add(memory, i);
      }
      var snapshot = new Snapshot();
      memory.save(snapshot);
      assertThat(snapshot.pieces()).hasSize(2);

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
      for (var name : expected.pieces().keySet()) {
        assertThat(again.array(name).values()).isEqualTo(expected.array(name).values());
      }
    }
  }

  /** The first rows of the pieces that have to be saved anew after so many more transitions. */
  private static List<String> changed(ReplayMemory memory, int added) {
    var after =
        savedAfter(
            memory,
            () -> {
              for (int i = 0; i < added; i++) {
                add(memory, i);
              }
            });
    return after.pieces().entrySet().stream()
        .filter(piece -> piece.getValue().array().isPresent())
        .map(piece -> piece.getKey().replace("replay.transitions.", ""))
        .toList();
  }

  /** What is saved where everything before the change is saved already. */
  private static Snapshot savedAfter(ReplayMemory memory, Runnable change) {
    var before = new Snapshot();
    memory.save(before);
    change.run();
    var kept = new TreeMap<String, String>();
    before.pieces().forEach((name, piece) -> kept.put(name, piece.version()));
    var after = new Snapshot(kept);
    memory.save(after);
    return after;
  }

  @Test
  void onlyPiecesThatChangedAreSavedAnew() {
    try (var device = Device.cpu(1)) {
      int rows = (1 << 20) / (2 * OBS + 4), capacity = 2 * rows + 10;
      String first = "0", second = "" + rows, third = "" + 2 * rows;
      var memory = new ReplayMemory(device, WIDE, capacity);
      assertThat(changed(memory, rows - 1)).containsExactly(first);
      assertThat(changed(memory, 0)).isEmpty();
      assertThat(changed(memory, 2)).containsExactly(first, second);
      assertThat(changed(memory, 1)).containsExactly(second);
      assertThat(changed(memory, rows)).containsExactly(second, third);
      assertThat(changed(memory, 8)).as("until it is full").containsExactly(third);
      assertThat(memory.size()).isEqualTo(capacity);
      assertThat(changed(memory, 0)).isEmpty();
      assertThat(changed(memory, 1)).containsExactly(first);
      assertThat(changed(memory, rows)).containsExactly(first, second);
      assertThat(changed(memory, capacity)).containsExactly(first, second, third);
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

  // --- several steps

  private static final EnvSpec SMALL =
      EnvSpec.of("Small-v0", Space.Box.of(1), Space.Box.of(1, -1, 1));
  private static final float GAMMA = 0.5f;

  private static ReplayMemory small(Device device, int capacity, int envs, int steps) {
    return new ReplayMemory(
        device, SMALL, new ReplayMemory.Config(capacity, envs, steps, Optional.empty()));
  }

  /** A transition from a number on to half a number more. */
  private static void add(
      ReplayMemory memory, float obs, float reward, boolean terminated, boolean truncated) {
    float[] next = {obs + 0.5f};
    memory.add(new float[] {obs}, new float[] {-obs}, reward, next, terminated, truncated);
  }

  /**
   * @param nextObs of the last step
   */
  private record Drawn(
      double reward, double nextObs, double terminated, double truncated, double discount) {}

  /** What is drawn, by the first observation: for each always the same. */
  private static Map<Double, Drawn> drawn(ReplayMemory memory) {
    var device = memory.device();
    var out = device.dense("drawn", 64, 7);
    var all = new TreeMap<Double, Drawn>();
    try (var plan =
        device.record(
            step -> {
              var batch = memory.sample(RandomStream.of(3).stream("replay"), 64, GAMMA);
              assertThat(batch.weight()).isEmpty();
              step.assign(
                  out,
                  Tensor.concat(
                      Axis.FEATURES,
                      batch.obs(),
                      batch.action(),
                      batch.reward(),
                      batch.nextObs(),
                      batch.terminated(),
                      batch.truncated(),
                      batch.discount()));
            })) {
      for (int i = 0; i < 10; i++) {
        memory.run(plan);
        for (int j = 0; j < 64; j++) {
          double obs = out.get(j, 0);
          assertThat(out.get(j, 1)).isEqualTo(-obs);
          var drawn =
              new Drawn(out.get(j, 2), out.get(j, 3), out.get(j, 4), out.get(j, 5), out.get(j, 6));
          assertThat(all.merge(obs, drawn, (a, _) -> a)).isEqualTo(drawn);
        }
      }
    }
    return all;
  }

  @Test
  void severalStepsEndWithTheEpisodeAndAtTheNewestTransition() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 10, 1, 3);
      add(memory, 0, 1, false, false);
      add(memory, 1, 2, false, false);
      add(memory, 2, 4, true, false);
      add(memory, 3, 8, false, false);
      add(memory, 4, 16, false, true);
      add(memory, 5, 32, false, false);
      add(memory, 6, 64, false, false);
      add(memory, 7, 128, false, false);
      add(memory, 8, 256, true, true);
      add(memory, 9, 512, false, false);
      assertThat(drawn(memory))
          .isEqualTo(
              Map.of(
                  0.0, new Drawn(1 + 2 * 0.5 + 4 * 0.25, 2.5, 1, 0, 0),
                  1.0, new Drawn(2 + 4 * 0.5, 2.5, 1, 0, 0),
                  2.0, new Drawn(4, 2.5, 1, 0, 0),
                  3.0, new Drawn(8 + 16 * 0.5, 4.5, 0, 1, 0.25),
                  4.0, new Drawn(16, 4.5, 0, 1, 0.5),
                  5.0, new Drawn(32 + 64 * 0.5 + 128 * 0.25, 7.5, 0, 0, 0.125),
                  6.0, new Drawn(64 + 128 * 0.5 + 256 * 0.25, 8.5, 1, 1, 0),
                  7.0, new Drawn(128 + 256 * 0.5, 8.5, 1, 1, 0),
                  8.0, new Drawn(256, 8.5, 1, 1, 0),
                  9.0, new Drawn(512, 9.5, 0, 0, 0.5)));
    }
  }

  /** The newest is followed by the oldest in memory, not in time. */
  @Test
  void severalStepsGoOnWithTheFirstRowAfterTheLast() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 5, 1, 3);
      for (int i = 0; i < 7; i++) {
        add(memory, i, 1 << i, false, false);
      }
      assertThat(drawn(memory))
          .isEqualTo(
              Map.of(
                  2.0, new Drawn(4 + 8 * 0.5 + 16 * 0.25, 4.5, 0, 0, 0.125),
                  3.0, new Drawn(8 + 16 * 0.5 + 32 * 0.25, 5.5, 0, 0, 0.125),
                  4.0, new Drawn(16 + 32 * 0.5 + 64 * 0.25, 6.5, 0, 0, 0.125),
                  5.0, new Drawn(32 + 64 * 0.5, 6.5, 0, 0, 0.25),
                  6.0, new Drawn(64, 6.5, 0, 0, 0.5)));
    }
  }

  /** In a memory where seven transitions of two environments never come out even. */
  @Test
  void severalStepsAreOfOneEnvironment() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 7, 2, 2);
      for (int t = 0; t < 4; t++) {
        add(memory, t, t + 1, false, false);
        add(memory, 10 + t, 100 * (t + 1), t == 1, false);
      }
      var expected =
          new TreeMap<>(
              Map.of(
                  10.0, new Drawn(100 + 200 * 0.5, 11.5, 1, 0, 0),
                  1.0, new Drawn(2 + 3 * 0.5, 2.5, 0, 0, 0.25),
                  11.0, new Drawn(200, 11.5, 1, 0, 0),
                  2.0, new Drawn(3 + 4 * 0.5, 3.5, 0, 0, 0.25),
                  12.0, new Drawn(300 + 400 * 0.5, 13.5, 0, 0, 0.25),
                  3.0, new Drawn(4, 3.5, 0, 0, 0.5),
                  13.0, new Drawn(400, 13.5, 0, 0, 0.5)));
      assertThat(drawn(memory)).isEqualTo(expected);

      add(memory, 4, 5, false, false); // and only one of them goes on
      expected.remove(10.0);
      expected.put(3.0, new Drawn(4 + 5 * 0.5, 4.5, 0, 0, 0.25));
      expected.put(4.0, new Drawn(5, 4.5, 0, 0, 0.5));
      assertThat(drawn(memory)).isEqualTo(expected);
    }
  }

  @Test
  void afterACutAnotherEpisodeBegins() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 7, 2, 3);
      for (int t = 0; t < 3; t++) {
        add(memory, t, t + 1, false, false);
        add(memory, 10 + t, 100 * (t + 1), false, false);
      }
      memory.cut();
      add(memory, 20, 7, false, false);
      assertThat(drawn(memory))
          .containsEntry(1.0, new Drawn(2 + 3 * 0.5, 2.5, 0, 1, 0.25))
          .containsEntry(2.0, new Drawn(3, 2.5, 0, 1, 0.5))
          .containsEntry(12.0, new Drawn(300, 12.5, 0, 1, 0.5))
          .containsEntry(20.0, new Drawn(7, 20.5, 0, 0, 0.5));
    }
  }

  @Test
  void aCutIsSavedThoughNothingWasAdded() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 7, 1, 3);
      add(memory, 0, 1, false, false);
      var after = savedAfter(memory, memory::cut);
      assertThat(after.pieces().values()).hasSize(1).allMatch(piece -> piece.array().isPresent());
      assertThat(after.array("replay.transitions.0").values()).endsWith(0, 1);
    }
  }

  @Test
  void oneStepIsWhatWasAdded() {
    try (var device = Device.cpu(1)) {
      var memory = small(device, 4, 1, 1);
      add(memory, 0, 1, false, false);
      add(memory, 1, 2, true, false);
      add(memory, 2, 4, false, true);
      assertThat(drawn(memory))
          .isEqualTo(
              Map.of(
                  0.0, new Drawn(1, 0.5, 0, 0, 0.5),
                  1.0, new Drawn(2, 1.5, 1, 0, 0),
                  2.0, new Drawn(4, 2.5, 0, 1, 0.5)));
    }
  }

  // --- many at once

  @ParameterizedTest
  @ValueSource(ints = {7, 3, 12})
  void storingAllAtOnceIsAddingOneByOne(int capacity) {
    int envs = 3;
    try (var device = Device.cpu(1)) {
      var stored = small(device, capacity, envs, 1);
      var added = small(device, capacity, envs, 1);
      var columns = device.columns("columns", envs, 6);
      var store =
          device.record(
              step ->
                  stored.store(
                      step,
                      columns.columns(0, 1),
                      columns.columns(1, 2),
                      columns.columns(2, 3),
                      columns.columns(3, 4),
                      columns.columns(4, 5),
                      columns.columns(5, 6)));
      for (int t = 0; t < 10; t++) {
        for (int i = 0; i < envs; i++) {
          float obs = 10 * t + i;
          columns.writeRow(i, obs, -obs, 0.1f * t, obs + 0.5f, t % 3 == i ? 1 : 0, t % 2);
          add(added, obs, 0.1f * t, t % 3 == i, t % 2 == 1);
        }
        store.run();
        stored.stored();
        var one = new Snapshot();
        stored.save(one);
        var other = new Snapshot();
        added.save(other);
        assertThat(one.texts()).isEqualTo(other.texts());
        assertThat(one.array("replay.transitions.0").values())
            .containsExactly(other.array("replay.transitions.0").values());
      }
    }
  }

  @Test
  void doesNotTakeMoreStepsAtOnceThanItHolds() {
    assertThatThrownBy(() -> new ReplayMemory.Config(11, 4, 3, Optional.empty()))
        .isInstanceOf(SettingException.class)
        .hasMessage("buffer_size=11 is too small for n_steps=3 of n_envs=4");
  }
}
