package dev.lanewise.engine;

import dev.lanewise.engine.Location.Orientation;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the expressions and effects of a {@link Step} into instructions in recorded order. Views
 * cost nothing; what nobody needs is left out; products take up bias, activation and gate ({@link
 * Fusion}); results go straight to where they are assigned or joined ({@link Destinations}).
 */
final class Lowering {
  /** At most so many rows make a product of two k-contiguous matrices a DOT. */
  private static final int DOT_ROWS = 5;

  private static final int DOT_LANES = 8;

  private final Fusion fusion;
  private final Map<Tensor, Location> destinations;
  private final Map<Tensor, Location> locations = new IdentityHashMap<>();
  private final Map<Storage, Buffer> stored = new IdentityHashMap<>();
  private final Map<Float, Buffer> constants = new LinkedHashMap<>();
  private final Map<Philox, Long> drawn = new LinkedHashMap<>();
  private final List<Instruction> instructions = new ArrayList<>();

  private Lowering(Step step) {
    fusion = new Fusion(step);
    destinations = new Destinations(step, fusion, this).locations();
    var events = new ArrayList<Object>();
    events.addAll(fusion.needed());
    events.addAll(step.effects());
    events.sort(
        Comparator.comparingLong(
            e -> e instanceof Tensor t ? t.sequence() : ((Step.Effect) e).sequence()));
    for (var event : events) {
      if (event instanceof Tensor tensor) {
        lower(tensor);
      } else {
        lower((Step.Effect) event);
      }
    }
  }

  static Lowering of(Step step) {
    return new Lowering(step);
  }

  List<Instruction> instructions() {
    return instructions;
  }

  /** The numbers that are known beforehand, by value. */
  Map<Float, Buffer> constants() {
    return constants;
  }

  /** Blocks that one replay draws from each stream. */
  Map<Philox, Long> drawn() {
    return drawn;
  }

  // --- where things are

  Buffer buffer(Storage storage) {
    return stored.computeIfAbsent(storage, Buffer::of);
  }

  Location of(Tensor tensor) {
    var known = locations.get(tensor);
    if (known != null) {
      return known;
    }
    var location =
        switch (tensor.op()) {
          case Op.Stored s ->
              new Location(buffer(s.storage()), s.offset(), s.rowStride(), s.columnStride());
          case Op.Constant c ->
              new Location(
                  constants.computeIfAbsent(
                      c.value(), v -> Buffer.intermediate(Float.toString(v), 1)),
                  0,
                  1,
                  1);
          case Op.Transpose _ -> of(input(tensor)).transposed();
          case Op.Slice s ->
              s.axis() == Axis.SAMPLES
                  ? of(input(tensor)).from(s.from(), 0)
                  : of(input(tensor)).from(0, s.from());
          case Op.Broadcast _ -> of(input(tensor)).stretched(input(tensor), tensor);
          case Op.StopGradient _ -> of(input(tensor));
          default -> throw new IllegalStateException(tensor + " is used before it is computed");
        };
    locations.put(tensor, location);
    return location;
  }

  private static Tensor input(Tensor tensor) {
    return tensor.inputs().getFirst();
  }

  /** Fresh memory for a tensor. */
  static Location fresh(Tensor tensor, Orientation orientation, String name) {
    int n = tensor.rows(), d = tensor.columns();
    if (orientation == Orientation.COLUMNS) {
      long stride = n == 1 ? 1 : Placement.stride(n);
      return new Location(Buffer.intermediate(name, stride * d), 0, 1, stride);
    }
    long stride = d == 1 ? 1 : n == 1 ? d : Placement.stride(d);
    return new Location(Buffer.intermediate(name, stride * n), 0, stride, 1);
  }

  /** The orientation that a result of this shape has of itself. */
  static Orientation natural(Tensor tensor, Orientation otherwise) {
    return tensor.rows() == 1
        ? Orientation.ROWS
        : tensor.columns() == 1 ? Orientation.COLUMNS : otherwise;
  }

  private static boolean fits(View view) {
    return view.lanes() <= 1 || view.laneStride() == 1 || view.laneStride() == 0;
  }

  private static boolean writable(View view) {
    return view.lanes() <= 1 || view.laneStride() == 1;
  }

  /** An input, stretched to n × d; copied first if its elements do not lie along the lanes. */
  private Operand read(Tensor tensor, int n, int d, Orientation orientation) {
    var location = of(tensor);
    var view = location.view(tensor, n, d, orientation);
    if (!fits(view)) {
      location = copied(tensor, orientation);
      view = location.view(tensor, n, d, orientation);
    }
    return Operand.read(location.buffer(), view);
  }

