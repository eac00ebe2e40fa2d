package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Dynamics.Part;
import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Any {@link Dynamics} as a batched environment: checked actions, time limits, new episodes within
 * the same step, returns and lengths.
 *
 * <p>A step is done block by block, so that what a block of environments reads and writes stays
 * near, and by several workers where there are environments enough. Nothing is done for each
 * environment by itself but where an episode has ended.
 */
public final class ColumnEnv implements BatchedEnv {
  /** Environments that go through a whole step before the next ones, if there are many. */
  private static final int BLOCK = 4096;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  private final Columns columns;
  private final Dynamics dynamics;
  private final Kernels kernels;
  private final Tensor runningReturn;
  private final Tensor runningLength;
  private final Tensor endedReturn;
  private final Tensor endedLength;

  /** By block, the environments whose episodes end in a step, and how many they are. */
  private final Tensor ended;

  private final Tensor endedCounts;
  private final Tensor zero;
  private final boolean asynchronous;
  private final Part[] blocks;
  private final int workers;

  /** Steps since the reset; what the environments draw. */
  private Philox clock;

  /** Who looks at which environment; -1 is none. */
  private int watched = -1;

  private Consumer<Scene> viewer = scene -> {};

  private Call move;
  private Optional<Call> moveOthers = Optional.empty();

  /** By block. */
  private List<Call> begin = List.of();

  private boolean closed;

  /** Whether a step ended with some environments stepped and others not. */
  private boolean halfMoved;

  public ColumnEnv(Columns columns, Dynamics dynamics) {
    this.columns = columns;
    this.dynamics = dynamics;
    int n = columns.size();
    var spec = columns.spec();
    var device = columns.device();
    if (spec.masksActions() != dynamics.actionMask().isPresent()) {
      throw new IllegalArgumentException(
          "%s: its spec and its dynamics do not agree on whether it masks actions"
              .formatted(spec.id()));
    }
    kernels = device.backend().kernels();
    runningReturn = device.columns(spec.id() + " running return", n, 1);
    runningLength = device.columns(spec.id() + " running length", n, 1);
    endedReturn = device.columns(spec.id() + " ended return", n, 1);
    endedLength = device.columns(spec.id() + " ended length", n, 1);
    asynchronous = device.isAsynchronous();
    int most = dynamics.isParallel() && !asynchronous ? device.workers() : 1;
    workers = Math.clamp(n / share(), 1, most);
    blocks = blocks();
    ended = device.columns(spec.id() + " ended", n, 1);
    endedCounts = device.records(spec.id() + " ended counts", blocks.length, 1);
    zero = device.scalar(spec.id() + " zero", 0);
  }

  /**
   * Dynamics in plain Java. An asynchronous device hands them its columns and takes them back.
   *
   * @param dynamics made for these columns, or for others in the host's memory
   */
  public static ColumnEnv onHost(Columns columns, Function<Columns, Dynamics> dynamics) {
    return new ColumnEnv(
        columns,
        columns.device().isAsynchronous()
            ? new HostColumns(columns, dynamics)
            : dynamics.apply(columns));
  }

  private int share() {
    return dynamics.workerShare().orElse(1);
  }

  /**
   * As many for each worker, of whole cache lines unless fewer are worth another worker. Where
   * every call is a launch there is one block.
   */
  private Part[] blocks() {
    int unit = Math.min(LINE, share());
    int units = Math.ceilDiv(size(), unit);
    int most = asynchronous ? size() : BLOCK;
    int count = Math.ceilDiv(Math.ceilDiv(size(), most), workers) * workers;
    var blocks = new Part[count];
    for (int b = 0; b < count; b++) {
      int from = (int) ((long) units * b / count), to = (int) ((long) units * (b + 1) / count);
      blocks[b] = new Part(from * unit, Math.min(size(), to * unit));
    }
    return blocks;
  }

  /** Calls for the blocks, one for each worker. */
  private Call[] byWorker(IntFunction<Call> block) {
    var calls = new Call[workers];
    int share = blocks.length / workers;
    for (int w = 0; w < workers; w++) {
      calls[w] =
          Call.inOrder(
              IntStream.range(w * share, (w + 1) * share).mapToObj(block).toArray(Call[]::new));
    }
    return calls;
  }

