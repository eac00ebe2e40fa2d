package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Safetensors;
import dev.lanewise.autograd.SafetensorsWriter;
import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final RunProgress PROGRESS = new RunProgress(1000, 1500, -150.25, 1000, 12.5);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("last.safetensors");
    saved().write(file);
  }

  private static Checkpoint saved() {
    var settings = new LinkedHashMap<>(Map.of("learning_rate", "1e-3"));
    settings.put("net_arch", "2,3");
    var origin = new LinkedHashMap<>(Map.of("command", "say \"hé\"\n"));
    var snapshot = new Snapshot();
    snapshot.put(
        "actor.0.weight",
        new Snapshot.Array(List.of(2, 3), new float[] {1, -0f, Float.NaN, 4, Float.MIN_VALUE, 6}));
    snapshot.put("actor.0.bias", new Snapshot.Array(List.of(2), new float[] {7, 8}));
    snapshot.put("replay.transitions", new Snapshot.Array(List.of(0, 4), new float[0]));
    snapshot.put("steps", 1500);
    return new Checkpoint(
        new RunConfig("sac", "Pendulum-v1", -3, settings, origin), 1500, PROGRESS, snapshot);
  }

  @Test
  void readsBackBitForBit() {
    var read = Checkpoint.read(file);
    var written = saved();
    assertThat(read.config()).isEqualTo(written.config());
    assertThat(List.copyOf(read.config().settings().keySet()))
        .isEqualTo(List.copyOf(written.config().settings().keySet()));
    assertThat(read.step()).isEqualTo(1500);
    assertThat(read.progress()).isEqualTo(PROGRESS);
    assertThat(read.snapshot().texts()).isEqualTo(written.snapshot().texts());
    assertThat(read.snapshot().arrays().keySet())
        .containsExactlyInAnyOrderElementsOf(written.snapshot().arrays().keySet());
    written
        .snapshot()
        .arrays()
        .forEach(
            (name, array) -> {
              assertThat(read.snapshot().array(name).shape()).isEqualTo(array.shape());
              assertThat(bits(read.snapshot().array(name))).isEqualTo(bits(array));
            });
  }

  @Test
  void theNetworksHaveTheirNamesAndShapesForOthersToo() throws IOException {
    try (var read = Safetensors.open(file)) {
      assertThat(read.shape("actor.0.weight")).containsExactly(2, 3);
      assertThat(read.shape("actor.0.bias")).containsExactly(2);
      assertThat(read.metadata()).containsEntry("setting.learning_rate", "1e-3");
    }
  }

  @Test
  void isRefusedWhereverItIsCutOff() throws IOException {
    var bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertRefused("length " + length);
    }
  }

  @Test
  void isRefusedWhereverABitIsFlipped() throws IOException {
    var bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] ^ 1 << i % 7);
      Files.write(file, bytes);
      assertRefused("byte " + i);
      bytes[i] = (byte) (bytes[i] ^ 1 << i % 7);
    }
  }

  private void assertRefused(String how) {
    assertThatThrownBy(() -> Checkpoint.read(file))
        .as(how)
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void isRefusedWithMoreBehindIt() throws IOException {
    var bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 4));
    assertRefused("four more bytes");
  }

  @Test
  void othersFilesAreRefused() throws IOException {
    new SafetensorsWriter().add("actor.0.weight", List.of(1), 1f).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(file + " is not a checkpoint of Lanewise");
    Files.writeString(file, "PK\3\4 something else altogether");
    assertThatThrownBy(() -> Checkpoint.read(file))
        .hasMessageContaining(file + " is not a safetensors file");
    Files.delete(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(file + " does not exist");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    new SafetensorsWriter().metadata("lanewise.format", "2").write(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("is of format 2");
  }

  @Test
  void networksOfOtherShapesAreRefused() {
    var checkpoint = Checkpoint.read(file);
    try (var device = Device.cpu(1)) {
      var transposed = Parameters.on(device, "actor");
      transposed.matrix("actor.0.weight", 3, 2, new float[6]);
      assertThatThrownBy(() -> checkpoint.restore(List.of(transposed)))
          .isInstanceOf(SnapshotException.class)
          .hasMessage("actor.0.weight is of shape [2, 3] instead of [3, 2]");
      var deeper = Parameters.on(device, "actor");
      deeper.matrix("actor.2.weight", 2, 3, new float[6]);
      assertThatThrownBy(() -> checkpoint.restore(List.of(deeper)))
          .isInstanceOf(SnapshotException.class)
          .hasMessage("actor.2.weight is missing");
    }
  }

  @Test
  void aFailedWriteLeavesTheOldOne() throws IOException {
    Files.createDirectory(folder.resolve(".last.safetensors.tmp"));
    assertThatThrownBy(() -> saved().write(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write " + file);
    assertThat(Checkpoint.read(file).step()).isEqualTo(1500);
  }

  private static int[] bits(Snapshot.Array array) {
    var bits = new int[array.values().length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(array.values()[i]);
    }
    return bits;
  }
}
