package dev.lanewise.autograd;

import dev.lanewise.autograd.Safetensors.Dtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The header of a safetensors file: which tensors there are, and where. Whatever is wrong with it
 * is an {@link IllegalArgumentException} with the reason.
 */
record SafetensorsHeader(
    SequencedMap<String, Entry> entries, SequencedMap<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** A tensor whose bytes are [from, to) behind the header. */
  record Entry(Dtype dtype, List<Integer> shape, long from, long to) {
    long bytes() {
      return to - from;
    }
  }

  static SafetensorsHeader parse(String text) {
    if (!(Json.parse(text) instanceof Json.Members(var members))) {
      throw new IllegalArgumentException("it is not an object");
    }
    var entries = new LinkedHashMap<String, Entry>();
    var metadata = new LinkedHashMap<String, String>();
    members.forEach(
        (name, value) -> {
          if (name.equals(METADATA)) {
            metadata.putAll(metadata(value));
          } else {
            entries.put(name, entry(name, value));
          }
        });
    checkPlaces(entries);
    return new SafetensorsHeader(
        Collections.unmodifiableSequencedMap(entries),
        Collections.unmodifiableSequencedMap(metadata));
  }

  /** How many bytes follow the header. */
  long dataBytes() {
    return entries.values().stream().mapToLong(Entry::to).max().orElse(0);
  }

  private static SequencedMap<String, String> metadata(Json value) {
    if (!(value instanceof Json.Members(var members))) {
      throw new IllegalArgumentException(METADATA + " is not an object");
    }
    var metadata = new LinkedHashMap<String, String>();
    members.forEach(
        (key, text) -> {
          if (!(text instanceof Json.Text(var string))) {
            throw new IllegalArgumentException(METADATA + " " + key + " is not a text");
          }
          metadata.put(key, string);
        });
    return metadata;
  }

  private static Entry entry(String name, Json value) {
    if (value instanceof Json.Members(var members)
        && members.get("dtype") instanceof Json.Text(var dtype)
        && members.get("shape") instanceof Json.Items(var shape)
        && members.get("data_offsets") instanceof Json.Items(var offsets)
        && offsets.size() == 2
        && offsets.get(0) instanceof Json.Whole(var from)
        && offsets.get(1) instanceof Json.Whole(var to)) {
      return entry(name, dtype(name, dtype), shape(name, shape), from, to);
    }
    throw new IllegalArgumentException(
        name + " is not described by dtype, shape and two data_offsets");
  }

  private static Entry entry(String name, Dtype dtype, List<Integer> shape, long from, long to) {
    long bytes = dtype.bytes;
    try {
      for (int length : shape) {
        bytes = Math.multiplyExact(bytes, length);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("%s of shape %s is too large".formatted(name, shape), e);
    }
    if (from < 0 || to < from || to - from != bytes) {
      throw new IllegalArgumentException(
          "%s, %s of shape %s, has %d bytes but lies at [%d, %d)"
              .formatted(name, dtype, shape, bytes, from, to));
    }
    return new Entry(dtype, shape, from, to);
  }

  private static Dtype dtype(String name, String text) {
    for (var dtype : Dtype.values()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "%s is of type %s; known are %s".formatted(name, text, List.of(Dtype.values())));
  }

  private static List<Integer> shape(String name, List<Json> lengths) {
    var shape = new ArrayList<Integer>();
    for (var length : lengths) {
      if (!(length instanceof Json.Whole(var value)) || value < 0 || value > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "%s has a length %s in its shape".formatted(name, length.text()));
      }
      shape.add((int) value);
    }
    return List.copyOf(shape);
  }

  /** The tensors lie one behind the other without gap or overlap. */
  private static void checkPlaces(SequencedMap<String, Entry> entries) {
    var inOrder = new ArrayList<>(entries.entrySet());
    inOrder.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().from())
            .thenComparingLong(e -> e.getValue().to()));
    long end = 0;
    for (var e : inOrder) {
      var entry = e.getValue();
      if (entry.from() != end) {
        throw new IllegalArgumentException(
            "%s begins at byte %d, %s the one before, which ends at %d"
                .formatted(
                    e.getKey(), entry.from(), entry.from() < end ? "inside" : "apart from", end));
      }
      end = entry.to();
    }
  }
}
