package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.CheckedKernels;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Region;

/** The kernels in plain scalar Java, in double: what the other backends are measured against. */
public final class ReferenceBackend implements Backend {
  private final Kernels kernels = new CheckedKernels(new ReferenceKernels());

  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "plain Java, one element after another, in double precision";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Region open(String name) {
    return new Region(name, Doubles.BYTES);
  }

  @Override
  public double get(long address) {
    return Doubles.get(address);
  }

  @Override
  public void set(long address, double value) {
    Doubles.set(address, value);
  }

  @Override
  public void read(long address, float[] into, int offset, int count) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = (float) Doubles.get(address + i);
    }
  }

  @Override
  public void write(long address, float[] from, int offset, int count) {
    for (int i = 0; i < count; i++) {
      Doubles.set(address + i, from[offset + i]);
    }
  }
}
