package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.autograd.Safetensors.Dtype;
import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files written and read, byte for byte, and every way in which one can be damaged. */
class SafetensorsTest {
  @TempDir Path folder;

  private Path file(String header, int dataBytes) throws IOException {
    return bytes(header.length(), header, dataBytes);
  }

  private Path bytes(long length, String header, int dataBytes) throws IOException {
    var text = header.getBytes(StandardCharsets.UTF_8);
    var buffer = ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(length).put(text);
    return Files.write(folder.resolve("x.safetensors"), buffer.array());
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    var path = folder.resolve("round.safetensors");
    try (var device = Device.cpu(1)) {
      var block = Parameters.on(device, "net");
      block.matrix("0.weight", 2, 3, 1, 2, 3, 4, 5, 6);
      block.vector("0.bias", 7, 8);
      var columns = device.columns("columns", 3, 2);
      columns.write(1, 2, 3, 4, 5, 6);
      new SafetensorsWriter()
          .metadata("about", "a \"test\"\\ of\nβ")
          .add("net.", block)
          .add("columns", columns)
          .add("counter", List.of(2), Long.MAX_VALUE, -1L)
          .add("exact", List.of(), Math.PI)
          .add("empty", List.of(0, 4), new float[0])
          .write(path);

      try (var file = Safetensors.open(path)) {
        assertThat(file.metadata()).containsOnlyKeys("about").containsValue("a \"test\"\\ of\nβ");
        assertThat(file.shape("net.0.bias")).isEqualTo(List.of(2));
        assertThat(file.dtype("counter")).isEqualTo(Dtype.I64);
        assertThat(file.longs("counter")).containsExactly(Long.MAX_VALUE, -1);
        assertThat(file.doubles("exact")).containsExactly(Math.PI);
        assertThat(file.floats("exact")).containsExactly((float) Math.PI);
        assertThat(file.floats("empty")).isEmpty();
        assertThat(file.floats("columns")).containsExactly(1, 2, 3, 4, 5, 6);
        var twin = block.zerosLike("twin");
        file.read("net.", twin);
        assertThat(twin.flat().toArray()).containsExactly(block.flat().toArray());
        columns.fill(0);
        file.read("columns", columns);
        assertThat(columns.toArray()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> file.read("columns", device.dense("x", 2, 3)))
            .isInstanceOf(IOException.class)
            .hasMessage(path + ": columns has the shape [3, 2] instead of (2, 3)");
        assertThatThrownBy(() -> file.floats("counter"))
            .hasMessage(path + ": counter is I64 instead of a floating type");
        assertThatThrownBy(() -> file.longs("exact"))
            .hasMessage(path + ": exact is F64 instead of I64");
        assertThatThrownBy(() -> file.floats("no"))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith(path + " has no tensor no; it has ");
      }
    }
  }

