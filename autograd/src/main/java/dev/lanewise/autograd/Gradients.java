package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Op;
import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gradients in reverse mode: expressions for the derivatives of one tensor, made of the same
 * operations as the tensor itself, so that gradients have gradients.
 *
 * <p>A wanted tensor is recognised by what it is: a stored one by its place in memory and its shape
 * (the same parameter fetched twice is one parameter), a computed one as the very object. Only
 * paths that lead from the loss to a wanted tensor are followed; {@code stopGradient()} ends a
 * path.
 */
public final class Gradients {

  /** Where a stored tensor lies. */
  private record Place(Op.Stored stored, int rows, int columns) {}

  /** A gradient for a part of a tensor only. */
  private record PartGradient(Derivative.Part part, Tensor gradient) {}

  /** What has arrived at a tensor so far. */
  private record Arrived(List<Tensor> wholes, List<PartGradient> parts) {}

  private final Map<Place, Tensor> places = new HashMap<>();
  private final Map<Tensor, Boolean> leads = new IdentityHashMap<>();
  private final Map<Tensor, Arrived> arrived = new IdentityHashMap<>();
  private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
  private final Set<Place> wantedPlaces = new HashSet<>();
  private final Map<Tensor, Boolean> wanted = new IdentityHashMap<>();

  private Gradients(List<Tensor> withRespectTo) {
    for (var tensor : withRespectTo) {
      var one = same(tensor);
      wanted.put(one, true);
      if (one.op() instanceof Op.Stored stored) {
        wantedPlaces.add(new Place(stored, one.rows(), one.columns()));
      }
    }
  }

  /**
   * ∂loss/∂x for each wanted x, each in the shape of x; zeros where the loss does not depend on x.
   *
   * @param loss 1 × 1
   * @throws ShapeException if the loss is not 1 × 1
   * @throws UnsupportedOperationException if a path leads through an operation without derivative
   * @throws IllegalArgumentException if the loss reads a stored x in part or as part of more
   */
  public static List<Tensor> of(Tensor loss, List<Tensor> withRespectTo) {
    if (loss.size() != 1) {
      throw new ShapeException(
          "gradients are of a (1, 1) loss, not of %s; take its mean() or sum(), or give a seed"
              .formatted(loss.shape()));
    }
    return of(loss, Tensor.constant(1), withRespectTo);
  }

  /**
   * Σ seed · ∂y/∂x for each wanted x (the product of a row vector and the Jacobian).
   *
   * @param seed the gradient of y, in the shape of y
   */
  public static List<Tensor> of(Tensor y, Tensor seed, List<Tensor> withRespectTo) {
    if (seed.rows() != y.rows() || seed.columns() != y.columns()) {
      throw new ShapeException(
          "the seed %s is not in the shape of %s".formatted(seed.shape(), y.shape()));
    }
    var reverse = new Gradients(withRespectTo);
    reverse.run(y, seed);
    return withRespectTo.stream().map(reverse::gradient).toList();
  }

  /**
   * The product of the Hessian of a loss and a vector, H v = ∂(∂loss/∂x · v)/∂x (Pearlmutter 1994).
   * With the loss a mean Kullback-Leibler divergence between a policy and itself held constant,
   * this is the product with the Fisher matrix, as natural gradients and TRPO need it.
   *
   * @param vector one tensor in the shape of each of {@code withRespectTo}, taken as constant
   */
  public static List<Tensor> product(Tensor loss, List<Tensor> withRespectTo, List<Tensor> vector) {
    if (vector.size() != withRespectTo.size()) {
      throw new IllegalArgumentException(
          "%d vectors for %d tensors".formatted(vector.size(), withRespectTo.size()));
    }
    var first = of(loss, withRespectTo);
    var dot = Tensor.constant(0);
    for (int i = 0; i < vector.size(); i++) {
      var v = vector.get(i);
      if (v.rows() != first.get(i).rows() || v.columns() != first.get(i).columns()) {
        throw new ShapeException(
            "vector %d is %s instead of %s".formatted(i, v.shape(), first.get(i).shape()));
      }
      var term = first.get(i).times(v.stopGradient()).sum();
      dot = i == 0 ? term : dot.plus(term);
    }
    return of(dot, withRespectTo);
  }

  private Tensor gradient(Tensor x) {
    var gradient = gradients.get(same(x));
    return gradient != null ? gradient : zeros(x.rows(), x.columns());
  }

  private void run(Tensor y, Tensor seed) {
    var root = same(y);
    var order = inputsFirst(root);
    order.forEach(node -> leads.put(node, leadsToWanted(node)));
    arrive(root).wholes().add(seed);
    for (var node : order.reversed()) {
      if (leads.get(node) && arrived.containsKey(node)) {
        passOn(node);
      }
    }
  }

  /** Sums up the gradient of a tensor whose uses have all been seen, and gives it to its inputs. */
  private void passOn(Tensor y) {
    var g = total(y, arrived.remove(y));
    if (wanted.containsKey(y)) {
      gradients.put(y, g);
    }
    for (int i = 0; i < y.inputs().size(); i++) {
      var x = same(y.inputs().get(i));
      if (!leads.getOrDefault(x, false)) {
        continue;
      }
      switch (Derivatives.of(y, i)) {
        case Derivative.Flows(var pullback) ->
            arrive(x).wholes().add(unstretched(pullback.apply(g), x));
        case Derivative.Part part -> arrive(x).parts().add(new PartGradient(part, g));
        case Derivative.Zero _ -> {}
        case Derivative.Missing(var why) -> throw new UnsupportedOperationException(why);
      }
    }
  }

