package dev.lanewise.autograd;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Storage;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.Update;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/**
 * Named parameters in one contiguous block of a device's memory, in the order in which they were
 * added: what Adam, Polyak averaging, clipping, saving and comparing work on in one call.
 *
 * <p>A name is written as PyTorch would, "actor.0.weight". A matrix lies row by row. The block can
 * grow until its numbers are first needed (read, written or recorded into a plan).
 */
public final class Parameters {
  private final Storage storage;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
  private final SequencedMap<String, List<Integer>> shapes = new LinkedHashMap<>();

  private Parameters(Storage storage) {
    this.storage = storage;
  }

  /** An empty block. The name is for messages. */
  public static Parameters on(Device device, String name) {
    return new Parameters(device.storage(name));
  }

  /** A new matrix with these values, row by row. */
  public Tensor matrix(String name, int rows, int columns, float... values) {
    return add(name, storage.append(rows, columns, values), List.of(rows, columns));
  }

  /** A new vector with these values: a tensor 1 × length, but one-dimensional in files. */
  public Tensor vector(String name, float... values) {
    return add(name, storage.append(1, values.length, values), List.of(values.length));
  }

  private Tensor add(String name, Tensor tensor, List<Integer> shape) {
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException(
          "%s has a parameter %s already".formatted(storage.name(), name));
    }
    shapes.put(name, shape);
    return tensor;
  }

  public Device device() {
    return storage.device();
  }

  /** The block's own name. */
  public String name() {
    return storage.name();
  }

  /** All names in order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** All parameters in order. */
  public List<Tensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /** All parameters in order, by name. */
  public SequencedMap<String, Tensor> byName() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * The parameter of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    return tensors.get(known(name));
  }

  /** A parameter's shape in files: two numbers for a matrix, one for a vector. */
  public List<Integer> shape(String name) {
    return shapes.get(known(name));
  }

  private String known(String name) {
    if (!tensors.containsKey(name)) {
      throw new IllegalArgumentException(
          "%s has no parameter %s; it has %s"
              .formatted(storage.name(), name, String.join(", ", tensors.keySet())));
    }
    return name;
  }

  /** The number of elements of all parameters together. */
  public long size() {
    return storage.elements();
  }

  /** All parameters one behind the other, as one row. */
  public Tensor flat() {
    return storage.flat();
  }

  /** A block of zeros laid out like this one, with the same names, for instance for gradients. */
  public Parameters zerosLike(String name) {
    var twin = on(device(), name);
    tensors.forEach(
        (key, tensor) ->
            twin.add(key, twin.storage.append(tensor.rows(), tensor.columns()), shapes.get(key)));
    return twin;
  }

  /** A copy of this block with other names, for instance of a target network. */
  public Parameters copy(String name, UnaryOperator<String> renaming) {
    var twin = on(device(), name);
    tensors.forEach(
        (key, tensor) ->
            twin.add(
                renaming.apply(key),
                twin.storage.append(tensor.rows(), tensor.columns()),
                shapes.get(key)));
    twin.copyFrom(this);
    return twin;
  }

  /**
   * Sets all values now to those of a block on the same device that is laid out alike, whatever its
   * names.
   */
  public void copyFrom(Parameters source) {
    checkLayout(source);
    try (var copy = device().record(step -> step.assign(flat(), source.flat()))) {
      copy.run();
    }
  }

  /** Records θ ← θ + τ (source - θ), Polyak's average, for a block that is laid out alike. */
  public void polyak(Step step, Parameters source, float tau) {
    checkLayout(source);
    step.update(new Update.Lerp(source.flat(), flat(), tau));
  }

  private void checkLayout(Parameters other) {
    if (!List.copyOf(shapes.values()).equals(List.copyOf(other.shapes.values()))) {
      throw new ShapeException(
          "%s and %s are not laid out alike: %s and %s"
              .formatted(name(), other.name(), shapes.values(), other.shapes.values()));
    }
  }
}
