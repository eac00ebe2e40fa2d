package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is SAC's own; the rest is in AlgorithmContractTest and LearningTest. */
class SacTest {
  @Test
  void refusesWhatItCannotDo() {
    try (var device = Device.cpu(1)) {
      var buttons = EnvSpec.of("Buttons-v0", Space.Box.of(2, -1, 1), new Space.MultiBinary(3));
      assertThatThrownBy(() -> Algorithms.make("sac", Settings.defaults(), buttons, device, 1))
          .hasMessageContaining("Buttons-v0")
          .hasMessageContaining("MultiBinary(3)")
          .hasMessageContaining("Box or Discrete");
      assertThatThrownBy(() -> Algorithms.make("sacc", Settings.defaults(), buttons, device, 1))
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
