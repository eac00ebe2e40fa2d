package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.algos.RunConfig;
import dev.lanewise.algos.RunRequest;
import dev.lanewise.algos.Runner;
import dev.lanewise.engine.Device;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchmarkRunTest {

  private static RunConfig config(Map<String, String> settings) {
    try (var device = Device.cpu(1)) {
      var request = new RunRequest("ddpg", "Pendulum-v1", 1, settings);
      return Runner.config(request, device, notice -> {});
    }
  }

  private static RunConfig without(RunConfig config, String name) {
    var settings = new LinkedHashMap<>(config.settings());
    settings.remove(name);
    return new RunConfig(
        config.algorithm(), config.env(), config.seed(), settings, config.origin());
  }

  @Test
  void aRunOfAVersionThatKnewFewerSettingsGoesOn() {
    var older = without(config(Map.of("gamma", "0.9")), "actor_learning_rate");
    var folder = Path.of("ddpg-Pendulum-v1-1");
    new BenchmarkRun(config(Map.of("gamma", "0.9")), folder).checkSame(older);

    var other = Map.of("gamma", "0.9", "actor_learning_rate", "1e-4");
    assertThatThrownBy(() -> new BenchmarkRun(config(other), folder).checkSame(older))
        .hasMessage(
            "ddpg-Pendulum-v1-1 was begun with actor_learning_rate=auto, not 1.0E-4; choose"
                + " another folder with --out");
  }

  @Test
  void aRunOfAVersionThatKnewMoreDoesNot() {
    var settings = new LinkedHashMap<>(config(Map.of()).settings());
    settings.put("gama", "0.9");
    var newer = new RunConfig("ddpg", "Pendulum-v1", 1, settings, new LinkedHashMap<>());
    assertThatThrownBy(() -> new BenchmarkRun(config(Map.of()), Path.of("folder")).checkSame(newer))
        .hasMessage(
            "folder was begun by another version: unknown hyperparameter 'gama'; did you mean"
                + " gamma?; choose another folder with --out");
  }
}
