package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of two pieces, of which one changes. */
class PiecesTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

  @TempDir private Path folder;

  private Path last() {
    return folder.resolve("last.safetensors");
  }

  private Path piece(String file) {
    return folder.resolve("last.pieces").resolve(file);
  }

  /** Each piece holds its version. */
  private void write(int step, String first, String second) throws IOException {
    var snapshot = new Snapshot(Checkpoint.pieces(last()));
    snapshot.put("steps", step);
    put(snapshot, "first", first);
    put(snapshot, "second", second);
    var config =
        new RunConfig("sac", "Pendulum-v1", 1, new LinkedHashMap<>(), new LinkedHashMap<>());
    new Checkpoint(config, step, RunProgress.NONE, snapshot).write(last());
  }

  private static void put(Snapshot snapshot, String name, String version) {
    float[] values = {Float.parseFloat(version), -0f, Float.NaN};
    snapshot.put(name, version, () -> new Snapshot.Array(List.of(3), values));
  }

  private void assertHolds(int step, float first, float second) {
    var checkpoint = Checkpoint.read(last());
    assertThat(checkpoint.step()).isEqualTo(step);
    assertThat(checkpoint.snapshot().arrays()).isEmpty();
    assertThat(checkpoint.snapshot().array("first").values())
        .containsExactly(first, -0f, Float.NaN);
    assertThat(checkpoint.snapshot().array("second").values())
        .containsExactly(second, -0f, Float.NaN);
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(folder.resolve("last.pieces"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void onlyWhatChangedIsWritten() throws IOException {
    write(1, "1", "1");
    assertHolds(1, 1, 1);
    Files.setLastModifiedTime(piece("first.1.safetensors"), LONG_AGO);
    write(2, "1", "2");
    assertHolds(2, 1, 2);
    assertThat(Files.getLastModifiedTime(piece("first.1.safetensors"))).isEqualTo(LONG_AGO);
    assertThat(files()).containsExactly("first.1.safetensors", "second.2.safetensors");
  }

  /** With the next pieces in place, but not the checkpoint that names them. */
  @Test
  void killedBeforeTheCheckpointTheOldOneIsWhole() throws IOException {
    write(1, "1", "1");
    var inTheWay = Files.createDirectory(folder.resolve(".last.safetensors.tmp"));
    assertThatThrownBy(() -> write(2, "1", "2")).isInstanceOf(IOException.class);
    assertThat(files())
        .containsExactly("first.1.safetensors", "second.1.safetensors", "second.2.safetensors");
    assertHolds(1, 1, 1);

    Files.deleteIfExists(inTheWay);
    write(3, "1", "3");
    assertHolds(3, 1, 3);
    assertThat(files()).containsExactly("first.1.safetensors", "second.3.safetensors");
  }

  /** Half a piece, under its temporary name or even its own, is of no checkpoint yet. */
  @Test
  void killedInThePieceTheOldOneIsWhole() throws IOException {
    write(1, "1", "1");
    Files.write(piece(".second.2.safetensors.tmp"), new byte[5]);
    Files.write(piece("second.2.safetensors"), new byte[5]);
    assertHolds(1, 1, 1);
    write(2, "1", "2");
    assertHolds(2, 1, 2);
    assertThat(files()).containsExactly("first.1.safetensors", "second.2.safetensors");
  }

  /** What the older checkpoint named is there still, and is not of the newer one. */
  @Test
  void killedBeforeTheOldPiecesWereDeleted() throws IOException {
    write(1, "1", "1");
    var old = Files.readAllBytes(piece("second.1.safetensors"));
    write(2, "1", "2");
    Files.write(piece("second.1.safetensors"), old);
    assertHolds(2, 1, 2);
    write(3, "3", "2");
    assertHolds(3, 3, 2);
    assertThat(files()).containsExactly("first.3.safetensors", "second.2.safetensors");
  }

  @Test
  void aDamagedPieceIsRefused() throws IOException {
    write(1, "1", "1");
    var file = piece("second.1.safetensors");
    var bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      var damaged = bytes.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);
      assertRefused("byte " + i);
      Files.write(file, Arrays.copyOf(bytes, i));
      assertRefused("length " + i);
    }
    Files.delete(file);
    assertRefused("missing");
    Files.write(file, bytes);
    assertHolds(1, 1, 1);
  }

  private void assertRefused(String how) {
    var snapshot = Checkpoint.read(last()).snapshot();
    assertThatThrownBy(() -> snapshot.array("second"))
        .as(how)
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(piece("second.1.safetensors").toString())
        .hasMessageEndingWith("use a copy of the run's folder");
  }
}