  /** Phases of calls for the blocks, shared among the workers where that is faster. */
  private Call shared(Call[]... phases) {
    var together = columns.device().together(phases);
    return workers == 1 || dynamics.workerShare().isPresent()
        ? together
        : new Faster(
            together, Call.inOrder(Stream.of(phases).flatMap(Stream::of).toArray(Call[]::new)));
  }

  /** Nothing moves before all actions have been checked. */
  private Call checked(IntFunction<Call> move) {
    return asynchronous
        ? shared(byWorker(move))
        : shared(byWorker(this::checkAction), byWorker(move));
  }

  private Call checkAction(int block) {
    var action = blocks[block].of(columns.action());
    var name = "the action of " + spec().id();
    var space = spec().actionSpace();
    if (space instanceof Space.Box) {
      return kernels.checkFinite(action, name);
    }
    var calls = new ArrayList<Call>();
    for (int j = 0; j < space.size(); j++) {
      var range = space.range(j);
      calls.add(kernels.checkWhole(action.rows(j, j + 1), range.start(), last(range), name));
    }
    dynamics.actionMask().ifPresent(mask -> calls.add(checkAllowed(blocks[block], mask)));
    return Call.inOrder(calls.toArray(Call[]::new));
  }

  private Call checkAllowed(Part part, Tensor mask) {
    var space = spec().actionSpace();
    var before = new int[space.size()];
    for (int j = 0, choices = 0; j < before.length; choices += space.range(j++).n()) {
      before[j] = choices - space.range(j).start();
    }
    return () -> {
      for (int i = part.from(); i < part.to(); i++) {
        for (int j = 0; j < before.length; j++) {
          int value = (int) action().get(i, j);
          if (mask.get(i, before[j] + value) == 0) {
            throw new IllegalArgumentException(
                "the action of %s, environment %d, column %d, is %d, which its mask forbids"
                    .formatted(spec().id(), i, j, value));
          }
        }
      }
    };
  }

  private Call move(int block) {
    return shown(block, dynamics.step(blocks[block], clock), end(block), () -> true);
  }

  private Call moveOthers(int block, Tensor held) {
    return shown(
        block,
        dynamics.step(blocks[block], clock, held),
        Call.inOrder(hold(blocks[block], held), end(block)),
        () -> held.get(watched, 0) == 0);
  }

  /**
   * A block's step and all that follows; the watched environment is shown where the step led, if it
   * moved, and where its next episode begins. An asynchronous device, which nobody asks before it
   * moves what it found, checks the actions itself.
   */
  private Call shown(int block, Call step, Call end, BooleanSupplier moved) {
    var part = blocks[block];
    boolean seen = watched >= part.from() && watched < part.to();
    return columns
        .device()
        .backend()
        .inOrder(
            asynchronous ? checkAction(block) : Call.NOTHING,
            step,
            seen ? showIf(moved) : Call.NOTHING,
            end,
            begin.get(block),
            seen ? showIf(() -> isOver(watched)) : Call.NOTHING);
  }

  private Call showIf(BooleanSupplier condition) {
    return () -> {
      if (condition.getAsBoolean()) {
        show();
      }
    };
  }

  private void show() {
    viewer.accept(dynamics.scene(watched));
  }

  /** Whether the last step ended the episode. */
  private boolean isOver(int i) {
    return terminated().get(i, 0) != 0 || truncated().get(i, 0) != 0;
  }

  /** As if those had not been stepped; the step that {@link #end} counts is taken back before. */
  private Call hold(Part part, Tensor held) {
    var where = part.of(held);
    var calls = new ArrayList<Call>();
    var last = part.of(finalObservation());
    calls.add(kernels.select(where, part.of(observation()), last, last));
    for (var tensor : List.of(reward(), terminated(), truncated())) {
      var column = part.of(tensor);
      calls.add(kernels.select(where, zero.view(), column, column));
    }
    var length = part.of(runningLength);
    calls.add(kernels.zip(Binary.SUBTRACT, length, where, length));
    return Call.inOrder(calls.toArray(Call[]::new));
  }

