package dev.lanewise.engine;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.Share;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A recorded {@link Step}, compiled: a flat list of kernel calls for each worker, all memory
 * placed, every argument set. {@link #run} replays it without allocating, as often as wanted.
 */
public final class Plan implements AutoCloseable {
  private final Device device;
  private final SequencedMap<String, Tensor> reports;

  /** What is checked, by name: on an asynchronous device a run may hear of another plan's check. */
  private final Set<String> checked;

  private final Region region;
  private final Schedule schedule;
  private final Philox[] streams;
  private final long[] blocks;
  private final long intermediates;
  private final long[] nanos;

  /** By worker, then by phase: the calls. A device with workers of its own has one for a phase. */
  private Call[][][] program;

  private final Workers.Job job = this::work;
  private volatile int failedPhase = Integer.MAX_VALUE;
  private volatile RuntimeException failure;
  private long runs;

  Plan(Step step) {
    device = step.device();
    reports = new LinkedHashMap<>(step.reports());
    checked =
        step.effects().stream()
            .filter(Step.Check.class::isInstance)
            .map(effect -> ((Step.Check) effect).name())
            .collect(Collectors.toSet());
    var lowering = Lowering.of(step);
    int groups = device.backend().groups();
    schedule = Schedule.of(lowering.instructions(), groups > 0 ? groups : device.workers());
    region = device.backend().open("plan");
    lowering
        .constants()
        .forEach(
            (value, buffer) -> {
              buffer.place(region.allocate(1, "constant"));
              device.backend().set(buffer.address(), value);
            });
    intermediates = Placement.place(schedule, region);
    streams = lowering.drawn().keySet().toArray(Philox[]::new);
    blocks = lowering.drawn().values().stream().mapToLong(Long::longValue).toArray();
    nanos = new long[schedule.placed().size()];
    program = bind(false);
  }

  /**
   * Does everything that was recorded, once.
   *
   * @throws NotFiniteException if a check found a NaN or an infinity; whatever was recorded after
   *     the check has not happened
   */
  public void run() {
    enqueue();
    if (device.isAsynchronous()) {
      try {
        device.backend().finish();
      } catch (NotFiniteException e) {
        throw explained(e);
      }
    }
  }

  /**
   * As {@link #run}, but an {@linkplain Device#isAsynchronous asynchronous} device is not waited
   * for. What a check finds there is thrown by whatever waits for it next: the run of a plan, or
   * reading an element.
   */
  public void enqueue() {
    device.checkOpen();
    if (program == null) {
      throw new IllegalStateException("the plan is closed");
    }
    if (program.length == 1) {
      runAlone();
    } else {
      device.pool().run(job);
      if (failure != null) {
        var thrown = failure;
        failure = null;
        failedPhase = Integer.MAX_VALUE;
        throw explained(thrown);
      }
    }
    for (int i = 0; i < streams.length; i++) {
      streams[i].advance(blocks[i]);
    }
    runs++;
    if (Region.GUARD) {
      device.verifyGuards();
    }
  }

  private void runAlone() {
    try {
      for (var phase : program[0]) {
        for (var call : phase) {
          call.run();
        }
      }
    } catch (NotFiniteException e) {
      throw explained(e);
    }
  }

  private void work(int worker) {
    var phases = program[worker];
    for (int phase = 0; phase < phases.length; phase++) {
      if (phase > 0) {
        device.pool().barrier(worker);
        if (failedPhase < phase) {
          return;
        }
      }
      try {
        for (var call : phases[phase]) {
          call.run();
        }
      } catch (RuntimeException e) {
        failure = e;
        failedPhase = phase;
      }
    }
  }

  private Call[][][] bind(boolean timed) {
    if (device.isAsynchronous()) {
      return bindPhases(timed);
    }
    int workers = schedule.workers();
    var calls = new Call[workers][schedule.phases()][];
    for (int w = 0; w < workers; w++) {
      for (int p = 0; p < schedule.phases(); p++) {
        var list = new ArrayList<Call>();
        for (var placed : schedule.placed()) {
          var part = placed.part(w, workers);
          if (placed.phase() == p && part.fromRow() < part.toRow()) {
            var call = placed.instruction().bind(device.backend().kernels(), part);
            list.add(wrapped(call, placed.index(), timed && w == 0));
          }
        }
        calls[w][p] = list.toArray(Call[]::new);
      }
    }
    return calls;
  }

  private Call[][][] bindPhases(boolean timed) {
    var calls = new Call[schedule.phases()][];
    for (int p = 0; p < calls.length; p++) {
      var shares = new ArrayList<Share>();
      int first = -1;
      for (var placed : schedule.placed()) {
        if (placed.phase() == p) {
          var i = placed.instruction();
          var call = i.bind(device.backend().kernels(), i.all());
          shares.add(new Share(call, placed.cut(), placed.worker()));
          first = first < 0 ? placed.index() : first;
        }
      }
      calls[p] = new Call[] {wrapped(device.backend().phase(shares), first, timed)};
    }
    return new Call[][][] {calls};
  }

  private Call wrapped(Call call, int index, boolean timed) {
    if (timed) {
      return () -> {
        long start = System.nanoTime();
        call.run();
        device.backend().finish();
        nanos[index] += System.nanoTime() - start;
      };
    }
    if (Region.GUARD && (schedule.workers() == 1 || device.isAsynchronous())) {
      return () -> {
        call.run();
        device.verifyGuards();
      };
    }
    return call;
  }

  /** Adds which instruction made the first number that is not finite, as far as can be told. */
  private RuntimeException explained(RuntimeException thrown) {
    if (!(thrown instanceof NotFiniteException e) || !checked.contains(e.name())) {
      return thrown;
    }
    for (var placed : schedule.placed()) {
      var i = placed.instruction();
      if (i.mayFail() || i.changesInput()) {
        continue;
      }
      boolean sound = i.operands().stream().filter(Operand::read).allMatch(this::isFinite);
      i.bind(device.backend().kernels(), i.all()).run();
      if (sound && !i.operands().stream().filter(Operand::written).allMatch(this::isFinite)) {
        return new NotFiniteException(
            e.name(), Double.NaN, "%s of shape %s".formatted(i.name(), i.shape()));
      }
    }
    return e;
  }

  private boolean isFinite(Operand operand) {
    View view = operand.placed();
    if (view.laneStride() != 1) {
      view = view.flipped();
    }
    var row = new float[view.lanes()];
    for (int r = 0; r < view.rows(); r++) {
      if (view.laneStride() == 1) {
        device.backend().read(view.row(r), row, 0, row.length);
      } else {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) device.backend().get(view.at(r, i));
        }
      }
      for (float value : row) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The names of all reports, in recorded order. */
  public List<String> reported() {
    return List.copyOf(reports.keySet());
  }

  /** What was reported under this name in the last run. */
  public double value(String report) {
    return kept(report).get();
  }

  /** Sets what {@link #value} answers until the next run, for runs that are resumed. */
  public void setValue(String report, double value) {
    kept(report).set(0, 0, value);
  }

  private Tensor kept(String report) {
    var kept = reports.get(report);
    if (kept == null) {
      throw new IllegalArgumentException(
          "nothing is reported as '%s'; reported are %s".formatted(report, reports.keySet()));
    }
    return kept;
  }

  /** Measures every call from now on, or stops doing so; see {@link #explain}. */
  public void measure(boolean on) {
    java.util.Arrays.fill(nanos, 0);
    runs = 0;
    program = bind(on);
  }

  /**
   * The plan as a table: op, shape, phase, workers, memory and, after {@link #measure}, the first
   * worker's microseconds a run and their share. A device with workers of its own does a phase at
   * once; the time of all of it is at its first op.
   */
  public String explain() {
    double total = java.util.Arrays.stream(nanos).sum();
    var text = new StringBuilder();
    text.append(
        "%d instructions in %d phases on %d workers; %s of intermediates, %d reported values%n"
            .formatted(
                nanos.length,
                schedule.phases(),
                schedule.workers(),
                dev.lanewise.kernels.OutOfSlabException.readable(intermediates * Float.BYTES),
                reports.size()));
    text.append(
        "%5s  %-22s %-14s %-8s %-30s %9s %6s%n"
            .formatted("phase", "op", "shape", "workers", "memory", "us", "share"));
    for (var placed : schedule.placed()) {
      var i = placed.instruction();
      double share = total == 0 ? 0 : nanos[placed.index()] / total;
      text.append(
          "%5d  %-22s %-14s %-8s %-30s %9s %6s%n"
              .formatted(
                  placed.phase(),
                  i.name(),
                  i.shape(),
                  placed.cut() == Cut.NONE
                      ? String.valueOf(placed.worker())
                      : "all by " + (placed.cut() == Cut.LANES ? "lane" : "row"),
                  memory(i.operands()),
                  total == 0 ? "-" : "%.2f".formatted(nanos[placed.index()] / 1e3 / runs),
                  total == 0 ? "-" : "%.1f%%".formatted(100 * share)));
    }
    return text.toString();
  }

  private static String memory(List<Operand> operands) {
    for (var operand : operands) {
      if (operand.written()) {
        var buffer = operand.buffer();
        return buffer.isIntermediate()
            ? "@" + (buffer.address() + operand.view().address())
            : buffer.name() + "+" + operand.view().address();
      }
    }
    return "-";
  }

  void verifyGuards() {
    region.verify();
  }

  @Override
  public void close() {
    if (program == null) {
      throw new IllegalStateException("the plan is already closed");
    }
    program = null;
    device.forget(this);
    region.close();
  }
}
