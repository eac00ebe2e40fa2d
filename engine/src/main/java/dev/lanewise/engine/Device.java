package dev.lanewise.engine;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.cpu.CpuBackend;
import dev.lanewise.kernels.opencl.OpenClBackend;
import dev.lanewise.kernels.opencl.OpenClDevices;
import dev.lanewise.kernels.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where tensors live and plans run: a backend with its memory and workers. Closing it gives back
 * all its memory, with every tensor and plan on it. One thread at a time may use a device.
 */
public final class Device implements AutoCloseable {
  private final Backend backend;
  private final Region region;
  private final Workers workers;
  private final List<Plan> plans = new ArrayList<>();

  private Device(Backend backend, int workers) {
    if (workers < 1 || workers > 1024) {
      throw new IllegalArgumentException(
          "a device has 1 to 1024 workers, not " + workers + "; try the number of cores");
    }
    this.backend = backend;
    this.region = backend.open(backend.name());
    this.workers = new Workers(workers);
  }

  /** This machine's processor, as many workers as it has cores. */
  public static Device cpu() {
    return cpu(Runtime.getRuntime().availableProcessors());
  }

  /** This machine's processor. Results do not depend on the number of workers. */
  public static Device cpu(int workers) {
    return new Device(new CpuBackend(), workers);
  }

  /** Plain scalar double arithmetic, to check against. */
  public static Device reference() {
    return new Device(new ReferenceBackend(), 1);
  }

  /**
   * A device of OpenCL, to be closed by the caller.
   *
   * @param which its number, or part of its name, vendor or platform; the best one of all for ""
   * @throws dev.lanewise.kernels.opencl.OpenClException if there is none, saying what is missing,
   *     or if it computes wrongly
   */
  public static Device openCl(String which) {
    return new Device(new OpenClBackend(OpenClDevices.choose(which)), 1);
  }

  /**
   * The device of a name: "cpu", "reference", "opencl", "opencl:1" or "opencl:nvidia" as {@link
   * #openCl} takes what follows the colon, or "auto": OpenCL's best graphics processor if there is
   * one, otherwise the cpu.
   *
   * @param workers of the cpu; the others have no use for them
   * @throws IllegalArgumentException if there is no such name
   */
  public static Device named(String name, int workers) {
    if (name.startsWith("opencl:")) {
      return openCl(name.substring("opencl:".length()));
    }
    return switch (name) {
      case "cpu" -> cpu(workers);
      case "opencl" -> openCl("");
      case "auto" ->
          OpenClDevices.auto()
              .map(best -> openCl(Integer.toString(best.index())))
              .orElseGet(() -> cpu(workers));
      case "reference" -> reference();
      default ->
          throw new IllegalArgumentException(
              "there is no device '%s'; there are cpu, opencl, opencl:NUMBER, opencl:NAME, auto and reference"
                  .formatted(name));
    };
  }

  /**
   * A stored tensor of zeros for samples: each feature's samples lie side by side, each feature on
   * a 64-byte boundary.
   */
  public Tensor columns(String name, int rows, int columns) {
    if (rows <= 1) {
      return dense(name, rows, columns);
    }
    var storage = new Storage(this, name);
    long stride = Placement.stride(rows);
    storage.grow(stride * columns);
    return new Tensor(new Op.Stored(storage, 0, 1, stride), rows, columns);
  }

  /** A stored tensor of zeros, row by row without gaps, as parameters are. */
  public Tensor dense(String name, int rows, int columns) {
    return storage(name).append(rows, columns);
  }

  /** A stored tensor of zeros for records: row by row, each row on a 64-byte boundary. */
  public Tensor records(String name, int rows, int columns) {
    var storage = new Storage(this, name);
    long stride = Math.ceilDiv(columns, 16) * 16L;
    storage.grow(stride * rows);
    return new Tensor(new Op.Stored(storage, 0, stride, 1), rows, columns);
  }

  /** An empty storage, to be filled with tensors that shall lie one behind the other. */
  public Storage storage(String name) {
    return new Storage(this, name);
  }

  /** A stored 1 × 1 tensor. */
  public Tensor scalar(String name, double value) {
    var scalar = dense(name, 1, 1);
    scalar.set(0, 0, value);
    return scalar;
  }

  /** Records a step once, to be replayed any number of times. */
  public Plan record(Consumer<Step> recording) {
    checkOpen();
    var step = new Step(this);
    recording.accept(step);
    var plan = new Plan(step);
    plans.add(plan);
    return plan;
  }

  /** Computes one tensor now, row by row. For tests and for looking at things, not for loops. */
  public float[] evaluate(Tensor value) {
    var out = dense("value", value.rows(), value.columns());
    try (var plan = record(step -> step.assign(out, value))) {
      plan.run();
    }
    return out.toArray();
  }

  /**
   * Phases of calls, one after the other. The calls of a phase share no element that any of them
   * writes, and run at the same time on as many workers; those of one call are the caller's own. If
   * some fail, the first one's exception is thrown after all of their phase have finished, and no
   * later phase begins.
   *
   * @param phases of one call for each worker, no more than there are {@link #workers}
   */
  public Call together(Call[]... phases) {
    boolean alone = true;
    for (var phase : phases) {
      if (phase.length < 1 || phase.length > workers()) {
        throw new IllegalArgumentException(
            "%d calls cannot run at the same time on %d workers"
                .formatted(phase.length, workers()));
      }
      alone &= phase.length == 1;
    }
    return alone
        ? Call.inOrder(Stream.of(phases).flatMap(Stream::of).toArray(Call[]::new))
        : new Together(workers, Stream.of(phases).map(Call[]::clone).toArray(Call[][]::new));
  }

  public Backend backend() {
    return backend;
  }

  public int workers() {
    return workers.count();
  }

  /**
   * Whether it goes on with what it was given while the caller does something else, so that whoever
   * reads an element waits for everything before.
   */
  public boolean isAsynchronous() {
    return backend.groups() > 0;
  }

  Workers pool() {
    return workers;
  }

  Region region() {
    return region;
  }

  void forget(Plan plan) {
    plans.remove(plan);
  }

  /** With {@code -Dlanewise.guard=true}, throws if anything was written outside its place. */
  public void verifyGuards() {
    region.verify();
    plans.forEach(Plan::verifyGuards);
  }

  void checkOpen() {
    if (!region.isOpen()) {
      throw new IllegalStateException("the device is closed; its tensors and plans are gone");
    }
  }

  @Override
  public void close() {
    checkOpen();
    List.copyOf(plans).forEach(Plan::close);
    workers.close();
    region.close();
    backend.close();
  }
}