  private Operand read(Tensor tensor, Orientation orientation) {
    return read(tensor, tensor.rows(), tensor.columns(), orientation);
  }

  private Location copied(Tensor tensor, Orientation orientation) {
    var copy = fresh(tensor, orientation, "copy");
    copy("copy", tensor, of(tensor), copy, orientation);
    return copy;
  }

  private void copy(
      String name, Tensor tensor, Location from, Location to, Orientation orientation) {
    elementwise(
        name,
        tensor,
        List.of(Operand.read(from.buffer(), from.view(tensor, orientation))),
        Operand.write(to.buffer(), to.view(tensor, orientation)),
        (kernels, v, _, _) -> kernels.copy(v[0], v[1]));
  }

  private void elementwise(
      String name, Tensor tensor, List<Operand> reads, Operand write, Instruction.Binder binder) {
    var operands = new ArrayList<>(reads);
    operands.add(write);
    add(name, tensor, write.view(), true, true, tensor.size(), operands, binder);
  }

  private void add(
      String name,
      Tensor tensor,
      View work,
      boolean splitRows,
      boolean splitLanes,
      double cost,
      List<Operand> operands,
      Instruction.Binder binder) {
    instructions.add(
        new Instruction(
            name,
            tensor.shape(),
            work.rows(),
            work.lanes(),
            splitRows,
            splitLanes,
            cost,
            List.copyOf(operands),
            binder));
  }

  /** Emits what computes a tensor, given where to write it. */
  private interface Emitter {
    void emit(Operand out);
  }

  /** Gives a tensor its place, in the wanted orientation, and emits what computes it. */
  private void produce(Tensor tensor, Orientation orientation, String name, Emitter emitter) {
    var wanted = destinations.get(tensor);
    boolean direct = wanted != null && writable(wanted.view(tensor, orientation));
    var location = direct ? wanted : fresh(tensor, orientation, name);
    emitter.emit(Operand.write(location.buffer(), location.view(tensor, orientation)));
    if (wanted != null && !direct) {
      copy("copy", tensor, location, wanted, along(tensor, wanted));
    }
    locations.put(tensor, location);
  }

  /** How a tensor can be written at a location: its natural orientation if the strides allow. */
  private static Orientation along(Tensor tensor, Location location) {
    var natural = natural(tensor, Orientation.COLUMNS);
    return writable(location.view(tensor, natural))
        ? natural
        : natural == Orientation.COLUMNS ? Orientation.ROWS : Orientation.COLUMNS;
  }

  /** The orientation for an elementwise result: the destination's, else the first full input's. */
  private Orientation orientation(Tensor tensor) {
    var wanted = destinations.get(tensor);
    if (wanted != null) {
      return along(tensor, wanted);
    }
    for (var input : tensor.inputs()) {
      if (input.rows() == tensor.rows() && input.columns() == tensor.columns()) {
        var view = of(input).view(input, Orientation.COLUMNS);
        return natural(
            tensor, fits(view) && view.laneStride() == 1 ? Orientation.COLUMNS : rowsIfFit(input));
      }
    }
    return natural(tensor, Orientation.COLUMNS);
  }

  private Orientation rowsIfFit(Tensor input) {
    return of(input).columnStride() == 1 ? Orientation.ROWS : Orientation.COLUMNS;
  }

  // --- expressions

  private void lower(Tensor tensor) {
    var product = fusion.product(tensor);
    if (product != null) {
      matmul(tensor, product);
      return;
    }
    switch (tensor.op()) {
      case Op.Stored _,
          Op.Constant _,
          Op.Transpose _,
          Op.Slice _,
          Op.Broadcast _,
          Op.StopGradient _ -> {
        // of(tensor) finds it when somebody reads it
      }
      case Op.Map m -> pointwise(tensor, m.f().name(), (k, v, _, _) -> k.map(m.f(), v[0], v[1]));
      case Op.Zip z ->
          pointwise(tensor, z.f().name(), (k, v, _, _) -> k.zip(z.f(), v[0], v[1], v[2]));
      case Op.Select _ ->
          pointwise(tensor, "SELECT", (k, v, _, _) -> k.select(v[0], v[1], v[2], v[3]));
      case Op.Reduce r -> reduce(tensor, r);
      case Op.MatMul _ -> throw new IllegalStateException("products are lowered by fusion");
      case Op.Concat c -> concat(tensor, c.axis());
      case Op.Pick _ -> pick(tensor);
      case Op.OneHot _ -> oneHot(tensor);
      case Op.Gather _ -> gather(tensor);
      case Op.Scan _ -> scan(tensor);
      case Op.Uniform u -> draw(tensor, "uniform", u.stream(), Kernels::uniform);
      case Op.Normal u -> draw(tensor, "normal", u.stream(), Kernels::normal);
      case Op.Integers u -> integers(tensor, u.stream());
    }
  }

