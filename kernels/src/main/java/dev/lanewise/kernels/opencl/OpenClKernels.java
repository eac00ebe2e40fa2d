package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Gemm;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import java.util.Arrays;
import java.util.List;
import org.jocl.cl_mem;

/** The list of kernels and which of OpenCL's answers each, with what arguments. */
final class OpenClKernels implements Kernels {
  static final int PARTS = 16;
  private static final int RUNS = 64;

  private final Queue queue;
  private final Programs programs;
  private final OpenClMemory memory;
  private final Failures failures;
  private final Checks checks;
  private final Products products;
  private final Tuner tuner;
  private boolean tensorCores;

  OpenClKernels(
      Queue queue,
      Programs programs,
      OpenClMemory memory,
      Flag flag,
      Failures failures,
      BinaryCache cache,
      Groups groups) {
    this.queue = queue;
    this.programs = programs;
    this.memory = memory;
    this.failures = failures;
    checks = new Checks(this, flag, memory);
    products = new Products(this, groups);
    tuner = new Tuner(queue, memory, cache, products, programs.options());
  }

  KernelCall.Binding bind(String file, String kernel) {
    return bind(file, "", kernel);
  }

  KernelCall.Binding product(Tile tile) {
    return bind("products", tile.defines(), "product");
  }

  /** A kernel of a program of its own. */
  KernelCall.Binding own(String kernel, String source) {
    return new KernelCall.Binding(
        kernel, "", kernel, () -> programs.own(kernel, source), memory, queue, failures);
  }

  private KernelCall.Binding bind(String file, String defines, String kernel) {
    return new KernelCall.Binding(
        file,
        defines,
        kernel,
        () -> programs.kernel(file, kernel, defines),
        memory,
        queue,
        failures);
  }

  /** The products that a tile of the caller's choice computes. */
  Products products() {
    return products;
  }

  /** From now on tensor cores have the products that are large enough. */
  void useTensorCores() {
    tensorCores = true;
  }

  boolean usesTensorCores() {
    return tensorCores;
  }

  @Override
  public Call gemm(Gemm gemm) {
    if (gemm.form() == Gemm.Form.DOT) {
      return products.gemm(gemm, Tile.DOT);
    }
    var shape =
        tensorCores && TensorCores.have(gemm)
            ? Tile.Shape.LARGE
            : Tile.Shape.of(gemm.c().rows(), gemm.c().lanes());
    return products.gemm(gemm, tuner.tile(shape));
  }

  @Override
  public Call map(Unary f, View x, View y) {
    return each("map_" + f, x, y);
  }

  @Override
  public Call zip(Binary f, View a, View b, View y) {
    return each("zip_" + f, a, b, y);
  }

  @Override
  public Call select(View condition, View a, View b, View y) {
    return each("choose", condition, a, b, y);
  }

  @Override
  public Call copy(View x, View y) {
    boolean transposes = y.rows() > 1 && y.lanes() > 1 && Math.abs(x.laneStride()) > 1;
    if (!transposes) {
      return each("map_COPY", x, y);
    }
    var copy = elements("map_COPY", x, y);
    return Fusible.of(copy.function().overTiles(y.lanes(), y.rows()), copy);
  }

  /** An elementwise kernel; all views have the shape of the last. */
  private Call each(String kernel, View... operands) {
    return each(elements(kernel, tidied(operands)), elements(kernel, operands));
  }

  private Piece elements(String kernel, View... views) {
    int rows = views[0].rows(), lanes = views[0].lanes();
    var function = bind("elementwise", kernel).views(views).number(rows).number(lanes);
    return new Piece(function, rows, lanes);
  }

  /**
   * @param tidied for one who does all
   * @param plain to be cut by its rows or lanes
   */
  static Call each(Piece tidied, Piece plain) {
    List<Piece> whole = List.of(tidied), part = List.of(plain);
    return new Fusible(
        tidied.function().over(tidied.lanes(), tidied.rows()),
        cut -> cut == Cut.NONE ? whole : part);
  }

  private static Call each(Piece piece) {
    return each(piece, piece);
  }

  /** One item a lane. */
  private static Call lanes(KernelCall.Binding function, int lanes) {
    return Fusible.of(function.over(lanes, 1), new Piece(function, 1, lanes));
  }

  @Override
  public Call fill(double value, View y) {
    return each(filled(value, tidied(y)[0]), filled(value, y));
  }

  private Piece filled(double value, View y) {
    var function =
        bind("elementwise", "fill").number(value).view(y).number(y.rows()).number(y.lanes());
    return new Piece(function, y.rows(), y.lanes());
  }

  @Override
  public Call reduceRows(Reduction reduction, View x, View y) {
    var function =
        bind("reductions", "rows_" + reduction).views(x, y).number(x.rows()).number(x.lanes());
    return lanes(function, x.lanes());
  }

  @Override
  public Call reduceLanes(Reduction reduction, View x, View y) {
    var function =
        bind("reductions", "lanes_" + reduction).views(x, y).number(x.rows()).number(x.lanes());
    return Fusible.of(function.over(PARTS, x.rows(), PARTS, 1), new Piece(function, x.rows(), 1));
  }

