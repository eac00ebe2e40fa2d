package dev.lanewise.autograd;

import dev.lanewise.autograd.SafetensorsHeader.Entry;
import dev.lanewise.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;

/**
 * An open .safetensors file (huggingface.co/docs/safetensors): eight bytes of header length, a JSON
 * header of names, types, shapes and places, and the numbers. Numbers are read when asked for.
 *
 * <p>Every method that reads throws an {@link IOException} with one sentence on what is wrong with
 * the file: damaged, foreign, lacking a tensor, or holding one of another type or shape.
 */
public final class Safetensors implements AutoCloseable {
  /** The longest header, as in the Rust implementation. */
  private static final long LONGEST_HEADER = 100_000_000;

  /** Types of numbers in a file. */
  public enum Dtype {
    F64(8),
    I64(8),
    F32(4),
    I32(4),
    F16(2),
    BF16(2);

    final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }
  }

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private Safetensors(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.header = readHeader(path, channel);
    this.dataStart = channel.size() - header.dataBytes();
  }

  /** Opens a file and checks its header whole. */
  public static Safetensors open(Path path) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new IOException(path + " does not exist", e);
    }
    try {
      return new Safetensors(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  // --- what there is

  public Path path() {
    return path;
  }

  /** All names in the order of the header. */
  public List<String> names() {
    return List.copyOf(header.entries().keySet());
  }

  public boolean contains(String name) {
    return header.entries().containsKey(name);
  }

  /** The header's free texts. */
  public SequencedMap<String, String> metadata() {
    return header.metadata();
  }

  public Dtype dtype(String name) throws IOException {
    return entry(name).dtype();
  }

  /** The lengths of a tensor's axes; none for a single number. */
  public List<Integer> shape(String name) throws IOException {
    return entry(name).shape();
  }

  /** Fails unless the file holds exactly these tensors. */
  public void requireExactly(Collection<String> names) throws IOException {
    var missing = new TreeSet<>(names);
    missing.removeAll(header.entries().keySet());
    var extra = new TreeSet<>(header.entries().keySet());
    extra.removeAll(names);
    if (!missing.isEmpty() || !extra.isEmpty()) {
      throw new IOException(
          path
              + (missing.isEmpty() ? "" : " lacks " + String.join(", ", missing))
              + (missing.isEmpty() || extra.isEmpty() ? "" : " and")
              + (extra.isEmpty() ? "" : " holds unexpected " + String.join(", ", extra)));
    }
  }

  // --- numbers

  /** The numbers of a tensor of a floating type, row by row; F64 rounded to float. */
  public float[] floats(String name) throws IOException {
    var entry = entry(name);
    var data = bytes(name, entry);
    var values = new float[count(entry)];
    switch (entry.dtype()) {
      case F32 -> data.asFloatBuffer().get(values);
      case F64 -> fill(values, i -> (float) data.getDouble(8 * i));
      case F16 -> fill(values, i -> Float.float16ToFloat(data.getShort(2 * i)));
      case BF16 -> fill(values, i -> Float.intBitsToFloat(data.getShort(2 * i) << 16));
      case I64, I32 -> throw wrongType(name, entry, "a floating type");
    }
    return values;
  }

  /** The numbers of an F64 tensor, row by row. */
  public double[] doubles(String name) throws IOException {
    var entry = entry(name);
    if (entry.dtype() != Dtype.F64) {
      throw wrongType(name, entry, "F64");
    }
    var values = new double[count(entry)];
    bytes(name, entry).asDoubleBuffer().get(values);
    return values;
  }

  /** The numbers of an I64 tensor, row by row. */
  public long[] longs(String name) throws IOException {
    var entry = entry(name);
    if (entry.dtype() != Dtype.I64) {
      throw wrongType(name, entry, "I64");
    }
    var values = new long[count(entry)];
    bytes(name, entry).asLongBuffer().get(values);
    return values;
  }

  /**
   * Reads into a stored tensor n × d. The file's shape is (n, d), or one-dimensional where n or d
   * is 1.
   */
  public void read(String name, Tensor into) throws IOException {
    var shape = shape(name);
    boolean fits =
        switch (shape.size()) {
          case 0 -> into.size() == 1;
          case 1 -> into.size() == shape.get(0) && (into.rows() == 1 || into.columns() == 1);
          case 2 -> into.rows() == shape.get(0) && into.columns() == shape.get(1);
          default -> false;
        };
    if (!fits) {
      throw new IOException(
          "%s: %s has the shape %s instead of %s".formatted(path, name, shape, into.shape()));
    }
    into.write(floats(name));
  }

  /** Reads every parameter of a block, each from the tensor called prefix + its name. */
  public void read(String prefix, Parameters into) throws IOException {
    for (var name : into.names()) {
      read(prefix + name, into.get(name));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private interface At {
    float value(int i);
  }

  private static void fill(float[] values, At at) {
    for (int i = 0; i < values.length; i++) {
      values[i] = at.value(i);
    }
  }

  private Entry entry(String name) throws IOException {
    var entry = header.entries().get(name);
    if (entry == null) {
      throw new IOException(
          "%s has no tensor %s; it has %s".formatted(path, name, String.join(", ", names())));
    }
    return entry;
  }

  private IOException wrongType(String name, Entry entry, String expected) {
    return new IOException(
        "%s: %s is %s instead of %s".formatted(path, name, entry.dtype(), expected));
  }

  private ByteBuffer bytes(String name, Entry entry) throws IOException {
    if (entry.bytes() > Integer.MAX_VALUE - 8) {
      throw new IOException("%s: %s is larger than 2 GiB".formatted(path, name));
    }
    return read(path, channel, dataStart + entry.from(), (int) entry.bytes());
  }

  private static int count(Entry entry) {
    return Math.toIntExact(entry.bytes() / entry.dtype().bytes);
  }

  private static ByteBuffer read(Path path, FileChannel channel, long position, int length)
      throws IOException {
    var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException(path + " is cut off");
      }
    }
    return buffer.flip();
  }

  private static SafetensorsHeader readHeader(Path path, FileChannel channel) throws IOException {
    if (channel.size() < 8) {
      throw new IOException(
          "%s is not a safetensors file: it has only %d bytes".formatted(path, channel.size()));
    }
    long length = read(path, channel, 0, 8).getLong();
    if (length < 2 || length > LONGEST_HEADER) {
      throw new IOException(
          "%s is not a safetensors file: its header would be %s bytes long"
              .formatted(path, Long.toUnsignedString(length)));
    }
    long left = channel.size() - 8 - length;
    if (left < 0) {
      throw new IOException(
          "%s is cut off: its header is %d bytes long but only %d follow"
              .formatted(path, length, channel.size() - 8));
    }
    var text = StandardCharsets.UTF_8.decode(read(path, channel, 8, (int) length)).toString();
    SafetensorsHeader header;
    try {
      header = SafetensorsHeader.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s has a damaged header: %s".formatted(path, e.getMessage()), e);
    }
    long needed = header.dataBytes();
    if (needed > left) {
      throw new IOException(
          "%s is cut off: its tensors need %d bytes but only %d are there"
              .formatted(path, needed, left));
    }
    if (needed < left) {
      throw new IOException(
          "%s is not a safetensors file: %d bytes follow its last tensor"
              .formatted(path, left - needed));
    }
    return header;
  }
}