  private Call end(int block) {
    var part = blocks[block];
    int limit = spec().maxEpisodeSteps();
    return kernels.endEpisodes(
        new Kernels.EpisodeEnds(
            part.of(reward()),
            part.of(terminated()),
            part.of(truncated()),
            dynamics.cutsItself(),
            part.of(runningReturn),
            part.of(runningLength),
            part.of(endedReturn),
            part.of(endedLength),
            part.of(ended),
            count(block),
            limit == 0 ? Double.POSITIVE_INFINITY : limit));
  }

  private Call begin(int block) {
    var part = blocks[block];
    return dynamics.begin(part, clock, part.of(ended), count(block));
  }

  private View count(int block) {
    return endedCounts.view().lanes(block, block + 1);
  }

  private void start(long seed, long steps) {
    halfMoved = false;
    clock = new Philox(seed, 0);
    clock.seek(steps);
    begin = IntStream.range(0, blocks.length).mapToObj(this::begin).toList();
    bind();
  }

  private void bind() {
    move = checked(this::move);
    moveOthers = Optional.empty();
  }

  private void beginEverywhere() {
    for (int b = 0; b < blocks.length; b++) {
      endedCounts.set(b, 0, blocks[b].size());
      for (int i = 0; i < blocks[b].size(); i++) {
        ended.set(blocks[b].from() + i, 0, i);
      }
    }
    runningReturn.fill(0);
    runningLength.fill(0);
    shared(byWorker(begin::get)).run();
    if (watched >= 0) {
      show();
    }
  }

  @Override
  public void reset(long seed) {
    checkNotClosed("reset");
    for (var column : state().tensors().values()) {
      column.fill(0);
    }
    start(seed, 0);
    beginEverywhere();
    finalObservation().write(observation().toArray());
  }

  @Override
  public void step() {
    checkReady("step", "stepped");
    step(move);
  }

  /**
   * As {@link #step()}, but environments in which {@code held} is 1 stay where they are: no step of
   * theirs is counted, their reward is 0, and their final observation is the observation.
   *
   * @param held N × 1, 0 or 1; the same tensor at every call
   * @throws UnsupportedOperationException if these environments only move together
   */
  void step(Tensor held) {
    checkReady("step", "stepped");
    if (moveOthers.isEmpty()) {
      moveOthers = Optional.of(checked(block -> moveOthers(block, held)));
    }
    step(moveOthers.get());
  }

  private void step(Call move) {
    clock.advance(1);
    try {
      move.run();
    } catch (NotFiniteException | IllegalArgumentException e) {
      clock.advance(-1);
      throw wrongAction(e);
    } catch (RuntimeException | Error e) {
      halfMoved = true;
      throw e;
    }
  }

  /** The same in more words: which environment's action it is, and what it could be. */
  private RuntimeException wrongAction(RuntimeException found) {
    var space = spec().actionSpace();
    for (int i = 0; i < size(); i++) {
      for (int j = 0; j < space.size(); j++) {
        float value = (float) action().get(i, j);
        var whose = "the action of %s, environment %d, column %d,".formatted(spec().id(), i, j);
        if (space instanceof Space.Box) {
          if (!Float.isFinite(value)) {
            return new NotFiniteException(whose, value);
          }
          continue;
        }
        var range = space.range(j);
        if (!range.contains(new float[] {value})) {
          return new IllegalArgumentException(
              "%s is %s; %s takes whole numbers from %d to %d"
                  .formatted(whose, value, space, range.start(), last(range)),
              found);
        }
      }
    }
    return found;
  }

  private static int last(Space.Discrete range) {
    return range.start() + range.n() - 1;
  }

  @Override
  public void truncate(int i) {
    checkReady("truncate", "truncated");
    boolean over = isOver(i);
    truncated().set(i, 0, 1);
    if (over) {
      return;
    }
    endedReturn.set(i, 0, runningReturn.get(i, 0));
    endedLength.set(i, 0, runningLength.get(i, 0));
    runningReturn.set(i, 0, 0);
    runningLength.set(i, 0, 0);
    int block = 0;
    while (i >= blocks[block].to()) {
      block++;
    }
    ended.set(blocks[block].from(), 0, i - blocks[block].from());
    endedCounts.set(block, 0, 1);
    begin.get(block).run();
    if (i == watched) {
      show();
    }
  }

