package dev.lanewise.engine;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Unary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which expressions one product computes at once (a · b + bias, then ReLU or the gate of an
 * activation's derivative), and which expressions are needed at all.
 */
final class Fusion {
  private static final Tensor ZERO = Tensor.constant(0);

  /** epilogue(initial + a · b) */
  record Product(Tensor a, Tensor b, Tensor initial, Epilogue epilogue, Optional<Tensor> gate) {

    String name() {
      return (initial == ZERO ? "matmul" : "linear")
          + switch (epilogue) {
            case NONE -> "";
            case RELU -> "+relu";
            case RELU_GATE -> "+relu gate";
            case TANH_GATE -> "+tanh gate";
          };
    }

    private Product with(Tensor newInitial) {
      return new Product(a, b, newInitial, epilogue, gate);
    }

    private Product with(Epilogue newEpilogue, Optional<Tensor> newGate) {
      return new Product(a, b, initial, newEpilogue, newGate);
    }
  }

  private final Map<Tensor, Product> products = new IdentityHashMap<>();
  private final Map<Tensor, Integer> uses = new IdentityHashMap<>();
  private final TreeSet<Long> effects = new TreeSet<>();
  private final List<Tensor> needed;

  Fusion(Step step) {
    var roots = new ArrayList<Tensor>();
    for (var effect : step.effects()) {
      effects.add(effect.sequence());
      roots.addAll(read(effect));
    }
    roots.forEach(root -> uses.merge(root, 1, Integer::sum));
    var reachable = reachable(roots, Tensor::inputs);
    reachable.forEach(t -> t.inputs().forEach(input -> uses.merge(input, 1, Integer::sum)));
    reachable.forEach(this::match);
    needed = reachable(roots, this::inputs);
  }

  /** Expressions that have to be computed, in recorded order. */
  List<Tensor> needed() {
    return needed;
  }

  /** The product that computes this tensor, or null if it is computed otherwise. */
  Product product(Tensor tensor) {
    return products.get(tensor);
  }

  /** What computing this tensor reads. */
  List<Tensor> inputs(Tensor tensor) {
    var product = products.get(tensor);
    if (product == null) {
      return tensor.inputs();
    }
    var inputs = new ArrayList<>(List.of(product.a, product.b, product.initial));
    product.gate.ifPresent(inputs::add);
    return inputs;
  }

  /** The tensors that an effect reads. */
  static List<Tensor> read(Step.Effect effect) {
    return switch (effect) {
      case Step.Assign e -> List.of(e.value());
      case Step.Check e -> List.of(e.value());
      case Step.InPlace e ->
          switch (e.update()) {
            case Update.Adam u ->
                List.of(
                    u.parameter(),
                    u.gradient(),
                    u.firstMoment(),
                    u.secondMoment(),
                    u.stepCount(),
                    u.learningRate());
            case Update.RmsProp u ->
                List.of(u.parameter(), u.gradient(), u.secondMoment(), u.learningRate());
            case Update.Sgd u ->
                List.of(u.parameter(), u.gradient(), u.velocity(), u.learningRate());
            case Update.Scatter u -> List.of(u.values(), u.index(), u.target());
            case Update.Lerp u -> List.of(u.source(), u.target());
          };
    };
  }

  /** The tensors that an effect changes. */
  static List<Tensor> written(Step.Effect effect) {
    return switch (effect) {
      case Step.Assign e -> List.of(e.target());
      case Step.Check _ -> List.of();
      case Step.InPlace e ->
          switch (e.update()) {
            case Update.Adam u -> List.of(u.parameter(), u.firstMoment(), u.secondMoment());
            case Update.RmsProp u -> List.of(u.parameter(), u.secondMoment());
            case Update.Sgd u -> List.of(u.parameter(), u.velocity());
            case Update.Scatter u -> List.of(u.target());
            case Update.Lerp u -> List.of(u.target());
          };
    };
  }

  private void match(Tensor tensor) {
    switch (tensor.op()) {
      case Op.MatMul _ ->
          products.put(
              tensor,
              new Product(
                  tensor.inputs().get(0),
                  tensor.inputs().get(1),
                  ZERO,
                  Epilogue.NONE,
                  Optional.empty()));
      case Op.Zip(var f) when f == Binary.ADD -> {
        if (!matchInitial(tensor, 0, 1)) {
          matchInitial(tensor, 1, 0);
        }
      }
      case Op.Zip(var f) when f == Binary.MULTIPLY -> {
        if (!matchGate(tensor, 0, 1)) {
          matchGate(tensor, 1, 0);
        }
      }
      case Op.Map(var f) when f == Unary.RELU -> {
        var product = plain(tensor, tensor.inputs().getFirst());
        if (product != null) {
          products.put(tensor, product.with(Epilogue.RELU, Optional.empty()));
        }
      }
      default -> {}
    }
  }

  private boolean matchInitial(Tensor sum, int term, int other) {
    var product = plain(sum, sum.inputs().get(term));
    if (product == null || product.initial != ZERO) {
      return false;
    }
    products.put(sum, product.with(sum.inputs().get(other)));
    return true;
  }

  private boolean matchGate(Tensor times, int factor, int derivative) {
    var product = plain(times, times.inputs().get(factor));
    var slope = times.inputs().get(derivative);
    var relu = of(slope, Unary.STEP);
    var tanh = squareFromOne(slope);
    var gate = relu != null ? relu : tanh;
    if (product == null
        || gate == null
        || gate.rows() != times.rows()
        || gate.columns() != times.columns()) {
      return false;
    }
    var epilogue = relu != null ? Epilogue.RELU_GATE : Epilogue.TANH_GATE;
    products.put(times, product.with(epilogue, Optional.of(gate)));
    return true;
  }

  /** The x of 1 - x², or null. */
  private static Tensor squareFromOne(Tensor tensor) {
    return tensor.op() instanceof Op.Zip(var f)
            && f == Binary.SUBTRACT
            && tensor.inputs().get(0).op() instanceof Op.Constant(var one)
            && one == 1
        ? of(tensor.inputs().get(1), Unary.SQUARE)
        : null;
  }

  /** The x of f(x), or null. */
  private static Tensor of(Tensor tensor, Unary f) {
    return tensor.op() instanceof Op.Map(var g) && g == f ? tensor.inputs().getFirst() : null;
  }

  /** The product behind an input that nothing else uses and that nothing separates from its use. */
  private Product plain(Tensor user, Tensor input) {
    var product = products.get(input);
    return product != null
            && product.epilogue == Epilogue.NONE
            && uses.get(input) == 1
            && input.rows() == user.rows()
            && input.columns() == user.columns()
            && effects.subSet(input.sequence(), user.sequence()).isEmpty()
        ? product
        : null;
  }

  private interface Inputs {
    List<Tensor> of(Tensor tensor);
  }

  private static List<Tensor> reachable(List<Tensor> roots, Inputs inputs) {
    var seen = new IdentityHashMap<Tensor, Boolean>();
    var waiting = new ArrayDeque<>(roots);
    while (!waiting.isEmpty()) {
      var tensor = waiting.pop();
      if (seen.put(tensor, true) == null) {
        waiting.addAll(inputs.of(tensor));
      }
    }
    var ordered = new ArrayList<>(seen.keySet());
    ordered.sort(Comparator.comparingLong(Tensor::sequence));
    return ordered;
  }
}