  private boolean leadsToWanted(Tensor y) {
    if (wanted.containsKey(y)) {
      return true;
    }
    checkNotInPart(y);
    return dependencies(y).stream().anyMatch(leads::get);
  }

  /** The inputs that y depends on as far as derivatives are concerned. */
  private List<Tensor> dependencies(Tensor y) {
    var inputs = new ArrayList<Tensor>();
    for (int i = 0; i < y.inputs().size(); i++) {
      if (!(Derivatives.of(y, i) instanceof Derivative.Zero)) {
        inputs.add(same(y.inputs().get(i)));
      }
    }
    return inputs;
  }

  /** All that y depends on and y, each after what it depends on. */
  private List<Tensor> inputsFirst(Tensor y) {
    record Visit(Tensor tensor, boolean done) {}
    var order = new ArrayList<Tensor>();
    var seen = new IdentityHashMap<Tensor, Boolean>();
    var stack = new ArrayDeque<Visit>();
    stack.push(new Visit(y, false));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      if (visit.done()) {
        order.add(visit.tensor());
      } else if (seen.put(visit.tensor(), true) == null) {
        stack.push(new Visit(visit.tensor(), true));
        dependencies(visit.tensor()).forEach(x -> stack.push(new Visit(x, false)));
      }
    }
    return order;
  }

  /** One object for all stored tensors at the same place. */
  private Tensor same(Tensor x) {
    return x.op() instanceof Op.Stored stored
        ? places.computeIfAbsent(new Place(stored, x.rows(), x.columns()), _ -> x)
        : x;
  }

  /** A wanted block that the loss reads piece by piece would silently get a gradient of zero. */
  private void checkNotInPart(Tensor y) {
    if (y.op() instanceof Op.Stored stored && y.size() > 0) {
      for (var place : wantedPlaces) {
        if (overlap(place, new Place(stored, y.rows(), y.columns()))) {
          throw new IllegalArgumentException(
              "the wanted (%d, %d) of %s overlaps %s that the loss reads; ask for the same tensor"
                  .formatted(place.rows(), place.columns(), stored.storage().name(), y.shape()));
        }
      }
    }
  }

  private static boolean overlap(Place a, Place b) {
    return a.stored().storage() == b.stored().storage()
        && a.stored().offset() <= last(b)
        && b.stored().offset() <= last(a);
  }

  private static long last(Place at) {
    return at.stored().offset()
        + (at.rows() - 1) * at.stored().rowStride()
        + (at.columns() - 1) * at.stored().columnStride();
  }

  private Arrived arrive(Tensor x) {
    return arrived.computeIfAbsent(x, _ -> new Arrived(new ArrayList<>(), new ArrayList<>()));
  }

  /** Sums a gradient over the axes along which an operation stretched x. */
  private static Tensor unstretched(Tensor g, Tensor x) {
    boolean samples = x.rows() == 1 && g.rows() != 1;
    boolean features = x.columns() == 1 && g.columns() != 1;
    var perSample = features ? g.sum(Axis.FEATURES) : g;
    return samples ? perSample.sum(Axis.SAMPLES) : perSample;
  }

  private static Tensor total(Tensor x, Arrived arrived) {
    var terms = new ArrayList<>(arrived.wholes());
    for (var axis : Axis.values()) {
      var parts = arrived.parts().stream().filter(p -> p.part().axis() == axis).toList();
      terms.addAll(joined(axis, parts, x));
    }
    return terms.stream().reduce(Tensor::plus).orElseThrow();
  }

  /**
   * Parts side by side as one whole, zeros in the gaps: slices that divide a tensor up give one
   * concatenation and no sum. Parts that overlap go to further wholes.
   */
  private static List<Tensor> joined(Axis axis, List<PartGradient> parts, Tensor x) {
    var wholes = new ArrayList<Tensor>();
    var left = new ArrayList<>(parts);
    left.sort(Comparator.comparingInt(p -> p.part().from()));
    int length = axis == Axis.SAMPLES ? x.rows() : x.columns();
    while (!left.isEmpty()) {
      var row = new ArrayList<Tensor>();
      int end = 0;
      for (var part : List.copyOf(left)) {
        if (part.part().from() >= end) {
          gap(axis, x, part.part().from() - end, row);
          row.add(part.gradient());
          end = part.part().to();
          left.remove(part);
        }
      }
      gap(axis, x, length - end, row);
      wholes.add(Tensor.concat(axis, row.toArray(Tensor[]::new)));
    }
    return wholes;
  }

  private static void gap(Axis axis, Tensor x, int length, List<Tensor> row) {
    if (length > 0) {
      row.add(axis == Axis.SAMPLES ? zeros(length, x.columns()) : zeros(x.rows(), length));
    }
  }

  private static Tensor zeros(int rows, int columns) {
    return Tensor.constant(0).broadcast(rows, columns);
  }
}
