package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {
  @TempDir private Path temporary;

  @Test
  void isMadeWithItsParents() throws IOException {
    try (var folder = RunFolder.create(temporary.resolve("a/b/c"))) {
      assertThat(folder.path()).isDirectory();
    }
  }

  @Test
  void mayHoldOtherFiles() throws IOException {
    Files.writeString(temporary.resolve("notes.txt"), "mine");
    try (var folder = RunFolder.create(temporary)) {
      assertThat(folder.path()).isEqualTo(temporary);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "metrics.csv",
        "last.safetensors",
        "best.safetensors",
        "learning_curve.png"
      })
  void nothingIsOverwritten(String name) throws IOException {
    Files.writeString(temporary.resolve(name), "precious");
    assertThatThrownBy(() -> RunFolder.create(temporary))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(
            name.startsWith("last") ? "--resume " + temporary : "but no run to go on with")
        .hasMessageContaining("choose another folder");
    assertThat(temporary.resolve(name)).hasContent("precious");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    var file = Files.writeString(temporary.resolve("file"), "");
    assertThatThrownBy(() -> RunFolder.create(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + " is a file, not a folder");
    assertThatThrownBy(() -> RunFolder.create(file.resolve("run")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot make the folder " + file.resolve("run"))
        .hasMessageContaining("choose another folder");
    assertThatThrownBy(() -> RunFolder.reading(file))
        .hasMessageContaining("is a file; name the folder of a run");
  }

  @Test
  void oneProcessAtATimeWorksInIt() throws IOException {
    var folder = RunFolder.create(temporary);
    assertThatThrownBy(() -> RunFolder.create(temporary))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process is working in " + temporary);
    folder.close();
    RunFolder.create(temporary).close();
  }

  @Test
  void aFolderWithoutARunIsNotOpened() {
    assertThatThrownBy(() -> RunFolder.open(temporary))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it has no last.safetensors");
    assertThatThrownBy(() -> RunFolder.open(temporary.resolve("nowhere")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no folder " + temporary.resolve("nowhere"));
  }

  @Test
  void aFileThatCannotBeWrittenLeavesTheOldOne() throws IOException {
    var file = Files.createDirectory(temporary.resolve("config.json"));
    Files.writeString(file.resolve("inside"), "");
    assertThatThrownBy(() -> RunFolder.write(file, new byte[] {1}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write " + file);
    assertThat(temporary).isDirectoryNotContaining("glob:**.tmp");
  }
}
