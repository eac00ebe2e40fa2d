package dev.lanewise.autograd;

import dev.lanewise.autograd.Safetensors.Dtype;
import dev.lanewise.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Collects tensors for a .safetensors file and writes them all at once. The file is complete or not
 * there at all: it is written under a temporary name and moved into place.
 */
public final class SafetensorsWriter {

  /** A tensor and a way to put its numbers into a buffer, when its turn comes. */
  private record Entry(Dtype dtype, List<Integer> shape, int bytes, Consumer<ByteBuffer> put) {}

  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final SequencedMap<String, Json> metadata = new LinkedHashMap<>();

  /** A file with nothing in it yet. */
  public SafetensorsWriter() {}

  /** A free text for the header. */
  public SafetensorsWriter metadata(String key, String text) {
    metadata.put(key, new Json.Text(text));
    return this;
  }

  /** A stored tensor as F32 of shape (rows, columns), read when the file is written. */
  public SafetensorsWriter add(String name, Tensor tensor) {
    return add(name, List.of(tensor.rows(), tensor.columns()), tensor);
  }

  /** All parameters of a block, each as prefix + its name, in the shape PyTorch gives it. */
  public SafetensorsWriter add(String prefix, Parameters parameters) {
    parameters
        .byName()
        .forEach((name, tensor) -> add(prefix + name, parameters.shape(name), tensor));
    return this;
  }

  public SafetensorsWriter add(String name, List<Integer> shape, float... values) {
    return add(name, Dtype.F32, shape, values.length, b -> b.asFloatBuffer().put(values));
  }

  public SafetensorsWriter add(String name, List<Integer> shape, double... values) {
    return add(name, Dtype.F64, shape, values.length, b -> b.asDoubleBuffer().put(values));
  }

  public SafetensorsWriter add(String name, List<Integer> shape, long... values) {
    return add(name, Dtype.I64, shape, values.length, b -> b.asLongBuffer().put(values));
  }

  private SafetensorsWriter add(String name, List<Integer> shape, Tensor tensor) {
    if (!tensor.isStored()) {
      throw new IllegalArgumentException(
          "%s is computed, %s, and cannot be written; assign it to a stored tensor"
              .formatted(name, tensor));
    }
    return add(name, Dtype.F32, shape, tensor.size(), b -> b.asFloatBuffer().put(tensor.toArray()));
  }

  private SafetensorsWriter add(
      String name, Dtype dtype, List<Integer> shape, long count, Consumer<ByteBuffer> put) {
    long expected = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (count != expected) {
      throw new IllegalArgumentException(
          "%s: %d numbers for the shape %s".formatted(name, count, shape));
    }
    if (count * dtype.bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(name + " is larger than 2 GiB; write it in parts");
    }
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(name + " is not a name for a tensor");
    }
    var entry = new Entry(dtype, List.copyOf(shape), (int) count * dtype.bytes, put);
    if (entries.putIfAbsent(name, entry) != null) {
      throw new IllegalArgumentException(name + " is added twice");
    }
    return this;
  }

  /** Writes the file, in place of one that may be there. */
  public void write(Path path) throws IOException {
    var target = path.toAbsolutePath();
    var temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try {
      try (var channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        write(channel);
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void write(FileChannel channel) throws IOException {
    // the widest numbers first, so that each tensor is aligned to its own width
    var inOrder =
        entries.entrySet().stream()
            .sorted(Comparator.comparingInt(e -> -e.getValue().dtype().bytes))
            .toList();
    var header = new LinkedHashMap<String, Json>();
    if (!metadata.isEmpty()) {
      header.put(SafetensorsHeader.METADATA, new Json.Members(metadata));
    }
    long at = 0;
    for (var e : inOrder) {
      header.put(e.getKey(), described(e.getValue(), at));
      at += e.getValue().bytes();
    }
    writeAll(channel, framed(new Json.Members(header).text().getBytes(StandardCharsets.UTF_8)));
    for (var e : inOrder) {
      var data = little(e.getValue().bytes());
      e.getValue().put().accept(data);
      writeAll(channel, data);
    }
  }

  private static Json described(Entry entry, long at) {
    var members = new LinkedHashMap<String, Json>();
    members.put("dtype", new Json.Text(entry.dtype().name()));
    members.put("shape", numbers(entry.shape().stream().map(Integer::longValue).toList()));
    members.put("data_offsets", numbers(List.of(at, at + entry.bytes())));
    return new Json.Members(members);
  }

  private static Json numbers(List<Long> values) {
    return new Json.Items(values.stream().<Json>map(Json.Whole::new).toList());
  }

  /** The header behind its length, filled up with blanks to a multiple of 8 bytes. */
  private static ByteBuffer framed(byte[] header) {
    int length = Math.ceilDiv(header.length, 8) * 8;
    var buffer = little(8 + length).putLong(length).put(header);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeAll(FileChannel channel, ByteBuffer data) throws IOException {
    while (data.hasRemaining()) {
      channel.write(data);
    }
  }
}
