package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found, chosen, and said where something is missing. */
class OpenClDevicesTest {
  @TempDir Path folder;

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

  private static final String EMBEDDING =
      """
      import dev.lanewise.kernels.Unary;
      import dev.lanewise.kernels.View;
      import dev.lanewise.kernels.cpu.CpuBackend;
      import dev.lanewise.kernels.opencl.OpenClDevices;

      public class Embedding {
        public static void main(String[] arguments) {
          for (int turn = 0; turn < 2; turn++) {
            System.out.println(OpenClDevices.missing().orElse("nothing is missing"));
          }
          System.out.println(OpenClDevices.all().size() + " devices");
          var cpu = new CpuBackend();
          try (var region = cpu.open("net")) {
            var x = View.scalar(region.allocate(1, "x"));
            cpu.set(x.address(), 1);
            cpu.kernels().map(Unary.NEGATE, x, x).run();
            System.out.println("cpu says " + cpu.get(x.address()));
          }
        }
      }
      """;

  private static final String NO_JOCL =
      "JOCL, which OpenCL needs, is neither on the class path nor among the modules (--add-modules"
          + " jocl); add org.jocl:jocl:2.0.6";

  /** Users without JOCL do not notice; who asks for OpenCL is told what is missing. */
  @Test
  void withoutJoclEverythingElseWorks() throws IOException, InterruptedException {
    String kernels = home(OpenClDevices.class);
    for (var path :
        List.of(
            List.of("-cp", kernels),
            List.of("-p", kernels, "--add-modules=dev.lanewise.kernels"))) {
      assertThat(embedded(path)).contains(NO_JOCL, "0 devices", "cpu says -1.0");
    }
  }

  @Test
  void withJoclAsAModuleItIsFound() throws IOException, InterruptedException {
    String said =
        embedded(
            List.of(
                "-p",
                home(OpenClDevices.class) + File.pathSeparator + home(CL.class),
                "--add-modules=dev.lanewise.kernels,jocl"));
    assertThat(said).contains(OpenClDevices.all().size() + " devices", "cpu says -1.0");
    assertThat(said).doesNotContain("JOCL, which");
  }

  private String embedded(List<String> path) throws IOException, InterruptedException {
    var source = Files.writeString(folder.resolve("Embedding.java"), EMBEDDING);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(path);
    command.add(source.toString());
    var java = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(said).isZero();
    return said;
  }

  /** The folder or jar that a class comes from. */
  private static String home(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }
}
