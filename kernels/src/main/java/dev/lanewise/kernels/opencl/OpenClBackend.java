package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.CheckedKernels;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Region;
import dev.lanewise.kernels.Share;
import java.util.List;

/**
 * A device of OpenCL: floats in its own memory, kernels in OpenCL C. Running a call puts it into
 * the device's queue and returns, so that one thread alone should run them; reading waits.
 */
public final class OpenClBackend implements Backend {
  private final Queue queue;
  private final Programs programs;
  private final OpenClMemory memory;
  private final Flag flag;
  private final Groups groups;
  private final Failures failures;
  private final OpenClKernels unchecked;
  private final Kernels kernels;
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
    if (!device.denormals()) {
      throw new OpenClException(
          device.name()
              + " takes numbers below 1.2e-38 for 0, which Lanewise's kernels must not; choose"
              + " another device");
    }
    queue = SignalHandlers.kept(() -> new Queue(OpenClDevices.found(device)));
    var cache = new BinaryCache(device);
    programs = new Programs(queue, cache);
    memory = new OpenClMemory(queue);
    flag = new Flag(queue);
    failures = new Failures(queue);
    this.groups = groups;
    unchecked = new OpenClKernels(queue, programs, memory, flag, failures, cache, groups);
    kernels = new CheckedKernels(unchecked);
    try {
      SelfTest.run(this);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public String description() {
    return queue.device.description();
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

  /** Kernel objects that calls on open regions have. */
  int boundKernels() {
    return memory.kernels();
  }

  @Override
  public double get(long address) {
    return memory.get1(address);
  }

  @Override
  public void set(long address, double value) {
    memory.set1(address, (float) value);
  }

  @Override
  public void read(long address, float[] into, int offset, int count) {
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
   * processor, unless it is a check, for whose answer a phase does not wait; a processor's groups do
   * more than an item each in any case, and know its strides.
   */
  @Override
  public Call phase(List<Share> shares) {
    var first = shares.getFirst().call();
    boolean apart = !(first instanceof Fusible fusible) || groups.items() > 1 && !fusible.checks();
    return shares.size() == 1 && apart ? first : Phase.of(shares, groups, failures, unchecked::own);
  }

  /** Kernels that were ever put into the device's queue. */
  public long launches() {
    return queue.launches();
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
