package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prioritised draws from a memory of transitions whose errors are known. */
class PrioritiesTest {
  private static final int BATCH = 60;
  private static final EnvSpec ENV =
      EnvSpec.of("Numbered-v0", Space.Box.of(1), Space.Box.of(1, -1, 1));
  private static final Map<String, String> SETTINGS =
      Map.of(
          "buffer_size", "8",
          "prioritized_replay", "true",
          "prioritized_replay_alpha", "0.5",
          "prioritized_replay_beta0", "0.5",
          "prioritized_replay_eps", "1");

  /** Their mean |δ| is twice that: p = 2 · reward + 1 is 1, 4, 9, 16, and p^α is 1, 2, 3, 4. */
  private static final float[] REWARDS = {0, -1.5f, 4, -7.5f};

  private final Device device = Device.cpu(1);
  private final ReplayMemory memory =
      new ReplayMemory(device, ENV, ReplayMemory.Config.of(Settings.of(SETTINGS)));
  private final RandomStream random = RandomStream.of(1);
  private final Tensor number = device.columns("number", BATCH, 1);
  private final Tensor weight = device.columns("weight", BATCH, 1);

  @AfterEach
  void close() {
    device.close();
  }

  private void add(int number, float reward) {
    memory.add(new float[] {number}, new float[1], reward, new float[1], false, false);
  }

  private void addAll() {
    for (int i = 0; i < REWARDS.length; i++) {
      add(i, REWARDS[i]);
    }
  }

  /** Learns from a batch by two critics, of which one is three times as wrong as the other. */
  private Plan update() {
    return device.record(
        step -> {
          var batch = memory.sample(random.stream("replay"), BATCH, 0.9f);
          step.assign(number, batch.obs());
          step.assign(weight, batch.weight().orElseThrow());
          memory.prioritize(step, List.of(batch.reward(), batch.reward().times(-3)));
        });
  }

  private float[] priorities() {
    var snapshot = new Snapshot();
    memory.save(snapshot);
    return snapshot.array("replay.priorities").values();
  }

  private static void assertClose(float[] actual, double... expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as("number %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void whatWasLearntFromHasItsErrorAndWhatIsNewTheGreatestSoFar() {
    addAll();
    assertClose(priorities(), 1, 1, 1, 1);
    memory.run(update());
    assertClose(priorities(), 1, 2, 3, 4);
    add(4, 0);
    assertClose(priorities(), 1, 2, 3, 4, 4);
    for (int i = 5; i < 10; i++) {
      add(i, 0); // two of them in place of the oldest
    }
    assertClose(priorities(), 4, 4, 3, 4, 4, 4, 4, 4);
  }

  @Test
  void drawsByPriority() {
    addAll();
    var update = update();
    memory.run(update);
    var counts = new int[REWARDS.length];
    int rounds = 500;
    for (int i = 0; i < rounds; i++) {
      memory.run(update);
      var before = counts.clone();
      for (var n : number.toArray()) {
        counts[(int) n]++;
      }
      for (int j = 0; j < counts.length; j++) {
        // one from each of sixty equal parts, of which the j-th has 6 (j + 1)
        assertThat(counts[j] - before[j]).isBetween(6 * (j + 1) - 1, 6 * (j + 1) + 1);
      }
    }
    for (int j = 0; j < counts.length; j++) {
      assertThat((double) counts[j] / (rounds * BATCH)).isCloseTo((j + 1) / 10.0, within(1e-3));
    }
  }

  /** (N P(i))^-β / max: 1 for the rarest, P = 1/10, and others by how much more likely they are. */
  @Test
  void weighsAgainstTheBiasMoreAndMore() {
    addAll();
    var update = update();
    memory.run(update);
    assertThat(weight.toArray()).containsOnly(1);
    assertWeights(update, 1, 1 / Math.sqrt(2), 1 / Math.sqrt(3), 0.5);
    memory.anneal(0.5); // β = 3/4
    assertWeights(update, 1, Math.pow(2, -0.75), Math.pow(3, -0.75), Math.pow(4, -0.75));
    memory.anneal(1);
    assertWeights(update, 1, 1.0 / 2, 1.0 / 3, 1.0 / 4);
  }

  private void assertWeights(Plan update, double... expected) {
    memory.run(update);
    for (int i = 0; i < BATCH; i++) {
      assertThat(weight.get(i, 0)).isCloseTo(expected[(int) number.get(i, 0)], within(1e-6));
    }
  }

  @Test
  void theWeightsWeighTheSquaredErrors() {
    addAll();
    var loss = device.scalar("loss", 0);
    var update =
        device.record(
            step -> {
              var batch = memory.sample(random.stream("replay"), BATCH, 0.9f);
              step.assign(number, batch.obs());
              var errors = List.of(batch.reward(), batch.reward().times(-3));
              memory.prioritize(step, errors);
              step.assign(loss, batch.squaredError(errors));
            });
    memory.run(update);
    memory.anneal(1);
    memory.run(update);
    double sum = 0;
    for (var n : number.toArray()) {
      sum += 10 * REWARDS[(int) n] * REWARDS[(int) n] / (n + 1);
    }
    assertThat(loss.get()).isCloseTo(sum / BATCH, within(1e-4));
  }

  @Test
  void mistakesAreSaid() {
    var update = update();
    assertThatThrownBy(() -> memory.run(update))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the replay memory is empty; add transitions first");
    assertThatThrownBy(this::update)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a prioritised replay memory is sampled in one place; make another memory");
    var untold = new ReplayMemory(device, ENV, ReplayMemory.Config.of(Settings.of(SETTINGS)));
    var plan =
        device.record(
            step -> step.assign(number, untold.sample(random.stream("a"), BATCH, 1).obs()));
    assertThatThrownBy(() -> untold.run(plan))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prioritize");
    assertThatThrownBy(
            () ->
                ReplayMemory.Config.of(
                    Settings.of(
                        Map.of("prioritized_replay", "true", "prioritized_replay_alpha", "1.5"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("prioritized_replay_alpha=1.5");
  }
}
