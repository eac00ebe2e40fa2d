package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrappersTest {
  private static final String ID = "Pendulum-v1";

  @TempDir private Path folder;

  @Test
  void theSpecIsThatOfTheBatch() {
    try (var device = Device.cpu(1)) {
      for (var wrappers :
          new Wrappers[] {
            Wrappers.of(Settings.defaults()),
            new Wrappers(3, 0, 1, 1),
            new Wrappers(1, 50, 1, 0.5f),
            new Wrappers(2, 500, 4, 2)
          }) {
        var spec = wrappers.around(Environments.spec(ID));
        assertThat(wrappers.forTraining(ID, device, 2).spec()).isEqualTo(spec);
        assertThat(wrappers.forEvaluation(ID, device, 2).spec()).isEqualTo(spec);
      }
      assertThat(Wrappers.of(Settings.defaults()).around(Environments.spec(ID)))
          .isSameAs(Environments.spec(ID));
    }
  }

  /** Three frames of three numbers; two steps an action; rewards and ends as they should be. */
  @Test
  void trainingAndEvaluationSeeTheSame() {
    var wrappers = new Wrappers(2, 5, 3, 0.25f);
    try (var device = Device.cpu(1);
        var training = wrappers.forTraining(ID, device, 1);
        var evaluation = wrappers.forEvaluation(ID, device, 1);
        var raw = Environments.make(ID, device, 1)) {
      training.reset(4);
      evaluation.reset(4);
      raw.reset(4);
      for (int t = 1; t <= 5; t++) {
        training.action().fill(t - 3);
        evaluation.action().fill(t - 3);
        raw.action().fill(t - 3);
        training.step();
        evaluation.step();
        raw.step();
        double sum = raw.reward().get();
        raw.step();
        sum += raw.reward().get();
        assertThat(training.finalObservation().toArray())
            .hasSize(9)
            .isEqualTo(evaluation.finalObservation().toArray())
            .endsWith(raw.finalObservation().toArray());
        assertThat(evaluation.reward().get()).isEqualTo(sum, within(1e-5));
        assertThat(training.reward().get()).isEqualTo(0.25 * evaluation.reward().get());
        assertThat(training.truncated().get()).isEqualTo(t == 5 ? 1 : 0);
        assertThat(evaluation.truncated().get()).isEqualTo(t == 5 ? 1 : 0);
      }
      assertThat(training.endedReturn().get()).isEqualTo(evaluation.endedReturn().get());
    }
  }

  private static Map<String, String> settings(String algorithm) {
    var settings = new LinkedHashMap<String, String>();
    settings.putAll(
        Map.of(
            "total_timesteps", "128",
            "n_envs", "2",
            "net_arch", "8",
            "batch_size", "8",
            "n_eval_episodes", "3",
            "frame_stack", "2",
            "action_repeat", "3",
            "time_limit", "7",
            "reward_scale", "0.1"));
    settings.putAll(
        algorithm.equals("ppo")
            ? Map.of("n_steps", "32", "normalize", "true")
            : Map.of("learning_starts", "10", "buffer_size", "200"));
    return settings;
  }

  /** A run that stopped in between leaves the very files of one that did not. */
  @ParameterizedTest
  @ValueSource(strings = {"sac", "ppo"})
  void aRunWithAllOfThemIsResumedToTheBit(String algorithm) throws IOException {
    var request = new RunRequest(algorithm, ID, 1, settings(algorithm));
    try (var device = Device.cpu(1)) {
      try (var runner = Runner.begin(folder.resolve("a"), request, device)) {
        runner.run(new RunListener() {});
      }
      var stopped = folder.resolve("b");
      try (var runner = Runner.begin(stopped, request, device)) {
        runner.run(
            new RunListener() {
              @Override
              public void advanced(Training training) {
                if (training.steps() >= 64) {
                  runner.stop();
                }
              }
            });
        assertThat(runner.training().steps()).isEqualTo(64);
      }
      try (var runner = Runner.resume(stopped, OptionalLong.empty(), device)) {
        runner.run(new RunListener() {});
        assertThat(runner.training().steps()).isEqualTo(128);
      }
      var expected = arrays(folder.resolve("a"));
      var actual = arrays(stopped);
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      actual.forEach(
          (name, array) ->
              assertThat(array.values()).as(name).isEqualTo(expected.get(name).values()));
      try (var policy = TrainedPolicy.load(stopped.resolve("last.safetensors"), device)) {
        assertThat(policy.environment(1).spec().observationSpace().size()).isEqualTo(6);
        var evaluation = policy.evaluate(3, 1);
        assertThat(evaluation.meanEpLength()).as("of the environment's own steps").isEqualTo(21);
        assertThat(evaluation.meanReward()).as("not scaled").isLessThan(-2);
      }
    }
  }

  private static Map<String, Snapshot.Array> arrays(Path run) {
    return Checkpoint.read(run.resolve("last.safetensors")).snapshot().arrays();
  }

  @Test
  void impossibleOnesAreOneSentence() {
    assertThatThrownBy(() -> Wrappers.of(Settings.of(Map.of("frame_stack", "0"))))
        .isInstanceOf(SettingException.class)
        .hasMessage("frame_stack=0 is not a whole number from 1 to 1024");
    assertThatThrownBy(() -> Wrappers.of(Settings.of(Map.of("reward_scale", "-1"))))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("reward_scale=-1 is not a number from");
  }
}