  @Override
  public Call pick(View x, View index, View y) {
    var indices = checks.indices(index, x.rows());
    var pick = bind("gathers", "pick").views(x, index, y).number(x.rows()).number(y.lanes());
    return checked(indices, new Piece(pick, 1, y.lanes()));
  }

  @Override
  public Call oneHot(View index, View y) {
    var function = bind("gathers", "oneHot").views(index, y).number(y.rows()).number(y.lanes());
    return each(new Piece(function, y.rows(), y.lanes()));
  }

  @Override
  public Call gather(View x, View index, View y) {
    var indices = checks.indices(index, x.rows());
    var gather =
        bind("gathers", "gather")
            .views(x, index, y)
            .number(x.rows())
            .number(y.rows())
            .number(y.lanes());
    return checked(indices, new Piece(gather, y.rows(), y.lanes()));
  }

  private static Call checked(Checks.Indices indices, Piece piece) {
    var call = piece.function().over(piece.lanes(), piece.rows());
    return Fusible.of(
        () -> {
          int wrong = indices.firstWrong();
          if (wrong >= 0) {
            throw indices.wrong(wrong);
          }
          call.run();
        },
        indices.piece(),
        piece);
  }

  @Override
  public Call scatter(View x, View index, View y) {
    var indices = checks.indices(index, y.rows());
    int count = y.rows(), lanes = x.lanes();
    long[] good = {lanes};
    var claims =
        lanes == 1 ? new cl_mem() : memory.scratch((long) count * Integer.BYTES, "scatter");
    var binding =
        bind("gathers", "scatter")
            .views(x, index, y)
            .number(count)
            .number(x.rows())
            .changing(() -> good[0])
            .buffer(claims);
    var one = lanes == 1;
    var scatter = (one ? binding : binding.owning(claims)).over(lanes, x.rows());
    var claim = one ? null : claiming("claim", index, count, lanes, good, claims);
    var unclaim = one ? null : claiming("unclaim", index, count, lanes, good, claims);
    var inOrder = bind("gathers", "scatter").views(x, index, y).number(count);
    return Fusible.of(
        () -> {
          int wrong = indices.firstWrong();
          good[0] = wrong >= 0 ? wrong : lanes;
          if (one) {
            scatter.run();
          } else {
            claim.run();
            scatter.run();
            unclaim.run();
          }
          if (wrong >= 0) {
            throw indices.wrong(wrong);
          }
        },
        indices.piece(),
        new Piece(inOrder, x.rows(), lanes));
  }

  private Call claiming(
      String kernel, View index, int count, int lanes, long[] good, cl_mem claims) {
    return bind("gathers", kernel)
        .view(index)
        .changing(() -> good[0])
        .number(count)
        .buffer(claims)
        .sharing(claims)
        .over(lanes, 1);
  }

  @Override
  public Call scan(View a, View b, View y) {
    var function = bind("scan", "scan").views(a, b, y).number(y.rows()).number(y.lanes());
    return lanes(function, y.lanes());
  }

  @Override
  public Call uniform(Draw draw, View y) {
    return drawn(draw, y, stream("uniform", draw, y));
  }

  @Override
  public Call normal(Draw draw, View y) {
    return drawn(draw, y, stream("normal", draw, y));
  }

  @Override
  public Call integers(Draw draw, View bound, View y) {
    return drawn(draw, y, stream("integers", draw, y).view(bound));
  }

  private static Call drawn(Draw draw, View y, KernelCall.Binding function) {
    return Fusible.of(
        function.over(blocks(draw, y), y.rows()), new Piece(function, y.rows(), y.lanes()));
  }

  private KernelCall.Binding stream(String kernel, Draw draw, View y) {
    var stream = draw.stream();
    return bind("randoms", kernel)
        .view(y)
        .number(y.rows())
        .number(y.lanes())
        .given(stream.seed())
        .given(stream.stream())
        .changing(() -> stream.counter() + draw.offset())
        .number(draw.firstRow())
        .number(draw.firstLane())
        .number((draw.lanes() + 63L) / 64);
  }

  /** Blocks of one row: sixteen for each aligned group of 64 lanes that the view has a part of. */
  private static long blocks(Draw draw, View y) {
    long last = (draw.firstLane() + (long) y.lanes() - 1) / 64;
    return (last - draw.firstLane() / 64 + 1) * 16;
  }

  @Override
  public Call adam(Adam u) {
    int lanes = u.parameter().lanes();
    var function =
        bind("optimizers", "adam")
            .views(u.parameter(), u.gradient(), u.firstMoment(), u.secondMoment())
            .views(u.stepCount(), u.learningRate())
            .number(lanes)
            .number(u.beta1())
            .number(1 - u.beta1())
            .number(Math.log(u.beta1()))
            .number(u.beta2())
            .number(1 - u.beta2())
            .number(Math.log(u.beta2()))
            .number(u.epsilon())
            .number(u.weightDecay());
    return lanes(function, lanes);
  }

