package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.MEMORY;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.CheckedKernels;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** This machine's processor: floats in the slab, kernels in the Vector API. */
public final class CpuBackend implements Backend {
  static {
    Training.run();
  }

  private final Kernels kernels = new CheckedKernels(new CpuKernels());

  public CpuBackend() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "%s processor, vectors of %d bits (%d floats)"
        .formatted(System.getProperty("os.arch"), Lanes.F.vectorBitSize(), Lanes.COUNT);
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Region open(String name) {
    return new Region(name, Float.BYTES);
  }

  @Override
  public double get(long address) {
    return MEMORY.get(ValueLayout.JAVA_FLOAT, Lanes.bytes(address));
  }

  @Override
  public void set(long address, double value) {
    MEMORY.set(ValueLayout.JAVA_FLOAT, Lanes.bytes(address), (float) value);
  }

  @Override
  public void read(long address, float[] into, int offset, int count) {
    MemorySegment.copy(MEMORY, ValueLayout.JAVA_FLOAT, Lanes.bytes(address), into, offset, count);
  }

  @Override
  public void write(long address, float[] from, int offset, int count) {
    MemorySegment.copy(from, offset, MEMORY, ValueLayout.JAVA_FLOAT, Lanes.bytes(address), count);
  }

  @Override
  public boolean sharesSlab() {
    return true;
  }
}
