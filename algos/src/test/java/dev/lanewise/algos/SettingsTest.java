package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  /** What is said about settings, given as name=value. */
  private static List<String> notices(String algorithm, String env, String... given) {
    var settings = new LinkedHashMap<>(Map.of("buffer_size", "1000"));
    if (algorithm.equals("ppo")) {
      settings.clear();
    }
    for (var pair : given) {
      settings.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    var request = new RunRequest(algorithm, env, 1, settings, new LinkedHashMap<>());
    var notices = new ArrayList<String>();
    try (var device = Device.cpu(1)) {
      Runner.config(request, device, notices::add);
    }
    return notices;
  }

  @Test
  void whatPpoDoesNotUseIsTold() {
    assertThat(notices("ppo", "Pendulum-v1", "kl_coef=0.3", "kl_target=2e-2", "sde_sample_freq=4"))
        .containsExactlyInAnyOrder(
            "kl_coef=0.3 has no effect with objective=clip",
            "kl_target=0.02 has no effect with objective=clip",
            "sde_sample_freq=4 has no effect with use_sde=false");
    assertThat(notices("ppo", "Pendulum-v1", "objective=kl", "kl_coef=0.3", "kl_target=2e-2"))
        .containsExactly("kl_target=0.02 has no effect with objective=kl");
    assertThat(
            notices("ppo", "Pendulum-v1", "objective=adaptive_kl", "kl_coef=3", "kl_target=2e-2"))
        .isEmpty();
    assertThat(notices("ppo", "Pendulum-v1", "norm_obs=false"))
        .containsExactly("norm_obs=false has no effect with normalize=false");
    assertThat(notices("ppo", "CartPole-v1", "time_limit=500"))
        .containsExactly("time_limit=500 has no effect with CartPole-v1's own limit of 500");
    assertThat(notices("ppo", "CartPole-v1", "time_limit=499")).isEmpty();
    assertThat(notices("ppo", "CartPole-v1", "log_std_init=-1"))
        .containsExactly("log_std_init=-1.0 has no effect with actions that are no Box");
  }

  @Test
  void whatAnAlgorithmWithAReplayMemoryDoesNotUseIsTold() {
    var entropy = new String[] {"ent_coef=0.1", "target_entropy=-2"};
    assertThat(notices("sac", "Pendulum-v1", entropy))
        .containsExactly("target_entropy=-2.0 has no effect with a fixed ent_coef");
    assertThat(notices("sac", "Pendulum-v1", "target_entropy=-2")).isEmpty();
    assertThat(notices("sac", "Pendulum-v1", "noise_std=0.2", "log_std_init=-2"))
        .containsExactlyInAnyOrder(
            "noise_std=0.2 has no effect with noise_type=none",
            "log_std_init=-2.0 has no effect with use_sde=false");
    assertThat(notices("sac", "Pendulum-v1", "use_sde=true", "log_std_init=-2")).isEmpty();
    assertThat(notices("td3", "Pendulum-v1", "noise_std=0.2")).isEmpty();
    assertThat(notices("td3", "Pendulum-v1", "prioritized_replay_alpha=0.5"))
        .containsExactly(
            "prioritized_replay_alpha=0.5 has no effect with prioritized_replay=false");
    assertThat(
            notices(
                "td3", "Pendulum-v1", "prioritized_replay=true", "prioritized_replay_alpha=0.5"))
        .isEmpty();
  }

  @Test
  void whatCannotBeAsItIsSaidIsTold() {
    assertThat(notices("ppo", "Pendulum-v1", "batch_size=999", "n_steps=64", "n_envs=4"))
        .containsExactly(
            "batch_size=999 is more than the 256 samples of n_steps=64 and n_envs=4; all of them"
                + " are a batch");
    assertThat(notices("td3", "Pendulum-v1", "total_timesteps=500", "learning_starts=500"))
        .containsExactly(
            "nothing is learnt: learning_starts=500, and the run ends at total_timesteps=500");
  }

  @ParameterizedTest
  @CsvSource({
    "sac, ent_coef, auto_x, 'auto, auto_NUMBER or a number from 1.0E-6 to 1000000'",
    "sac, ent_coef, auto0.1, 'auto, auto_NUMBER or a number from 0 to 1000000'",
    "sac, ent_coef, auto_0, 'auto, auto_NUMBER or a number from 1.0E-6 to 1000000'",
    "sac, ent_coef, none, 'auto, auto_NUMBER or a number from 0 to 1000000'",
    "ppo, clip_range_vf, auto, 'none, a number or lin_NUMBER, from 0 to 1000000'",
    "ppo, target_kl, None, none or a number from 0 to 1000000",
    "ppo, clip_range, lin_x, 'a number or lin_NUMBER, from 0 to 1000000'",
    "ppo, gamma, 2, a number from 0 to 1"
  })
  void aWrongNumberIsToldWhatItCouldBe(
      String algorithm, String name, String value, String expected) {
    assertThatThrownBy(() -> notices(algorithm, "Pendulum-v1", name + "=" + value))
        .isInstanceOf(SettingException.class)
        .hasMessage("%s=%s is not %s".formatted(name, value, expected));
  }

  @ParameterizedTest
  @CsvSource({
    "auto, 1, true, auto",
    "auto_1, 1, true, auto",
    "auto_0.1, 0.1, true, auto_0.1",
    "1e-1, 0.1, false, 0.1",
    "0, 0, false, 0.0"
  })
  void aCoefficientIsFixedOrLearned(String text, float value, boolean learned, String used) {
    var settings = Settings.of(Map.of("ent_coef", text));
    assertThat(settings.coefficient("ent_coef", 10))
        .isEqualTo(new Settings.Coefficient(value, learned));
    assertThat(settings.used()).containsExactly(Map.entry("ent_coef", used));
  }

  @Test
  void aTemperatureBeginsWhereItIsTold() {
    var settings = Settings.of(Map.of("ent_coef", "auto_0.1", "net_arch", "4"));
    var fixed = Settings.of(Map.of("ent_coef", "0.1", "net_arch", "4"));
    var spec = Environments.spec("Pendulum-v1");
    try (var device = Device.cpu(1);
        var learned = Algorithms.make("sac", settings, spec, device, 1);
        var other = Algorithms.make("sac", fixed, spec, device, 1)) {
      assertThat(learned.networks().getLast().get("log_alpha").get())
          .isCloseTo(Math.log(0.1), within(1e-6));
      while (learned.steps() <= 110) {
        learned.advance();
        other.advance();
      }
      assertThat(learned.metrics().get("train/ent_coef")).isBetween(0.09, 0.11).isNotEqualTo(0.1);
      assertThat(learned.metrics()).containsKey("train/ent_coef_loss");
      assertThat(other.metrics().get("train/ent_coef")).isCloseTo(0.1, within(1e-7));
      assertThat(other.metrics()).doesNotContainKey("train/ent_coef_loss");
    }
  }

  @Test
  void theDefaultsOfSacAndPpoAreThePapers() {
    assertThat(ofPaper("sac", "haarnoja2018")).isEqualTo(ofPaper("sac", "none"));
    assertThat(ofPaper("ppo", "schulman2017")).isEqualTo(ofPaper("ppo", "none"));
    assertThat(ofPaper("ddpg", "lillicrap2016"))
        .containsEntry("tau", "0.001")
        .containsEntry("actor_learning_rate", "1.0E-4")
        .isNotEqualTo(ofPaper("ddpg", "none"));
    assertThat(ofPaper("td3", "fujimoto2018")).containsEntry("batch_size", "100");
  }

  /** All hyperparameters in force with one of the presets by name. */
  private static Map<String, String> ofPaper(String algorithm, String preset) {
    var settings = Algorithms.namedPreset(algorithm, preset);
    var request = new RunRequest(algorithm, "Pendulum-v1", 1, settings, new LinkedHashMap<>());
    var notices = new ArrayList<String>();
    try (var device = Device.cpu(1)) {
      var config = Runner.config(request, device, notices::add);
      assertThat(notices).isEmpty();
      return config.settings();
    }
  }

  @Test
  void presetsByNameAreOfAnAlgorithm() {
    assertThat(Algorithms.presets("ddpg"))
        .containsExactlyInAnyOrder("lillicrap2016", "fujimoto2018", "none");
    assertThatThrownBy(() -> Algorithms.namedPreset("ppo", "shulman2017"))
        .hasMessage("unknown preset of ppo 'shulman2017'; did you mean schulman2017?");
    assertThatThrownBy(() -> Algorithms.namedPreset("td3", "Pendulum-v1"))
        .hasMessage("unknown preset of td3 'Pendulum-v1'; there is fujimoto2018, none");
  }

  /** However they are written; and a run that is replayed gives them all. */
  @Test
  void defaultsAndPresetsAreNotSpokenOf() {
    assertThat(notices("ppo", "Pendulum-v1", "kl_coef=1", "kl_target=1e-2")).isEmpty();
    assertThat(notices("sac", "Pendulum-v1", "target_entropy=auto", "noise_std=.1")).isEmpty();
    for (var algorithm : Algorithms.names()) {
      for (var env : List.of("Pendulum-v1", "CartPole-v1", "MountainCarContinuous-v0")) {
        var preset =
            Algorithms.preset(algorithm, env).entrySet().stream()
                .map(Map.Entry::toString)
                .toArray(String[]::new);
        if (preset.length > 0) {
          assertThat(notices(algorithm, env, preset)).isEmpty();
        }
      }
    }
  }
}