  @Override
  public Call rmsProp(RmsProp u) {
    int lanes = u.parameter().lanes();
    var function =
        bind("optimizers", "rmsProp")
            .views(u.parameter(), u.gradient(), u.secondMoment(), u.learningRate())
            .number(lanes)
            .number(u.decay())
            .number(1 - u.decay())
            .number(u.epsilon());
    return lanes(function, lanes);
  }

  @Override
  public Call sgd(Sgd u) {
    int lanes = u.parameter().lanes();
    var function =
        bind("optimizers", "sgd")
            .views(u.parameter(), u.gradient(), u.velocity(), u.learningRate())
            .number(lanes)
            .number(u.momentum());
    return lanes(function, lanes);
  }

  @Override
  public Call lerp(View source, View target, double tau) {
    var views = tidied(source, target);
    return each(nearer(views[0], views[1], tau), nearer(source, target, tau));
  }

  private Piece nearer(View source, View target, double tau) {
    int rows = target.rows(), lanes = target.lanes();
    var function =
        bind("optimizers", "lerp").views(source, target).number(rows).number(lanes).number(tau);
    return new Piece(function, rows, lanes);
  }

  @Override
  public Call checkFinite(View x, String name) {
    return checks.finite(x, name);
  }

  @Override
  public Call checkWhole(View x, int first, int last, String name) {
    return checks.wholeNumbers(x, first, last, name);
  }

  @Override
  public Call pendulum(Pendulum p) {
    int lanes = p.reward().lanes();
    return lanes(
        bind("pendulums", "pendulum")
            .views(p.hidden(), p.action(), p.observation(), p.finalObservation(), p.reward())
            .number(lanes),
        lanes);
  }

  @Override
  public Call cartPole(Motion motion) {
    return motion("cartpoles", "cartPole", motion);
  }

  @Override
  public Call mountainCar(Motion motion) {
    return motion("mountaincars", "mountainCar", motion);
  }

  @Override
  public Call mountainCarContinuous(Motion motion) {
    return motion("mountaincars", "mountainCarContinuous", motion);
  }

  @Override
  public Call acrobot(Motion motion) {
    return motion("acrobots", "acrobot", motion);
  }

  private Call motion(String file, String kernel, Motion m) {
    int lanes = m.reward().lanes();
    return lanes(
        bind(file, kernel)
            .views(m.hidden(), m.action(), m.observation(), m.finalObservation())
            .views(m.reward(), m.terminated())
            .number(lanes),
        lanes);
  }

  @Override
  public Call endEpisodes(EpisodeEnds e) {
    int lanes = e.reward().lanes();
    var end =
        bind("episodes", "end")
            .views(e.reward(), e.terminated(), e.truncated())
            .number(e.cutsItself() ? 1 : 0)
            .views(e.running(), e.length(), e.endedReturn(), e.endedLength())
            .number(e.limit())
            .number(lanes);
    var list =
        bind("episodes", "listEnded")
            .views(e.terminated(), e.truncated(), e.ended(), e.count())
            .number(lanes);
    return Call.inOrder(
        lanes(end, lanes), Fusible.of(list.over(RUNS, 1, RUNS, 1), new Piece(list, 1, lanes)));
  }

  @Override
  public Call beginEpisodes(EpisodeStarts s) {
    int lanes = s.observation().lanes();
    float[] low = new float[4], range = new float[4];
    for (int j = 0; j < s.intervals().size(); j++) {
      low[j] = s.intervals().get(j).low();
      range[j] = s.intervals().get(j).high() - low[j];
    }
    return lanes(
        bind("episodes", "begin")
            .views(s.lanes(), s.count(), s.hidden(), s.observation())
            .number(s.hidden().rows())
            .number(s.features().size())
            .number(codes(s.features()))
            .float4(low)
            .float4(range)
            .given(s.random().seed())
            .given(s.random().stream() + s.firstLane())
            .changing(s.random()::counter)
            .number(lanes),
        lanes);
  }

  /** Four bits for each feature: 4 · function + number. */
  private static long codes(List<Feature> features) {
    long codes = 0;
    for (int j = 0; j < features.size(); j++) {
      long code = 4 * features.get(j).of().ordinal() + features.get(j).number();
      codes |= code << (4 * j);
    }
    return codes;
  }

  /**
   * The same elements as one row where they can be: where in each view a row begins where the one
   * before ends, or there is but one lane.
   */
  static View[] tidied(View... views) {
    var shape = views[0];
    long size = (long) shape.rows() * shape.lanes();
    if (shape.lanes() == 1) {
      return Arrays.stream(views).map(View::flipped).toArray(View[]::new);
    }
    boolean joined =
        Arrays.stream(views).allMatch(x -> x.rowStride() == x.lanes() * x.laneStride());
    return joined && size <= Integer.MAX_VALUE
        ? Arrays.stream(views)
            .map(x -> new View(x.address(), 1, (int) size, 0, x.laneStride()))
            .toArray(View[]::new)
        : views;
  }
}
