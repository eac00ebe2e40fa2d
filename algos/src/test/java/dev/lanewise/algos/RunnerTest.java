package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.NotFiniteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "total_timesteps", "50",
          "eval_freq", "10",
          "log_freq", "5",
          "save_freq", "20",
          "n_eval_episodes", "2");

  /** How a process ends when nobody asks it. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @TempDir private Path temporary;
  private Device device;

  @BeforeEach
  void open() {
    CountingEnv.register();
    device = Device.cpu(1);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Runner begin(String name, Map<String, String> more) throws IOException {
    var settings = new HashMap<>(SETTINGS);
    settings.putAll(more);
    var request = new RunRequest("stub", CountingEnv.ID, 3, settings, Map.of("command", "a test"));
    return Runner.begin(temporary.resolve(name), request, device, StubTraining::make);
  }

  private Runner resume(String name) throws IOException {
    return resume(name, OptionalLong.empty());
  }

  private Runner resume(String name, OptionalLong total) throws IOException {
    return Runner.resume(temporary.resolve(name), total, device, Optional.of(StubTraining::make));
  }

  /** Everything that must not depend on interruptions. */
  private record Result(
      Snapshot.Array last, Map<String, String> texts, Snapshot.Array best, List<List<String>> log) {
    static Result of(RunFolder folder) throws IOException {
      var last = Checkpoint.read(folder.last());
      var log = new ArrayList<List<String>>();
      for (var line : Files.readAllLines(folder.metrics())) {
        var cells = List.of(line.split(",", -1));
        log.add(List.of(cells.get(0), String.join(",", cells.subList(3, cells.size()))));
      }
      return new Result(
          last.snapshot().array("actor.0.weight"),
          last.snapshot().texts(),
          Checkpoint.read(folder.best()).snapshot().array("actor.0.weight"),
          log);
    }

    void assertSame(Result other, String how) {
      assertThat(last.values()).as(how).containsExactly(other.last.values());
      assertThat(texts).as(how).isEqualTo(other.texts);
      assertThat(best.values()).as(how).containsExactly(other.best.values());
      assertThat(log).as(how).isEqualTo(other.log);
    }
  }

  private Result uninterrupted() throws IOException {
    try (var runner = begin("whole", Map.of())) {
      assertThat(runner.run(new RunListener() {})).isTrue();
      return Result.of(runner.folder());
    }
  }

  @Test
  void evaluatesLogsAndSavesWhenDue() throws IOException {
    var saved = new ArrayList<Long>();
    var logged = new ArrayList<Long>();
    var evaluated = new ArrayList<Long>();
    try (var runner = begin("run", Map.of("total_timesteps", "46"))) {
      runner.run(
          new RunListener() {
            @Override
            public void saved(RunFolder folder) {
              saved.add(Checkpoint.read(folder.last()).step());
            }

            @Override
            public void logged(SequencedMap<String, Double> row) {
              logged.add(row.get("time/total_timesteps").longValue());
              if (!Double.isNaN(row.get("eval/mean_reward"))) {
                evaluated.add(logged.getLast());
              }
            }
          });
      assertThat(saved).containsExactly(20L, 40L, 46L);
      assertThat(logged).containsExactly(5L, 10L, 15L, 20L, 25L, 30L, 35L, 40L, 45L, 46L);
      assertThat(evaluated).containsExactly(10L, 20L, 30L, 40L, 46L);
      assertThat(runner.lastEvaluation()).isPresent();
    }
    assertThat(Files.readAllLines(temporary.resolve("run/metrics.csv")).getFirst())
        .isEqualTo(
            "time/total_timesteps,time/time_elapsed,time/fps,rollout/ep_rew_mean,"
                + "eval/mean_reward,eval/std_reward,eval/mean_ep_length");
  }

  @Test
  void stridesOverAMultipleCountOnce() throws IOException {
    try (var runner = begin("run", Map.of("n_envs", "7"))) {
      runner.run(new RunListener() {});
      assertThat(MetricsFile.read(runner.folder().metrics()).get("time/total_timesteps"))
          .containsExactly(7, 14, 21, 28, 35, 42, 49, 56);
      assertThat(MetricsFile.read(runner.folder().metrics()).get("eval/mean_reward"))
          .satisfies(
              rewards -> {
                for (int i = 0; i < 8; i++) {
                  boolean tensPassed = (7 * (i + 1)) / 10 > (7 * i) / 10;
                  assertThat(Double.isNaN(rewards[i])).isEqualTo(!tensPassed);
                }
              });
    }
  }

  @Test
  void theBestNetworksAreThoseOfTheBestEvaluation() throws IOException {
    try (var runner = begin("run", Map.of())) {
      runner.run(new RunListener() {});
      var log = MetricsFile.read(runner.folder().metrics());
      int best = 0;
      for (int i = 0; i < log.get("eval/mean_reward").length; i++) {
        if (log.get("eval/mean_reward")[i] > log.get("eval/mean_reward")[best]
            || Double.isNaN(log.get("eval/mean_reward")[best])) {
          best = i;
        }
      }
      var checkpoint = Checkpoint.read(runner.folder().best());
      assertThat(checkpoint.step()).isEqualTo((long) log.get("time/total_timesteps")[best]);
      assertThat(checkpoint.snapshot().array("actor.0.weight").values()[0])
          .isEqualTo((float) log.get("rollout/ep_rew_mean")[best]);
      assertThat((float) runner.progress().bestReward())
          .isEqualTo((float) log.get("eval/mean_reward")[best]);
      assertThat(checkpoint.snapshot().arrays().keySet())
          .containsExactlyInAnyOrder("actor.0.weight", "actor.0.bias");
    }
  }

  @Test
  void stoppedAnywhereAndResumedIsTheSame() throws IOException {
    var whole = uninterrupted();
    for (int step = 1; step <= 50; step += 3) {
      var name = "stopped" + step;
      long at = step;
      try (var runner = begin(name, Map.of())) {
        boolean finished =
            runner.run(
                new RunListener() {
                  @Override
                  public void advanced(Training training) {
                    if (training.steps() == at) {
                      runner.stop();
                    }
                  }
                });
        assertThat(finished).as(name).isFalse();
        assertThat(Checkpoint.read(runner.folder().last()).step()).isEqualTo(step);
      }
      try (var runner = resume(name)) {
        assertThat(runner.run(new RunListener() {})).isTrue();
        Result.of(runner.folder()).assertSame(whole, name);
      }
    }
  }

  @Test
  void stoppedBeforeItsFirstStepAndResumedIsTheSame() throws IOException {
    var whole = uninterrupted();
    try (var runner = begin("run", Map.of())) {
      runner.stop();
      assertThat(runner.run(new RunListener() {})).isFalse();
    }
    try (var runner = resume("run")) {
      runner.run(new RunListener() {});
      Result.of(runner.folder()).assertSame(whole, "from the beginning");
    }
  }

  @Test
  void killedAnywhereAndResumedIsTheSame() throws IOException {
    var whole = uninterrupted();
    for (int step = 1; step <= 50; step++) {
      var name = "killed" + step;
      long at = step;
      try (var runner = begin(name, Map.of())) {
        assertThatThrownBy(() -> runner.run(killedAt(at))).isInstanceOf(Killed.class);
      }
      try (var runner = resume(name)) {
        assertThat(runner.training().steps()).isEqualTo((step - (step % 5 == 0 ? 1 : 0)) / 20 * 20);
        runner.run(new RunListener() {});
        Result.of(runner.folder()).assertSame(whole, name);
      }
    }
  }

  /** After a row was logged, before a checkpoint. */
  private static RunListener killedAt(long step) {
    return new RunListener() {
      @Override
      public void logged(SequencedMap<String, Double> row) {
        if (row.get("time/total_timesteps") == step) {
          throw new Killed();
        }
      }

      @Override
      public void advanced(Training training) {
        if (training.steps() == step && step % 5 != 0) {
          throw new Killed();
        }
      }
    };
  }

  @Test
  void aFinishedRunStaysAsItIsAndCanBeExtended() throws IOException {
    var whole = uninterrupted();
    try (var runner = resume("whole")) {
      assertThat(runner.run(new RunListener() {})).isTrue();
      Result.of(runner.folder()).assertSame(whole, "resumed at its end");
    }
    try (var runner = resume("whole", OptionalLong.of(60))) {
      assertThat(runner.run(new RunListener() {})).isTrue();
      assertThat(runner.training().steps()).isEqualTo(60);
    }
    assertThat(temporary.resolve("whole/config.json"))
        .content()
        .contains("\"total_timesteps\": 60");
    try (var runner = resume("whole")) {
      assertThat(runner.settings().totalTimesteps()).isEqualTo(60);
    }
    assertThatThrownBy(() -> resume("whole", OptionalLong.of(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already at step 60");
  }

  @Test
  void notFiniteEndsItWithTheLastCheckpointIntact() throws IOException {
    try (var runner = begin("run", Map.of("nan_at", "33"))) {
      assertThatThrownBy(() -> runner.run(new RunListener() {}))
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("train/actor_loss");
      assertThat(runner.savedAt()).isEqualTo(20);
      assertThat(Checkpoint.read(runner.folder().last()).step()).isEqualTo(20);
    }
  }

  @Test
  void theConfigurationIsExact() throws IOException {
    begin("run", Map.of()).close();
    assertThat(temporary.resolve("run/config.json"))
        .content()
        .startsWith(
            """
            {
              "algo": "stub",
              "env": "Counting-v0",
              "seed": 3,
              "settings": {
                "total_timesteps": 50,
                "eval_freq": 10,
                "n_eval_episodes": 2,
                "log_freq": 5,
                "save_freq": 20,
                "n_envs": 1,
            """)
        .contains("\"command\": \"a test\"", "\"workers\": 1");
  }

  @Test
  void anotherConfigurationIsRefused() throws IOException {
    begin("run", Map.of()).close();
    var config = temporary.resolve("run/config.json");
    var before = Files.readString(config);
    Files.writeString(config, before.replace("\"seed\": 3", "\"seed\": 4"));
    assertThatThrownBy(() -> resume("run"))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(config.toString())
        .hasMessageContaining("stub on Counting-v0, seed 3");
    Files.delete(config);
    resume("run").close();
    assertThat(config).hasContent(before);
  }

  @Test
  void aBadRequestLeavesNoFolder() {
    assertThatThrownBy(() -> begin("run", Map.of("evalfreq", "5")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("did you mean eval_freq?");
    assertThatThrownBy(() -> begin("run", Map.of("eval_freq", "0")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("eval_freq=0");
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aLostLogBeginsAnewAndSaysSo() throws IOException {
    try (var runner = begin("run", Map.of("total_timesteps", "20"))) {
      runner.run(new RunListener() {});
    }
    Files.delete(temporary.resolve("run/metrics.csv"));
    var notices = new ArrayList<String>();
    try (var runner = resume("run", OptionalLong.of(30))) {
      runner.run(
          new RunListener() {
            @Override
            public void notice(String sentence) {
              notices.add(sentence);
            }
          });
    }
    assertThat(notices).hasSize(1).first().asString().contains("metrics.csv is gone");
  }

  @Test
  void twoRunnersDoNotShareAFolder() throws IOException {
    var running = begin("run", Map.of());
    assertThatThrownBy(() -> resume("run")).hasMessageContaining("another process");
    running.close();
    resume("run").close();
  }
}
