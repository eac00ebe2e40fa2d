package dev.lanewise.engine;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results that can be written where they are wanted instead of being copied there: what is assigned
 * to a stored tensor, and the parts of a concatenation.
 */
final class Destinations {
  private final Step step;
  private final Fusion fusion;
  private final Map<Tensor, Location> locations = new IdentityHashMap<>();

  Destinations(Step step, Fusion fusion, Lowering lowering) {
    this.step = step;
    this.fusion = fusion;
    for (var effect : step.effects()) {
      if (effect instanceof Step.Assign assign && mayWriteEarly(assign)) {
        locations.put(assign.value(), lowering.of(assign.target()));
      }
    }
    for (var tensor : fusion.needed().reversed()) {
      if (tensor.op() instanceof Op.Concat concat) {
        join(tensor, concat.axis());
      }
    }
  }

  Map<Tensor, Location> locations() {
    return locations;
  }

  private void join(Tensor tensor, Axis axis) {
    var whole =
        locations.computeIfAbsent(
            tensor,
            t -> Lowering.fresh(t, Lowering.natural(t, Location.Orientation.COLUMNS), "concat"));
    int at = 0;
    for (var part : tensor.inputs()) {
      if (isComputed(part)) {
        locations.putIfAbsent(part, axis == Axis.SAMPLES ? whole.from(at, 0) : whole.from(0, at));
      }
      at += axis == Axis.SAMPLES ? part.rows() : part.columns();
    }
  }

  /** Whether the value has memory of its own to be chosen, rather than being seen elsewhere. */
  private static boolean isComputed(Tensor tensor) {
    return switch (tensor.op()) {
      case Op.Stored _,
          Op.Constant _,
          Op.Transpose _,
          Op.Slice _,
          Op.Broadcast _,
          Op.StopGradient _ ->
          false;
      default -> true;
    };
  }

  /** Whether nobody can tell that the target is written when the value is computed. */
  private boolean mayWriteEarly(Step.Assign assign) {
    var value = assign.value();
    if (!isComputed(value) || locations.containsKey(value)) {
      return false;
    }
    long from = earliest(value);
    for (var tensor : fusion.needed()) {
      boolean between = tensor.sequence() >= from && tensor.sequence() < assign.sequence();
      if (between && !inPlace(tensor, value, assign.target())) {
        for (var input : fusion.inputs(tensor)) {
          if (overlap(input, assign.target())) {
            return false;
          }
        }
      }
    }
    for (var effect : step.effects()) {
      boolean before = effect.sequence() > from && effect.sequence() < assign.sequence();
      if (before && anyOverlap(Fusion.read(effect), assign.target())) {
        return false;
      }
      if (effect != assign
          && effect.sequence() > from
          && anyOverlap(Fusion.written(effect), assign.target())) {
        return false;
      }
    }
    return true;
  }

  /** When the first part of a value may be written. */
  private static long earliest(Tensor value) {
    return value.op() instanceof Op.Concat
        ? value.inputs().stream()
            .filter(Destinations::isComputed)
            .mapToLong(Destinations::earliest)
            .min()
            .orElse(value.sequence())
        : value.sequence();
  }

  /** x ← f(x), element by element, may read what it overwrites. */
  private static boolean inPlace(Tensor tensor, Tensor value, Tensor target) {
    boolean pointwise = tensor.op() instanceof Op.Map || tensor.op() instanceof Op.Zip;
    return tensor == value
        && pointwise
        && tensor.inputs().stream()
            .allMatch(
                input ->
                    !overlap(input, target)
                        || (input.op().equals(target.op())
                            && input.rows() == target.rows()
                            && input.columns() == target.columns()));
  }

  private static boolean anyOverlap(List<Tensor> tensors, Tensor target) {
    return tensors.stream().anyMatch(tensor -> overlap(tensor, target));
  }

  /** Whether a tensor shows memory that a stored tensor has too. */
  private static boolean overlap(Tensor tensor, Tensor target) {
    return switch (tensor.op()) {
      case Op.Transpose _, Op.Slice _, Op.Broadcast _, Op.StopGradient _ ->
          overlap(tensor.inputs().getFirst(), target);
      case Op.Stored s -> {
        var t = target.stored();
        yield s.storage() == t.storage()
            && tensor.size() > 0
            && target.size() > 0
            && s.offset() <= last(target)
            && t.offset() <= last(tensor);
      }
      default -> false;
    };
  }

  private static long last(Tensor stored) {
    var at = stored.stored();
    return at.offset()
        + (stored.rows() - 1) * at.rowStride()
        + (stored.columns() - 1) * at.columnStride();
  }
}
