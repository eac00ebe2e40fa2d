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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jocl.CL;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found, chosen, and said where something is missing. */
class OpenClDevicesTest {
  @TempDir static Path folder;

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

  private static final String KERNELS = home(OpenClDevices.class), JOCL = home(CL.class);

  @BeforeAll
  static void compile() throws IOException {
    var source = Files.writeString(folder.resolve("Embedding.java"), EMBEDDING);
    var javac = ToolProvider.getSystemJavaCompiler();
    assertThat(javac.run(null, null, null, "-cp", KERNELS, source.toString())).isZero();
  }

  /** Users without JOCL do not notice; who asks for OpenCL is told what is missing. */
  @Test
  void withoutJoclEverythingElseWorks() throws IOException, InterruptedException {
    for (var path :
        List.of(
            List.of("-cp", classPath(folder, KERNELS)),
            List.of("-cp", "" + folder, "-p", KERNELS, "--add-modules=dev.lanewise.kernels"))) {
      assertThat(embedded(path, Map.of())).contains(NO_JOCL, "0 devices", "cpu says -1.0");
    }
  }

  @Test
  void withJoclAsAModuleItIsFound() throws IOException, InterruptedException {
    String said =
        embedded(
            List.of(
                "-cp",
                "" + folder,
                "-p",
                classPath(KERNELS, JOCL),
                "--add-modules=dev.lanewise.kernels,jocl"),
            Map.of());
    assertThat(said).contains(OpenClDevices.all().size() + " devices", "cpu says -1.0");
    assertThat(said).doesNotContain("JOCL, which");
  }

  /** A file of its name that is no library stands where the loader is looked for. */
  @Test
  void withoutALoaderEverythingElseWorks() throws IOException, InterruptedException {
    var libraries = Files.createDirectory(folder.resolve("libraries"));
    Files.writeString(libraries.resolve("libOpenCL.so.1"), "nothing");
    Files.writeString(libraries.resolve("libOpenCL.so"), "nothing");
    String said = embedded(withJocl(), Map.of("LD_LIBRARY_PATH", libraries.toString()));
    assertThat(said).contains("0 devices", "cpu says -1.0");
    assertThat(said.lines().filter(line -> line.startsWith("OpenCL's loader could not be loaded")))
        .as(said)
        .hasSize(2)
        .allMatch(
            line -> line.endsWith("; install it, on Debian with: apt install ocl-icd-libopencl1"));
  }

  /** The loader is sent to a folder without drivers. */
  @Test
  void withoutAPlatformEverythingElseWorks() throws IOException, InterruptedException {
    OpenClDevices.missing().ifPresent(Assumptions::abort);
    var none = Files.createDirectory(folder.resolve("no drivers")).toString();
    assertThat(embedded(withJocl(), Map.of("OCL_ICD_VENDORS", none, "OPENCL_VENDOR_PATH", none)))
        .contains("OpenCL found no device", "0 devices", "cpu says -1.0");
  }

  @Test
  void aDeviceThatMayNotBeOpenedIsNamed() {
    assertThat(OpenClDevices.noDevice(Optional.of(Path.of("/dev/dri/renderD128"))))
        .isEqualTo(
            "OpenCL found no device, and /dev/dri/renderD128 may not be opened by %s; become a member of its group (render or video) and log in again"
                .formatted(System.getProperty("user.name")));
    assertThat(OpenClDevices.noDevice(Optional.empty()))
        .isEqualTo(
            "OpenCL found no device; install a driver, NVIDIA's own, or for this machine's"
                + " processor on Debian: apt install pocl-opencl-icd");
  }

  private static List<String> withJocl() {
    return List.of("-cp", classPath(folder, KERNELS, JOCL));
  }

  private static String classPath(Object... places) {
    return Stream.of(places).map(Object::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static String embedded(List<String> path, Map<String, String> environment)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(path);
    command.add("Embedding");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var java = builder.start();
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
