package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.CheckedKernels;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.InOrder;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.Share;
import java.util.ArrayList;
import java.util.List;

/**
 * A device of OpenCL: floats in its own memory, kernels in OpenCL C. Running a call puts it into
 * the device's queue and returns, so that one thread alone should run them; reading waits, and
 * throws what checks have found.
 */
public final class OpenClBackend implements Backend {
  private static final System.Logger LOG = System.getLogger(OpenClBackend.class.getName());

  /** Items that a group gets done about as fast as another kernel is launched. */
  private static final long SMALL = 1 << 14;

  private final Queue queue;
  private final Programs programs;
  private final OpenClMemory memory;
  private final Flag flag;
  private final Groups groups;
  private final Failures failures;
  private final OpenClKernels unchecked;
  private final Kernels kernels;
  private String tf32 = "not used";
  private boolean closed;

  /**
   * Opens a device and tries it out.
   *
   * @param device from {@link OpenClDevices}
   * @throws OpenClException if the device does not compute as it should
   */
  public OpenClBackend(OpenClDevice device) {
    this(device, Groups.of(device));
  }

  OpenClBackend(OpenClDevice device, Groups groups) {
    this(device, groups, TensorCores.asked());
  }

  OpenClBackend(OpenClDevice device, Groups groups, TensorCores.Use use) {
    if (!device.denormals()) {
      throw new OpenClException(
          device.name()
              + " takes numbers below 1.2e-38 for 0, which Lanewise's kernels must not; choose"
              + " another device");
    }
    queue = SignalHandlers.kept(() -> new Queue(OpenClDevices.found(device)));
    var cache = new BinaryCache(device);
    String always = TensorCores.defines(use);
    programs = new Programs(queue, cache, always + WarpShuffles.defines(queue, cache, always));
    memory = new OpenClMemory(queue);
    flag = new Flag(queue);
    failures = new Failures(queue);
    this.groups = groups;
    unchecked = new OpenClKernels(queue, programs, memory, flag, failures, cache, groups);
    kernels = new CheckedKernels(unchecked);
    try {
      SelfTest.run(this);
      tryTensorCores(use, cache);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void tryTensorCores(TensorCores.Use use, BinaryCache cache) {
    if (use == TensorCores.Use.NEVER) {
      return;
    }
    var missing = TensorCores.missing(use, queue.device, products(), memory, cache);
    if (missing.isPresent()) {
      tf32 = "not used: " + missing.get();
      LOG.log(
          System.Logger.Level.WARNING,
          "tf32 is allowed, but {0} computes all products in float32: {1}",
          queue.device.name(),
          missing.get());
    } else {
      unchecked.useTensorCores();
      tf32 = "used in large products";
    }
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public String description() {
    return queue.device.description()
        + (unchecked.usesTensorCores() ? ", tf32 in large products" : "");
  }

  /** Whether large products are of factors rounded to tf32, and if not though allowed, why. */
  String tf32() {
    return tf32;
  }

  public OpenClDevice device() {
    return queue.device;
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Region open(String name) {
    return new Region(name, Float.BYTES, memory);
  }

  @Override
  public long used() {
    return memory.taken();
  }

  @Override
  public long limit() {
    return queue.device.memory();
  }

  /** Products by a tile of the caller's choice. */
  Queue queue() {
    return queue;
  }

  Products products() {
    return unchecked.products();
  }

  OpenClMemory memory() {
    return memory;
  }

  /** Kernel objects that calls on open regions have. */
  int boundKernels() {
    return memory.kernels();
  }

  @Override
  public double get(long address) {
    failures.hear();
    return memory.get1(address);
  }

  @Override
  public void set(long address, double value) {
    memory.set1(address, (float) value);
  }

  @Override
  public void read(long address, float[] into, int offset, int count) {
    failures.hear();
    memory.read(address, into, offset, count);
  }

  @Override
  public void write(long address, float[] from, int offset, int count) {
    memory.write(address, from, offset, count);
  }

  @Override
  public void finish() {
    failures.finish();
  }

  @Override
  public int groups() {
    return groups.count();
  }

  /**
   * One kernel, in which a work-group is a worker. A call that is alone has all of a graphics
   * processor, unless it is a check, for whose answer a phase does not wait; a processor's groups
   * do more than an item each in any case, and know its strides.
   */
  @Override
  public Call phase(List<Share> shares) {
    var first = shares.getFirst().call();
    boolean apart = !(first instanceof Fusible fusible) || groups.items() > 1 && !fusible.checks();
    return shares.size() == 1 && apart ? first : Phase.of(shares, groups, failures, unchecked::own);
  }

  /**
   * Small calls that follow each other are one kernel of one group, as a phase; a large one has all
   * of the device.
   */
  @Override
  public Call inOrder(Call... calls) {
    var ordered = new ArrayList<Call>();
    var small = new ArrayList<Share>();
    for (var call : InOrder.parts(calls)) {
      if (call instanceof Fusible fusible && fusible.items() <= SMALL) {
        small.add(new Share(call, Cut.NONE, 0));
      } else {
        takeTogether(small, ordered);
        boolean checks = call instanceof Fusible fusible && fusible.checks();
        ordered.add(checks ? phase(List.of(new Share(call, Cut.LANES, 0))) : call);
      }
    }
    takeTogether(small, ordered);
    return Call.inOrder(ordered.toArray(Call[]::new));
  }

  private void takeTogether(List<Share> small, List<Call> ordered) {
    if (!small.isEmpty()) {
      ordered.add(phase(small));
      small.clear();
    }
  }

  /** Kernels that were ever put into the device's queue. */
  public long launches() {
    return queue.launches();
  }

  /** How often anything was read from the device, or written to it, while somebody waited. */
  public long transfers() {
    return queue.transfers();
  }

  /** Gives back all of the device, also what open regions have. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      memory.close();
      flag.close();
      failures.close();
      programs.close();
      queue.close();
    }
  }
}
