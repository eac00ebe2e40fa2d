package dev.lanewise.algos;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Everything that a run needs to go on as if it had never stopped: arrays of numbers and short
 * texts, by name. It holds copies: once taken, the run may go on.
 */
public final class Snapshot {

  /**
   * @param shape one or two lengths
   * @param values row by row
   */
  public record Array(List<Integer> shape, float[] values) {}

  /**
   * An array that is the same as long as its version is.
   *
   * @param array empty where a checkpoint holds this version already
   */
  public record Piece(String version, Optional<Supplier<Array>> array) {}

  private final Map<String, String> kept;
  private final SequencedMap<String, Array> arrays = new LinkedHashMap<>();
  private final SequencedMap<String, Piece> pieces = new LinkedHashMap<>();
  private final SequencedMap<String, String> texts = new LinkedHashMap<>();

  /** An empty one. */
  public Snapshot() {
    this(Map.of());
  }

  /**
   * An empty one, for a checkpoint in place of another.
   *
   * @param kept the versions of the pieces that are there
   */
  Snapshot(Map<String, String> kept) {
    this.kept = kept;
  }

  public void put(String name, Array array) {
    if (arrays.put(name, array) != null) {
      throw new IllegalArgumentException(name + " is saved twice");
    }
  }

  /**
   * An array that changes seldom.
   *
   * @param version another one whenever the array is another
   * @param array called now, or not at all
   */
  public void put(String name, String version, Supplier<Array> array) {
    boolean isKept = version.equals(kept.get(name));
    var copy = isKept ? Optional.<Array>empty() : Optional.of(array.get());
    put(name, new Piece(version, copy.map(a -> () -> a)));
  }

  void put(String name, Piece piece) {
    if (pieces.put(name, piece) != null) {
      throw new IllegalArgumentException(name + " is saved twice");
    }
  }

  public void put(String name, Tensor stored) {
    put(name, new Array(List.of(stored.rows(), stored.columns()), stored.toArray()));
  }

  /** Every parameter of a network under its own name, in PyTorch's shape. */
  public void put(Parameters network) {
    network
        .byName()
        .forEach((name, tensor) -> put(name, new Array(network.shape(name), tensor.toArray())));
  }

  public void put(String name, String text) {
    if (texts.put(name, text) != null) {
      throw new IllegalArgumentException(name + " is saved twice");
    }
  }

  public void put(String name, long value) {
    put(name, Long.toString(value));
  }

  public void put(String name, double value) {
    put(name, Double.toString(value));
  }

  /**
   * An array, or a piece, which may be read from its file now.
   *
   * @throws SnapshotException if it is missing or its file is damaged
   */
  public Array array(String name) {
    var piece = pieces.get(name);
    return piece == null
        ? known(arrays, name)
        : piece
            .array()
            .orElseThrow(() -> new SnapshotException(name + " is in a checkpoint only"))
            .get();
  }

  public String text(String name) {
    return known(texts, name);
  }

  public long whole(String name) {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException e) {
      throw new SnapshotException("%s is '%s', not a whole number".formatted(name, text(name)), e);
    }
  }

  public double decimal(String name) {
    try {
      return Double.parseDouble(text(name));
    } catch (NumberFormatException e) {
      throw new SnapshotException("%s is '%s', not a number".formatted(name, text(name)), e);
    }
  }

  /** Writes a saved array back into a stored tensor of the same size. */
  public void restore(String name, Tensor stored) {
    var values = array(name).values();
    if (values.length != stored.size()) {
      throw new SnapshotException(
          "%s has %d values where %s are needed".formatted(name, values.length, stored.shape()));
    }
    stored.write(values);
  }

  public boolean has(String name) {
    return arrays.containsKey(name) || pieces.containsKey(name) || texts.containsKey(name);
  }

  public SequencedMap<String, Array> arrays() {
    return Collections.unmodifiableSequencedMap(arrays);
  }

  public SequencedMap<String, Piece> pieces() {
    return Collections.unmodifiableSequencedMap(pieces);
  }

  public SequencedMap<String, String> texts() {
    return Collections.unmodifiableSequencedMap(texts);
  }

  private static <T> T known(Map<String, T> map, String name) {
    var value = map.get(name);
    if (value == null) {
      throw new SnapshotException("%s is missing".formatted(name));
    }
    return value;
  }
}
