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

  /**
   * A backend and where it has the operands, one behind the other: all are written and read at
   * once, as devices take longer over a transfer than over its numbers.
   */
  static final class Side {
    final Backend backend;
    private final TrialMemory memory;
    private final List<Operand> operands;
    private final List<Long> blocks = new ArrayList<>();
    private int written;

    private Side(String name, Backend backend, List<Operand> operands) {
      this.backend = backend;
      this.operands = operands;
      memory = TrialMemory.of(backend, name);
    }

    private void add(Operand x) {
      blocks.add(memory.push(x.block.length));
    }

    Kernels kernels() {
      return backend.kernels();
    }

    View view(Operand x) {
      writeFrom(written);
      return x.view(blocks.get(x.number));
    }

    double get(Operand x, int r, int i) {
      return backend.get(view(x).at(r, i));
    }

    /** What is now in the blocks of all operands, in their order. */
    private float[] read() {
      writeFrom(written);
      float[] now = new float[length(0)];
      backend.read(blocks.getFirst(), now, 0, now.length);
      return now;
    }

    /** Where an operand's block begins in what was read. */
    private int start(Operand x) {
      return (int) (blocks.get(x.number) - blocks.getFirst());
    }

    /** Writes the operands from a number on. */
    private void writeFrom(int number) {
      if (number < operands.size()) {
        float[] all = new float[length(number)];
        for (var x : operands.subList(number, operands.size())) {
          System.arraycopy(x.block, 0, all, start(x) - start(operands.get(number)), x.block.length);
        }
        backend.write(blocks.get(number), all, 0, all.length);
        written = operands.size();
      }
    }

    /** From the first float of a block to the last of all. */
    private int length(int number) {
      var last = operands.getLast();
      return start(last) + last.block.length - start(operands.get(number));
    }
  }

  /** A kernel with its operands, to be bound on either side. */
  interface Kernel {
    Call bind(Side on);
  }

  private final List<Operand> operands = new ArrayList<>();
  final Side subject;
  final Side reference = new Side("reference", new ReferenceBackend(), operands);

  Trial(Backend backend) {
    subject = new Side("subject", backend, operands);
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
    subject.writeFrom(0);
    reference.writeFrom(0);
  }

  /** Runs the kernel on both sides, twice from the same start, and compares everything. */
  void compare(String what, Allowed allowed, Kernel kernel) {
    Call call = kernel.bind(subject);
    call.run();
    reset();
    call.run();
    kernel.bind(reference).run();
    float[] now = subject.read();
    operands.forEach(operand -> compare(what, operand, allowed, now));
  }

  private void compare(String what, Operand operand, Allowed allowed, float[] now) {
    assertUntouched(what, operand, now);
    if (!operand.written) {
      return;
    }
    for (int r = 0; r < operand.shape.rows(); r++) {
      for (int i = 0; i < operand.shape.lanes(); i++) {
        double expected = reference.get(operand, r, i);
        float found = now[subject.start(operand) + operand.index(r, i)];
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
    assertUntouched(what, operand, subject.read());
  }

  private void assertUntouched(String what, Operand operand, float[] now) {
    int start = subject.start(operand);
    for (int k = 0; k < operand.block.length; k++) {
      if (Float.floatToIntBits(now[start + k]) != Float.floatToIntBits(operand.block[k])
          && !(operand.written && operand.isElement(k))) {
        fail(
            "%s on %s: wrote %s at %d of the block of operand %d of %s, outside its output",
            what, subject.backend.name(), now[start + k], k, operand.number, operand.shape);
      }
    }
  }

  /** What the subject has in an operand, row after row. */
  float[] values(Operand operand) {
    float[] now = subject.read(), values = new float[operand.shape.size()];
    for (int r = 0, k = 0; r < operand.shape.rows(); r++) {
      for (int i = 0; i < operand.shape.lanes(); i++) {
        values[k++] = now[subject.start(operand) + operand.index(r, i)];
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
