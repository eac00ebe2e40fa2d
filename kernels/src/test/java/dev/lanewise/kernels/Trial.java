package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lanewise.kernels.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;

/**
 * The same operands in the memory of a backend and in the reference's, to run one kernel on both.
 * Outputs are NaN before, and what no kernel may write must be as it was.
 */
final class Trial implements AutoCloseable {

  /** A backend and where it has the operands. */
  static final class Side {
    final Backend backend;
    private final TrialMemory memory;
    private final List<Long> blocks = new ArrayList<>();

    Side(Backend backend) {
      this.backend = backend;
      memory = TrialMemory.of(backend);
    }

    private void add(Operand x) {
      blocks.add(memory.push(x.block.length));
      put(x);
    }

    Kernels kernels() {
      return backend.kernels();
    }

    View view(Operand x) {
      return x.view(blocks.get(x.number));
    }

    double get(Operand x, int r, int i) {
      return backend.get(view(x).at(r, i));
    }

    float[] read(Operand x) {
      float[] block = new float[x.block.length];
      backend.read(blocks.get(x.number), block, 0, block.length);
      return block;
    }

    private void put(Operand x) {
      backend.write(blocks.get(x.number), x.block, 0, x.block.length);
    }
  }

  /** A kernel with its operands, to be bound on either side. */
  interface Kernel {
    Call bind(Side on);
  }

  final Side subject;
  final Side reference = new Side(new ReferenceBackend());
  private final List<Operand> operands = new ArrayList<>();

  Trial(Backend backend) {
    subject = new Side(backend);
  }

  Operand in(Shape shape, Layout layout, float[] values) {
    return add(shape, layout, values, false);
  }

  Operand in(float... row) {
    return in(new Shape(1, row.length), Layout.TIGHT, row);
  }

  Operand inOut(Shape shape, Layout layout, float[] values) {
    return add(shape, layout, values, true);
  }

  Operand out(Shape shape, Layout layout) {
    return add(shape, layout, Values.repeated(shape.size(), Float.NaN), true);
  }

  private Operand add(Shape shape, Layout layout, float[] values, boolean written) {
    var operand = new Operand(operands.size(), shape, layout, values, written);
    operands.add(operand);
    for (Side side : List.of(subject, reference)) {
      side.add(operand);
    }
    return operand;
  }

  /** Runs the kernel on the subject alone. */
  void run(Kernel kernel) {
    kernel.bind(subject).run();
  }

  /** Puts every operand back to how it was. */
  void reset() {
    for (Operand operand : operands) {
      subject.put(operand);
      reference.put(operand);
    }
  }

  /** Runs the kernel on both sides, twice from the same start, and compares everything. */
  void compare(String what, Allowed allowed, Kernel kernel) {
    Call call = kernel.bind(subject);
    call.run();
    reset();
    call.run();
    kernel.bind(reference).run();
    operands.forEach(operand -> compare(what, operand, allowed));
  }

  private void compare(String what, Operand operand, Allowed allowed) {
    assertUntouched(what, operand);
    if (!operand.written) {
      return;
    }
    float[] actual = subject.read(operand);
    for (int r = 0; r < operand.shape.rows(); r++) {
      for (int i = 0; i < operand.shape.lanes(); i++) {
        double expected = reference.get(operand, r, i);
        float found = actual[operand.index(r, i)];
        if (!close(found, expected, allowed.error(r, i, expected))) {
          fail(
              "%s on %s: operand %d of %s has %s at (%d, %d), not %s (%.1f ulp off)",
              what,
              subject.backend.name(),
              operand.number,
              operand.shape,
              found,
              r,
              i,
              expected,
              Math.abs(found - expected) / Math.ulp((float) expected));
        }
      }
    }
  }

  /** Whatever is no element of an output is as it was, to the bit. */
  void assertUntouched(String what, Operand operand) {
    float[] now = subject.read(operand);
    for (int k = 0; k < now.length; k++) {
      if (Float.floatToIntBits(now[k]) != Float.floatToIntBits(operand.block[k])
          && !(operand.written && operand.isElement(k))) {
        fail(
            "%s on %s: wrote %s at %d of the block of operand %d of %s, outside its output",
            what, subject.backend.name(), now[k], k, operand.number, operand.shape);
      }
    }
  }

  /** What the subject has in an operand, row after row. */
  float[] values(Operand operand) {
    float[] block = subject.read(operand), values = new float[operand.shape.size()];
    for (int r = 0, k = 0; r < operand.shape.rows(); r++) {
      for (int i = 0; i < operand.shape.lanes(); i++) {
        values[k++] = block[operand.index(r, i)];
      }
    }
    return values;
  }

  /** Runs a kernel on the subject and compares an operand with numbers worked out by hand. */
  void expect(Kernel kernel, Operand operand, float... expected) {
    run(kernel);
    assertThat(values(operand)).containsExactly(expected);
  }

  private static boolean close(float found, double expected, double allowed) {
    if (Double.isNaN(expected) || Float.isNaN(found)) {
      return Double.isNaN(expected) && Float.isNaN(found);
    }
    if (found == (float) expected) {
      return true;
    }
    if (Float.isInfinite(found)) {
      return allowed > 0
          && Math.abs(expected) > Float.MAX_VALUE * (1 - 1e-5)
          && Math.signum(found) == Math.signum(expected);
    }
    return Math.abs(found - expected) <= allowed;
  }

  @Override
  public void close() {
    for (Operand operand : operands.reversed()) {
      reference.memory.pop(operand.block.length);
      subject.memory.pop(operand.block.length);
    }
  }
}