  @Override
  public void watch(int i, Consumer<Scene> viewer) {
    watched = Objects.checkIndex(i, size());
    this.viewer = viewer;
    if (clock != null) {
      bind();
    }
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    try {
      return dynamics.physicalState(i);
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException(spec().id() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    var now = physicalState(i);
    if (!parts.keySet().equals(now.keySet())) {
      throw new IllegalArgumentException(
          "the physical state of %s is made of %s, not of %s"
              .formatted(spec().id(), now.keySet(), parts.keySet()));
    }
    parts.forEach(
        (name, values) -> {
          int length = now.get(name).length;
          if (values.length != length || !DoubleStream.of(values).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                "%s of %s is %d finite numbers, not %s"
                    .formatted(name, spec().id(), length, Arrays.toString(values)));
          }
        });
    dynamics.setPhysicalState(i, parts);
  }

  @Override
  public State state() {
    var tensors = new LinkedHashMap<>(dynamics.tensors());
    tensors.put("observation", observation());
    tensors.put("final_observation", finalObservation());
    tensors.put("reward", reward());
    tensors.put("terminated", terminated());
    tensors.put("truncated", truncated());
    tensors.put("running_return", runningReturn);
    tensors.put("running_length", runningLength);
    tensors.put("ended_return", endedReturn);
    tensors.put("ended_length", endedLength);

    return new State(tensors, clock == null ? Map.of() : counters());
  }

  private Map<String, long[]> counters() {
    var counters = new LinkedHashMap<>(dynamics.counters());
    counters.put("environments", new long[] {size()});
    counters.put("seed", new long[] {clock.seed()});
    counters.put("clock", new long[] {clock.counter()});
    return counters;
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    checkNotClosed("restore");
    long environments = counter(counters, "environments");
    if (environments != size()) {
      throw new IllegalArgumentException(
          "%s cannot be restored: %d environments were saved, and this batch has %d"
              .formatted(spec().id(), environments, size()));
    }
    start(counter(counters, "seed"), counter(counters, "clock"));
    boolean goesOn = dynamics.restore(counters);
    if (!goesOn) {
      beginEverywhere();
    }
    return goesOn;
  }

  private long counter(Map<String, long[]> counters, String name) {
    var values = counters.get(name);
    if (values == null || values.length != 1) {
      throw new IllegalArgumentException(
          "%s cannot be restored: the counter '%s' has %s values instead of 1; was it saved?"
              .formatted(spec().id(), name, values == null ? "no" : values.length));
    }
    return values[0];
  }

  private void checkReady(String what, String done) {
    checkNotClosed(what);
    if (clock == null) {
      throw new IllegalStateException(
          "%s was %s before its first episode; call reset(seed) first"
              .formatted(spec().id(), done));
    }
    if (halfMoved) {
      throw new IllegalStateException(
          ("%s failed in the midst of a step, which only some environments have taken; call"
                  + " reset(seed) before it is %s")
              .formatted(spec().id(), done));
    }
  }

  private void checkNotClosed(String what) {
    if (closed) {
      throw new IllegalStateException(spec().id() + " is closed; it cannot " + what);
    }
  }

  @Override
  public void close() {
    checkNotClosed("be closed again");
    closed = true;
    dynamics.close();
  }

  @Override
  public EnvSpec spec() {
    return columns.spec();
  }

  @Override
  public int size() {
    return columns.size();
  }

  @Override
  public Tensor observation() {
    return columns.observation();
  }

  @Override
  public Tensor action() {
    return columns.action();
  }

  @Override
  public Optional<Tensor> actionMask() {
    return dynamics.actionMask();
  }

  @Override
  public Tensor reward() {
    return columns.reward();
  }

  @Override
  public Tensor terminated() {
    return columns.terminated();
  }

  @Override
  public Tensor truncated() {
    return columns.truncated();
  }

  @Override
  public Tensor finalObservation() {
    return columns.finalObservation();
  }

  @Override
  public Tensor endedReturn() {
    return endedReturn;
  }

  @Override
  public Tensor endedLength() {
    return endedLength;
  }
}
