package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentsTest {

  @Test
  void pendulumIsThere() {
    assertThat(Environments.ids()).contains("Pendulum-v1").isSorted();
    var spec = Environments.spec("Pendulum-v1");
    assertThat(spec.maxEpisodeSteps()).isEqualTo(200);
    assertThat(spec.actionSpace()).isEqualTo(Space.Box.of(1, -2, 2));
    assertThat(spec.observationSpace().size()).isEqualTo(3);
    assertThat(spec.rewardThreshold()).isEmpty();
  }

  @Test
  void everySpecCanBeMade() {
    try (var device = Device.reference()) {
      for (var id : Environments.ids()) {
        if (Environments.missing(id).isPresent()) {
          System.out.println(id + " is left out: " + Environments.missing(id).get());
          continue;
        }
        try (var env = Environments.make(id, device, 2)) {
          assertThat(env.spec()).isEqualTo(Environments.spec(id));
          assertThat(env.size()).isEqualTo(2);
        }
      }
    }
  }

  @Test
  void anUnknownIdNamesTheNearest() {
    assertThatThrownBy(() -> Environments.spec("Pendulum-v0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown environment 'Pendulum-v0'; did you mean Pendulum-v1?");
    try (var device = Device.reference()) {
      assertThatThrownBy(() -> Environments.make("pendulm-V1", device, 1))
          .hasMessage("unknown environment 'pendulm-V1'; did you mean Pendulum-v1?");
      assertThatThrownBy(() -> Environments.make("Go", device, 1))
          .hasMessageStartingWith("unknown environment 'Go'; there is ")
          .hasMessageContaining("Pendulum-v1");
    }
  }

  @Test
  void usersRegisterTheirOwn() {
    var spec = EnvSpec.of("EnvironmentsTest-v0", Space.Box.of(1), new Space.Discrete(2));
    Env still =
        new Env() {
          @Override
          public EnvSpec spec() {
            return spec;
          }

          @Override
          public float[] reset(long seed) {
            return new float[1];
          }

          @Override
          public Outcome step(float[] action) {
            return new Outcome(new float[1], 0, false, false);
          }
        };
    Environments.register(spec, (device, n) -> BatchedEnv.of(() -> still, n, device));
    assertThat(Environments.ids()).contains("EnvironmentsTest-v0");
    assertThat(Environments.spec("EnvironmentsTest-v0")).isSameAs(spec);
    assertThatThrownBy(() -> Environments.register(spec, (device, n) -> null))
        .hasMessage(
            "there is already an environment 'EnvironmentsTest-v0'; register yours under another"
                + " id or version");
  }

  @Test
  void specsAreChecked() {
    assertThatThrownBy(() -> EnvSpec.of(" ", Space.Box.of(1), Space.Box.of(1)))
        .hasMessageContaining("needs an id");
    assertThatThrownBy(() -> EnvSpec.of("A-v0", Space.Box.of(1), Space.Box.of(1), -1))
        .hasMessage("A-v0: an episode cannot be limited to -1 steps; 0 is no limit");
  }

  @Test
  void distances() {
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("abc", "")).isEqualTo(3);
    assertThat(Nearest.distance("flaw", "lawn")).isEqualTo(2);
    assertThat(Nearest.to("cpuu", List.of("cpu", "opencl", "reference"))).contains("cpu");
    assertThat(Nearest.to("metal", List.of("cpu", "opencl", "reference"))).isEmpty();
    assertThat(Nearest.to("x", List.of())).isEmpty();
  }
}
