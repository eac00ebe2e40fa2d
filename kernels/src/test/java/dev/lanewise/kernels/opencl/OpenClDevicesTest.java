package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is found, chosen, and said where something is missing. */
class OpenClDevicesTest {

  @Test
  void eitherThereIsADeviceOrASentenceSaysWhyNot() {
    assertThat(OpenClDevices.all().isEmpty()).isEqualTo(OpenClDevices.missing().isPresent());
  }

  @Test
  void aDeviceIsChosenByIndexOrName() {
    OpenClDevices.missing().ifPresent(Assumptions::abort);
    for (var device : OpenClDevices.all()) {
      assertThat(OpenClDevices.choose("" + device.index())).isEqualTo(device);
      assertThat(OpenClDevices.choose(device.name().toUpperCase()).name()).isEqualTo(device.name());
      assertThat(device.memory()).isPositive();
      assertThat(device.largestAllocation()).isPositive();
      assertThat(device.description()).contains(device.name(), device.driver());
    }
    assertThat(OpenClDevices.choose("")).isEqualTo(OpenClDevices.bestFirst().getFirst());
    assertThatThrownBy(() -> OpenClDevices.choose("abacus"))
        .isInstanceOf(OpenClException.class)
        .hasMessageStartingWith(
            "no OpenCL device is number abacus or has it in its name; there are 0: ");
  }

  @Test
  void autoIsAGraphicsProcessorOrNothing() {
    var types = OpenClDevices.all().stream().map(OpenClDevice::type).toList();
    assertThat(OpenClDevices.auto().map(OpenClDevice::type).stream().toList())
        .isEqualTo(
            types.contains(OpenClDevice.Type.GPU) ? List.of(OpenClDevice.Type.GPU) : List.of());
  }

  /**
   * An embedding user without JOCL: everything else works, and the sentence says what is missing.
   */
  @Test
  void withoutJoclOneSentenceSaysSo() throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("jocl"))
            .collect(Collectors.joining(File.pathSeparator));
    var java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                WithoutJocl.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(said).isZero();
    assertThat(said)
        .contains(
            "JOCL, which OpenCL needs, is neither on the class path nor among the modules"
                + " (--add-modules jocl); add org.jocl:jocl:2.0.6")
        .contains("cpu says -1.0");
  }
}