  private void pointwise(Tensor tensor, String f, Instruction.Binder binder) {
    var orientation = orientation(tensor);
    var name = f.toLowerCase(java.util.Locale.ROOT);
    var reads = new ArrayList<Operand>();
    for (var input : tensor.inputs()) {
      reads.add(read(input, tensor.rows(), tensor.columns(), orientation));
    }
    produce(tensor, orientation, name, out -> elementwise(name, tensor, reads, out, binder));
  }

  private void reduce(Tensor tensor, Op.Reduce op) {
    var x = input(tensor);
    var natural = natural(x, Orientation.COLUMNS);
    var orientation =
        fits(of(x).view(x, natural))
            ? natural
            : natural == Orientation.COLUMNS ? Orientation.ROWS : Orientation.COLUMNS;
    var read = read(x, orientation);
    boolean alongLanes = (op.axis() == Axis.SAMPLES) == (orientation == Orientation.COLUMNS);
    var name =
        op.reduction().name().toLowerCase(java.util.Locale.ROOT)
            + (op.axis() == Axis.SAMPLES ? " of samples" : " of features");
    // The result, one lane or one row, lies along the same view as its input.
    var place =
        destinations.getOrDefault(tensor, fresh(tensor, natural(tensor, orientation), name));
    var out = Operand.write(place.buffer(), place.view(tensor, orientation));
    if (alongLanes) {
      add(
          name,
          tensor,
          new View(0, read.view().rows(), 1, 0, 1),
          true,
          false,
          x.size(),
          List.of(read, out),
          (k, v, _, _) -> k.reduceLanes(op.reduction(), v[0], v[1]));
      locations.put(tensor, place);
      return;
    }
    if (!writable(out.view())) {
      var dense = fresh(tensor, natural(tensor, orientation), name);
      var direct = Operand.write(dense.buffer(), dense.view(tensor, orientation));
      reduceRows(name, tensor, op.reduction(), read, direct);
      copy("copy", tensor, dense, place, natural(tensor, orientation));
      locations.put(tensor, dense);
    } else {
      reduceRows(name, tensor, op.reduction(), read, out);
      locations.put(tensor, place);
    }
  }

  private void reduceRows(
      String name, Tensor tensor, Reduction reduction, Operand read, Operand out) {
    add(
        name,
        tensor,
        out.view(),
        false,
        true,
        (double) read.view().rows() * read.view().lanes(),
        List.of(read, out),
        (k, v, _, _) -> k.reduceRows(reduction, v[0], v[1]));
  }

  private void matmul(Tensor tensor, Fusion.Product product) {
    Tensor a = product.a(), b = product.b();
    var wanted = destinations.get(tensor);
    var orientation =
        natural(
            tensor,
            wanted != null
                ? along(tensor, wanted)
                : of(a).rowStride() == 1 && a.rows() > 1 ? Orientation.COLUMNS : Orientation.ROWS);
    boolean columns = orientation == Orientation.COLUMNS;
    // Along columns the kernel computes Cᵀ = Bᵀ Aᵀ: its rows are features, its lanes samples.
    var left = columns ? matrix(b, true) : matrix(a, false);
    var right = vectorised(columns ? a : b, columns);
    int m = left.view().rows(), k = left.view().lanes(), n = right.view().lanes();
    boolean dot =
        (m <= DOT_ROWS || n <= DOT_LANES)
            && (k <= 1 || (left.view().laneStride() == 1 && right.view().rowStride() == 1));
    var form = dot ? Gemm.Form.DOT : Gemm.Form.OUTER;
    var initial = read(product.initial(), tensor.rows(), tensor.columns(), orientation);
    var gate = product.gate().map(g -> read(g, orientation));
    var name = product.name();
    produce(
        tensor,
        orientation,
        name,
        out -> {
          var operands =
              new ArrayList<>(
                  List.of(left.shared(false, true), right.shared(true, false), initial, out));
          gate.ifPresent(operands::add);
          add(
              name,
              tensor,
              out.view(),
              true,
              true,
              2.0 * m * n * k,
              operands,
              (kernels, v, _, _) ->
                  kernels.gemm(
                      new Gemm(v[0], v[1], v[2], v[3], product.epilogue(), v[v.length - 1], form)));
        });
  }

