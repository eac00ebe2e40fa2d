package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MujocoLibraryTest {
  @TempDir private Path folder;

  private static String missing(Optional<Path> named, Path... folders) {
    return MujocoLibrary.load(named, List.of(folders), List.of()).reason().orElse("");
  }

  @Test
  void withoutALibraryTheSentenceSaysHowToInstallIt() {
    assertThat(missing(Optional.empty(), folder, folder.resolve("nowhere")))
        .isEqualTo(
            "MuJoCo was not found; install it with 'apt-get install libmujoco2.2.2' or 'pip install"
                + " mujoco', or name the library with -Dlanewise.mujoco=PATH");
  }

  @Test
  void aLibraryThatIsNamedAndIsNotMujocoIsAnError() {
    var path = folder.resolve("libmujoco.so.3.14.0");
    assertThat(missing(Optional.of(path))).startsWith("there is no MuJoCo library at " + path);
    var other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("net"));
    assertThat(missing(Optional.of(other))).startsWith(other + " is not MuJoCo's library; install");
  }

  @Test
  void amongFoldersTheFirstUsableLibraryIsTaken() throws IOException {
    var other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("net"));
    Files.createSymbolicLink(folder.resolve("libmujoco.so.3.9.9"), other);
    assertThat(missing(Optional.empty(), folder)).contains("libmujoco.so.3.9.9 is not MuJoCo's");
  }

  @ParameterizedTest
  @CsvSource({
    "210, 2.1.0, false",
    "222, 2.2.2, true",
    "235, 2.3.5, false",
    "236, 2.3.6, true",
    "337, 3.3.7, true",
    "3005000, 3.5.0, true",
    "3014000, 3.14.0, true"
  })
  void versions(int number, String name, boolean supported) {
    assertThat(MujocoLibrary.name(number)).isEqualTo(name);
    assertThat(MujocoLibrary.supported(number)).isEqualTo(supported);
  }

  @Test
  void environmentsSayWhatIsMissing() {
    assertThat(Environments.ids()).contains("HalfCheetah-v5", "Pusher-v5");
    assertThat(Environments.missing("Pendulum-v1")).isEmpty();
    assertThat(Environments.missing("Ant-v5")).isEqualTo(MujocoLibrary.missing());
    MujocoLibrary.missing()
        .ifPresent(
            why -> {
              try (var device = Device.cpu(1)) {
                assertThatThrownBy(() -> Environments.make("Ant-v5", device, 1)).hasMessage(why);
              }
            });
  }
}
