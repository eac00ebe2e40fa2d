package dev.lanewise.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Plan} does, while it is being recorded: the order of the calls here, and of the
 * expressions that are built meanwhile, is the order in which everything happens at replay. An
 * expression reads a stored tensor as it is at the place where the expression was built.
 */
public final class Step {

  /** Something that changes memory or checks it, in recorded order. */
  sealed interface Effect {
    long sequence();
  }

  record Assign(long sequence, Tensor target, Tensor value) implements Effect {}

  record InPlace(long sequence, Update update) implements Effect {}

  record Check(long sequence, Tensor value, String name) implements Effect {}

  private final Device device;
  private final List<Effect> effects = new ArrayList<>();
  private final Map<String, Tensor> reports = new LinkedHashMap<>();

  Step(Device device) {
    this.device = device;
  }

  public Device device() {
    return device;
  }

  /** Writes an expression into a stored tensor of the same shape. */
  public void assign(Tensor target, Tensor value) {
    Tensor.sameShape(target, value, "assign");
    if (!target.isStored()) {
      throw new IllegalArgumentException(
          "assign: the target %s is computed, not stored".formatted(target.shape()));
    }
    effects.add(new Assign(Tensor.nextSequence(), target, value));
  }

  /**
   * Writes the rows of an expression, n × d, over rows of a stored tensor, m × d.
   *
   * @param index n × 1: where each goes, from 0 to m - 1; of equal ones the last counts
   */
  public void scatter(Tensor target, Tensor index, Tensor values) {
    if (index.rows() != values.rows() || index.columns() != 1) {
      throw new ShapeException(
          "scatter: the index is %s instead of (%d, 1)".formatted(index.shape(), values.rows()));
    }
    if (values.columns() != target.columns()) {
      throw new ShapeException(
          "scatter: values %s do not fit into %s".formatted(values.shape(), target.shape()));
    }
    if (!target.isStored()) {
      throw new IllegalArgumentException(
          "scatter: the target %s is computed, not stored".formatted(target.shape()));
    }
    update(new Update.Scatter(values, index, target));
  }

  public void update(Update update) {
    effects.add(new InPlace(Tensor.nextSequence(), update));
  }

  /**
   * Stops the replay with a {@code NotFiniteException} if an element is NaN or infinite, before
   * anything recorded later has happened.
   */
  public void check(Tensor value, String name) {
    effects.add(new Check(Tensor.nextSequence(), value, name));
  }

  /** Keeps a 1 × 1 tensor to be read by {@link Plan#value} after each replay. */
  public void report(String name, Tensor value) {
    if (value.size() != 1) {
      throw new ShapeException(name + ": reported values are (1, 1), not " + value.shape());
    }
    var kept = device.dense(name, 1, 1);
    if (reports.put(name, kept) != null) {
      throw new IllegalArgumentException(name + " is reported twice");
    }
    assign(kept, value);
  }

  List<Effect> effects() {
    return effects;
  }

  Map<String, Tensor> reports() {
    return reports;
  }
}