  /** A tensor (or its transpose) as a matrix whose strides may be any. */
  private Operand matrix(Tensor tensor, boolean transposed) {
    var location = of(tensor);
    var view = location.view(tensor, Orientation.ROWS);
    return Operand.read(location.buffer(), transposed ? view.flipped() : view);
  }

  /** Likewise, where one of the strides has to be 1. */
  private Operand vectorised(Tensor tensor, boolean transposed) {
    var operand = matrix(tensor, transposed);
    var view = operand.view();
    if (view.laneStride() == 1 || view.rowStride() == 1 || view.rows() <= 1) {
      return operand;
    }
    var copy = copied(tensor, transposed ? Orientation.COLUMNS : Orientation.ROWS);
    var copiedView = copy.view(tensor, Orientation.ROWS);
    return Operand.read(copy.buffer(), transposed ? copiedView.flipped() : copiedView);
  }

  private void concat(Tensor tensor, Axis axis) {
    var whole = destinations.get(tensor);
    int at = 0;
    for (var part : tensor.inputs()) {
      var slot = axis == Axis.SAMPLES ? whole.from(at, 0) : whole.from(0, at);
      if (!slot.equals(destinations.get(part))) {
        copy("concat", part, of(part), slot, along(part, slot));
      }
      at += axis == Axis.SAMPLES ? part.rows() : part.columns();
    }
    locations.put(tensor, whole);
  }

  private void pick(Tensor tensor) {
    var x = read(input(tensor), Orientation.COLUMNS);
    var index = read(tensor.inputs().get(1), Orientation.COLUMNS);
    produce(
        tensor,
        Orientation.COLUMNS,
        "pick",
        out ->
            add(
                "pick",
                tensor,
                out.view(),
                false,
                true,
                tensor.size(),
                List.of(x, index, out),
                (k, v, _, _) -> k.pick(v[0], v[1], v[2])));
  }

  private void oneHot(Tensor tensor) {
    var index = read(input(tensor), Orientation.COLUMNS);
    produce(
        tensor,
        Orientation.COLUMNS,
        "one_hot",
        out ->
            add(
                "one_hot",
                tensor,
                out.view(),
                false,
                true,
                tensor.size(),
                List.of(index, out),
                (k, v, _, _) -> k.oneHot(v[0], v[1])));
  }

  private void gather(Tensor tensor) {
    var records = read(input(tensor), Orientation.ROWS).whole();
    var index = read(tensor.inputs().get(1), Orientation.COLUMNS);
    produce(
        tensor,
        Orientation.COLUMNS,
        "gather",
        out ->
            add(
                "gather",
                tensor,
                out.view(),
                false,
                true,
                8.0 * tensor.size(),
                List.of(records, index, out),
                (k, v, _, _) -> k.gather(v[0], v[1], v[2])));
  }

  private void scan(Tensor tensor) {
    var a = read(input(tensor), Orientation.ROWS);
    var b = read(tensor.inputs().get(1), Orientation.ROWS);
    produce(
        tensor,
        Orientation.ROWS,
        "scan",
        out ->
            add(
                "scan",
                tensor,
                out.view(),
                false,
                true,
                2.0 * tensor.size(),
                List.of(a, b, out),
                (k, v, _, _) -> k.scan(v[0], v[1], v[2])));
  }

  private interface Drawing {
    dev.lanewise.kernels.Call bind(Kernels kernels, Draw draw, View out);
  }

  private void draw(Tensor tensor, String name, Philox stream, Drawing kind) {
    draw(tensor, name, stream, List.of(), (k, draw, v) -> kind.bind(k, draw, v[0]));
  }

  private void integers(Tensor tensor, Philox stream) {
    var bound = read(input(tensor), Orientation.ROWS).whole();
    draw(tensor, "integers", stream, List.of(bound), (k, d, v) -> k.integers(d, v[0], v[1]));
  }

  private interface DrawBinder {
    dev.lanewise.kernels.Call bind(Kernels kernels, Draw draw, View[] views);
  }

