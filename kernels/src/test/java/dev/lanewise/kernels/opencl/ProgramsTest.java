package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocl.CL;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Built programs are kept, and whatever is wrong with what was kept they are built again. */
class ProgramsTest {
  @TempDir Path folder;

  @BeforeEach
  void needADevice() {
    OpenClDevices.missing().ifPresent(Assumptions::abort);
  }

  @Test
  void programsAreKept() throws IOException {
    buildScan(folder);
    var files = files();
    assertThat(files).hasSize(1);
    long size = Files.size(files.getFirst());
    var written = Files.getLastModifiedTime(files.getFirst());

    buildScan(folder);
    assertThat(files()).isEqualTo(files);
    assertThat(Files.getLastModifiedTime(files.getFirst())).isEqualTo(written);

    Files.write(files.getFirst(), new byte[] {1, 2, 3});
    buildScan(folder);
    assertThat(Files.size(files.getFirst())).isGreaterThan(size / 2);
  }

  @Test
  void withoutAFolderProgramsAreBuiltAllTheSame() throws IOException {
    var file = Files.createFile(folder.resolve("a file"));
    buildScan(file.resolve("below a file"));
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aProgramThatDoesNotBuildShowsTheLog() {
    var device = OpenClDevices.choose("");
    try (var queue = new Queue(OpenClDevices.found(device));
        var programs = new Programs(queue, new BinaryCache(device, folder), true, "")) {
      assertThatThrownBy(() -> programs.kernel("scan", "scan", " -D__kernel=nonsense"))
          .isInstanceOf(OpenClException.class)
          .hasMessageContaining("does not build scan.cl")
          .hasMessageContaining("nonsense");
    }
  }

  private static void buildScan(Path in) {
    var device = OpenClDevices.choose("");
    try (var queue = new Queue(OpenClDevices.found(device));
        var programs = new Programs(queue, new BinaryCache(device, in), true, "")) {
      CL.clReleaseKernel(programs.kernel("scan", "scan"));
    }
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