  @Test
  void theLayoutIsTheFormats() throws IOException {
    var path = folder.resolve("layout.safetensors");
    new SafetensorsWriter()
        .add("single", List.of(1), 1.5f)
        .add("double", List.of(1), 2.5)
        .write(path);
    var data = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) data.getLong(0);
    assertThat(length % 8).isZero();
    var header = new String(data.array(), 8, length, StandardCharsets.UTF_8);
    assertThat(header.strip())
        .isEqualTo(
            "{\"double\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"single\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}");
    assertThat(data.getDouble(8 + length)).isEqualTo(2.5);
    assertThat(data.getFloat(16 + length)).isEqualTo(1.5f);
    assertThat(data.capacity()).isEqualTo(8 + length + 12);
  }

  @Test
  void halfPrecisionIsRead() throws IOException {
    var path =
        file(
            "{\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
            4);
    var bytes = Files.readAllBytes(path);
    ByteBuffer.wrap(bytes, bytes.length - 4, 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 0xC100)
        .putShort((short) 0x3FC0);
    Files.write(path, bytes);
    try (var file = Safetensors.open(path)) {
      assertThat(file.floats("h")).containsExactly(-2.5f);
      assertThat(file.floats("b")).containsExactly(1.5f);
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    var path = folder.resolve("kept.safetensors");
    new SafetensorsWriter().add("a", List.of(1), 1f).write(path);
    var old = Files.readAllBytes(path);
    var device = Device.cpu(1);
    var writer = new SafetensorsWriter().add("a", device.dense("a", 1, 1));
    device.close();
    assertThatThrownBy(() -> writer.write(path)).isInstanceOf(IllegalStateException.class);
    assertThat(Files.readAllBytes(path)).isEqualTo(old);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void aWritersMistakesAreNamed() {
    var writer = new SafetensorsWriter().add("a", List.of(1), 1f);
    assertThatThrownBy(() -> writer.add("a", List.of(1), 2f)).hasMessage("a is added twice");
    assertThatThrownBy(() -> writer.add("b", List.of(2, 2), 2f))
        .hasMessage("b: 1 numbers for the shape [2, 2]");
    assertThatThrownBy(() -> writer.add("__metadata__", List.of(1), 2f))
        .hasMessageContaining("not a name");
  }

  @Test
  void missingAndExtraTensorsAreNamed() throws IOException {
    var path = folder.resolve("names.safetensors");
    new SafetensorsWriter().add("a", List.of(1), 1f).add("b", List.of(1), 1f).write(path);
    try (var file = Safetensors.open(path)) {
      file.requireExactly(List.of("b", "a"));
      assertThatThrownBy(() -> file.requireExactly(List.of("a", "c", "d")))
          .isInstanceOf(IOException.class)
          .hasMessage(path + " lacks c, d and holds unexpected b");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    var path = folder.resolve("nowhere.safetensors");
    assertThatThrownBy(() -> Safetensors.open(path))
        .isInstanceOf(IOException.class)
        .hasMessage(path + " does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                             | 4 | bytes follow",
        "[]                                                             | 0 | not an object",
        "{'a':1}                                                        | 0 | a is not described",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}          | 4 | was expected at"
            + " character 53",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}         | 3 | is cut off",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}         | 5 | bytes follow",
        "{'a':{'dtype':'F31','shape':[1],'data_offsets':[0,4]}}         | 4 | is of type F31",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}         | 4 | has 8 bytes but lies",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}        | 4 | has a length -1",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}       | 4 | has a length 1.5",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}         | 8 | apart from",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}         | 8 | lies at [4, 0)",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}        | 8 | lies at [-4, 0)",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}           | 4 | is not described",
        "{'a':{'dtype':'F32','shape':[2147483647,2147483647,9],'data_offsets':[0,4]}}|4| too large",
        "{'__metadata__':{'a':1}}                                       | 0 | is not a text",
        "{'__metadata__':[]}                                            | 0 | is not an object",
        "{} {}                                                          | 0 | follows the end",
        "{'a                                                            | 0 | ends too early",
        "{'\\x':1}                                                      | 0 | unknown escape",
      })
  void damagedHeaders(String header, int dataBytes, String message) throws IOException {
    refuses(file(header.replace('\'', '"'), dataBytes), message);
  }

  @Test
  void overlapsAndDoubleNames() throws IOException {
    var one = "{'dtype':'F32','shape':[2],'data_offsets':[%d,%d]}";
    var overlap = "{'a':" + one.formatted(0, 8) + ",'b':" + one.formatted(4, 12) + "}";
    refuses(file(overlap.replace('\'', '"'), 12), "b begins at byte 4, inside the one before");
    var twice = "{'a':" + one.formatted(0, 8) + ",'a':" + one.formatted(8, 16) + "}";
    refuses(file(twice.replace('\'', '"'), 16), "the name a comes twice");
    refuses(file("{\"a\":" + "[".repeat(1000), 0), "nested too deeply");
  }

  @Test
  void foreignFiles() throws IOException {
    refuses(Files.write(folder.resolve("short"), new byte[5]), "it has only 5 bytes");
    refuses(bytes(-1, "{}", 0), "its header would be 18446744073709551615 bytes long");
    refuses(bytes(1L << 40, "{}", 0), "its header would be 1099511627776 bytes long");
    refuses(bytes(100, "{}", 0), "is cut off: its header is 100 bytes long but only 2 follow");
    refuses(Files.writeString(folder.resolve("text"), "PK\3\4 some zip file"), "not a safetensors");
  }

  private static void refuses(Path path, String message) {
    assertThatThrownBy(() -> Safetensors.open(path).close())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