  private void draw(
      Tensor tensor, String name, Philox stream, List<Operand> reads, DrawBinder binder) {
    produce(
        tensor,
        natural(tensor, Orientation.COLUMNS),
        name,
        out -> {
          int rows = out.view().rows(), lanes = out.view().lanes();
          long offset = drawn.getOrDefault(stream, 0L);
          drawn.put(stream, offset + Draw.blocks(rows, lanes));
          var operands = new ArrayList<>(reads);
          operands.add(out);
          add(
              name,
              tensor,
              out.view(),
              true,
              true,
              20.0 * tensor.size(),
              operands,
              (k, v, fromRow, fromLane) ->
                  binder.bind(k, new Draw(stream, offset, lanes, fromRow, fromLane), v));
        });
  }

  // --- effects

  private void lower(Step.Effect effect) {
    switch (effect) {
      case Step.Assign assign -> {
        var target = of(assign.target());
        if (!target.equals(destinations.get(assign.value()))) {
          var value = assign.value();
          copy("assign", value, of(value), target, along(value, target));
        }
      }
      case Step.Check check -> {
        var value = check.value();
        var x = read(value, along(value, of(value)));
        add(
            "check",
            value,
            x.view(),
            true,
            true,
            value.size(),
            List.of(x),
            (k, v, _, _) -> k.checkFinite(v[0], check.name()));
      }
      case Step.InPlace update -> lower(update.update());
    }
  }

  private void lower(Update update) {
    switch (update) {
      case Update.Adam u ->
          inPlace(
              "adam",
              List.of(
                  changed(u.parameter()),
                  row(u.gradient()),
                  changed(u.firstMoment()),
                  changed(u.secondMoment()),
                  row(u.stepCount()).whole(),
                  row(u.learningRate()).whole()),
              u.parameter(),
              (k, v, _, _) ->
                  k.adam(
                      new Kernels.Adam(
                          v[0],
                          v[1],
                          v[2],
                          v[3],
                          v[4],
                          v[5],
                          u.beta1(),
                          u.beta2(),
                          u.epsilon(),
                          u.weightDecay())));
      case Update.RmsProp u ->
          inPlace(
              "rmsprop",
              List.of(
                  changed(u.parameter()),
                  row(u.gradient()),
                  changed(u.secondMoment()),
                  row(u.learningRate()).whole()),
              u.parameter(),
              (k, v, _, _) ->
                  k.rmsProp(new Kernels.RmsProp(v[0], v[1], v[2], v[3], u.decay(), u.epsilon())));
      case Update.Sgd u ->
          inPlace(
              "sgd",
              List.of(
                  changed(u.parameter()),
                  row(u.gradient()),
                  changed(u.velocity()),
                  row(u.learningRate()).whole()),
              u.parameter(),
              (k, v, _, _) -> k.sgd(new Kernels.Sgd(v[0], v[1], v[2], v[3], u.momentum())));
      case Update.Scatter u -> scatter(u);
      case Update.Lerp u ->
          inPlace(
              "lerp",
              List.of(row(u.source()), changed(u.target())),
              u.target(),
              (k, v, _, _) -> k.lerp(v[0], v[1], u.tau()));
    }
  }

  /** One part, so that of equal indices the last counts. */
  private void scatter(Update.Scatter u) {
    var values = read(u.values(), Orientation.COLUMNS);
    var index = read(u.index(), Orientation.COLUMNS);
    u.target().stored();
    var target = read(u.target(), Orientation.ROWS);
    add(
        "scatter",
        u.values(),
        values.view(),
        false,
        false,
        8.0 * u.values().size(),
        List.of(values, index, Operand.update(target.buffer(), target.view())),
        (k, v, _, _) -> k.scatter(v[0], v[1], v[2]));
  }

  private void inPlace(
      String name, List<Operand> operands, Tensor changed, Instruction.Binder binder) {
    add(
        name,
        changed,
        View.row(0, changed.columns()),
        false,
        true,
        changed.size() * 8.0,
        operands,
        binder);
  }

  private Operand row(Tensor tensor) {
    if (tensor.rows() != 1) {
      throw new ShapeException("an update takes one row, not " + tensor.shape());
    }
    return read(tensor, Orientation.ROWS);
  }

  private Operand changed(Tensor tensor) {
    tensor.stored();
    var operand = row(tensor);
    return Operand.update(operand.buffer(), operand.view());
  }
}
