package dev.lanewise.engine;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A matrix of n rows (samples) and d columns (features): either numbers in memory or an expression
 * over such, to be computed by a {@link Plan}.
 *
 * <p>A scalar is 1 × 1, a feature vector 1 × d. In memory, samples of one feature lie side by side
 * (a lane is a sample), except parameters, which lie row by row. Where shapes differ an axis of
 * length 1 stretches; anything else is a {@link ShapeException} here, never during replay.
 */
public final class Tensor {
  private static final AtomicLong SEQUENCE = new AtomicLong();

  private final Op op;
  private final List<Tensor> inputs;
  private final int rows;
  private final int columns;
  private final long sequence = SEQUENCE.getAndIncrement();

  Tensor(Op op, int rows, int columns, Tensor... inputs) {
    this.op = op;
    this.rows = rows;
    this.columns = columns;
    this.inputs = List.of(inputs);
  }

  public Op op() {
    return op;
  }

  public List<Tensor> inputs() {
    return inputs;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Number of elements. */
  public long size() {
    return (long) rows * columns;
  }

  /** "(256, 6)" */
  public String shape() {
    return "(" + rows + ", " + columns + ")";
  }

  /** When it was made: the order of recording, which is the order of execution. */
  long sequence() {
    return sequence;
  }

  static long nextSequence() {
    return SEQUENCE.getAndIncrement();
  }

  // --- element by element

  public Tensor map(Unary f) {
    return new Tensor(new Op.Map(f), rows, columns, this);
  }

  public Tensor zip(Binary f, Tensor other) {
    return new Tensor(
        new Op.Zip(f),
        stretched(rows, other.rows, this, other),
        stretched(columns, other.columns, this, other),
        this,
        other);
  }

  public static Tensor constant(float value) {
    return new Tensor(new Op.Constant(value), 1, 1);
  }

  /** {@code a} where this ≠ 0, otherwise {@code b}. */
  public Tensor select(Tensor a, Tensor b) {
    int n = stretched(stretched(rows, a.rows, this, a), b.rows, a, b);
    int d = stretched(stretched(columns, a.columns, this, a), b.columns, a, b);
    return new Tensor(new Op.Select(), n, d, this, a, b);
  }

  public Tensor plus(Tensor other) {
    return zip(Binary.ADD, other);
  }

  public Tensor plus(float value) {
    return plus(constant(value));
  }

  public Tensor minus(Tensor other) {
    return zip(Binary.SUBTRACT, other);
  }

  public Tensor minus(float value) {
    return minus(constant(value));
  }

  public Tensor times(Tensor other) {
    return zip(Binary.MULTIPLY, other);
  }

  public Tensor times(float value) {
    return times(constant(value));
  }

  public Tensor over(Tensor other) {
    return zip(Binary.DIVIDE, other);
  }

  public Tensor over(float value) {
    return over(constant(value));
  }

  public Tensor min(Tensor other) {
    return zip(Binary.MIN, other);
  }

  public Tensor max(Tensor other) {
    return zip(Binary.MAX, other);
  }

  /** Held between two bounds. The derivative is 1 inside and on the bounds, 0 outside. */
  public Tensor clamp(float low, float high) {
    return max(constant(low)).min(constant(high));
  }

  /** 1 where this is the greater, otherwise 0. */
  public Tensor greater(Tensor other) {
    return zip(Binary.GREATER, other);
  }

  public Tensor greaterEqual(Tensor other) {
    return zip(Binary.GREATER_EQUAL, other);
  }

  public Tensor equal(Tensor other) {
    return zip(Binary.EQUAL, other);
  }

  public Tensor negate() {
    return map(Unary.NEGATE);
  }

  public Tensor abs() {
    return map(Unary.ABS);
  }

  public Tensor square() {
    return map(Unary.SQUARE);
  }

  public Tensor sqrt() {
    return map(Unary.SQRT);
  }

  public Tensor reciprocal() {
    return map(Unary.RECIPROCAL);
  }

  public Tensor exp() {
    return map(Unary.EXP);
  }

  public Tensor log() {
    return map(Unary.LOG);
  }

  public Tensor tanh() {
    return map(Unary.TANH);
  }

  public Tensor sigmoid() {
    return map(Unary.SIGMOID);
  }

  public Tensor softplus() {
    return map(Unary.SOFTPLUS);
  }

  public Tensor relu() {
    return map(Unary.RELU);
  }

  // --- along an axis

  public Tensor reduce(Reduction reduction, Axis axis) {
    return axis == Axis.SAMPLES
        ? new Tensor(new Op.Reduce(reduction, axis), 1, columns, this)
        : new Tensor(new Op.Reduce(reduction, axis), rows, 1, this);
  }

  public Tensor sum(Axis axis) {
    return reduce(Reduction.SUM, axis);
  }

  /** The sum of all elements, 1 × 1. */
  public Tensor sum() {
    var perSample = columns == 1 ? this : sum(Axis.FEATURES);
    return rows == 1 ? perSample : perSample.sum(Axis.SAMPLES);
  }

  public Tensor mean(Axis axis) {
    return sum(axis).times(1f / notEmpty(axis == Axis.SAMPLES ? rows : columns));
  }

  /** The mean of all elements, 1 × 1. */
  public Tensor mean() {
    return sum().times(1f / notEmpty(size()));
  }

  public Tensor max(Axis axis) {
    return reduce(Reduction.MAX, axis);
  }

  public Tensor argmax(Axis axis) {
    return reduce(Reduction.ARGMAX, axis);
  }

  /** y(t) = this(t) + decay(t) · y(t + 1) over the rows t, beginning with the last. */
  public Tensor scan(Tensor decay) {
    sameShape(this, decay, "scan");
    return new Tensor(new Op.Scan(), rows, columns, this, decay);
  }

  // --- products

  /** The matrix product of this, n × k, and another, k × d. */
  public Tensor matmul(Tensor other) {
    if (columns != other.rows) {
      throw new ShapeException(
          "matmul: %s has %d columns but %s has %d rows"
              .formatted(shape(), columns, other.shape(), other.rows));
    }
    return new Tensor(new Op.MatMul(), rows, other.columns, this, other);
  }

  // --- the same numbers seen otherwise

  public Tensor transpose() {
    return new Tensor(new Op.Transpose(), columns, rows, this);
  }

  /** The rows from (inclusive) to (exclusive). */
  public Tensor rows(int from, int to) {
    checkRange("rows", from, to, rows);
    return new Tensor(new Op.Slice(Axis.SAMPLES, from, to), to - from, columns, this);
  }

  /** The columns from (inclusive) to (exclusive). */
  public Tensor columns(int from, int to) {
    checkRange("columns", from, to, columns);
    return new Tensor(new Op.Slice(Axis.FEATURES, from, to), rows, to - from, this);
  }

  /** Stretched to a shape, from length 1 on each axis that differs. */
  public Tensor broadcast(int toRows, int toColumns) {
    if (rows == toRows && columns == toColumns) {
      return this;
    }
    if ((rows != toRows && rows != 1) || (columns != toColumns && columns != 1)) {
      throw new ShapeException(
          "broadcast: %s does not stretch to (%d, %d)".formatted(shape(), toRows, toColumns));
    }
    return new Tensor(new Op.Broadcast(), toRows, toColumns, this);
  }

  /** The same numbers, constant as far as derivatives are concerned. */
  public Tensor stopGradient() {
    return new Tensor(new Op.StopGradient(), rows, columns, this);
  }

  /** Tensors one after the other along an axis. */
  public static Tensor concat(Axis axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new ShapeException("concat: there is nothing to join");
    }
    boolean samples = axis == Axis.SAMPLES;
    for (var part : parts) {
      if (samples ? part.columns != parts[0].columns : part.rows != parts[0].rows) {
        throw new ShapeException(
            "concat: %s and %s do not join along %s"
                .formatted(parts[0].shape(), part.shape(), axis));
      }
    }
    int rows = samples ? Stream.of(parts).mapToInt(Tensor::rows).sum() : parts[0].rows;
    int columns = samples ? parts[0].columns : Stream.of(parts).mapToInt(Tensor::columns).sum();
    return parts.length == 1 ? parts[0] : new Tensor(new Op.Concat(axis), rows, columns, parts);
  }

  // --- by index

  /** One element a row: y(i) = this(i, index(i)). */
  public Tensor pick(Tensor index) {
    if (index.rows != rows || index.columns != 1) {
      throw new ShapeException("pick: %s by an index %s".formatted(shape(), index.shape()));
    }
    return new Tensor(new Op.Pick(), rows, 1, this, index);
  }

  /** This, an index n × 1, as n × depth zeros with a one in column index(i). */
  public Tensor oneHot(int depth) {
    if (columns != 1) {
      throw new ShapeException("oneHot: the index is %s instead of (n, 1)".formatted(shape()));
    }
    return new Tensor(new Op.OneHot(), rows, depth, this);
  }

  /** Whole rows: row i of the result is row index(i) of this. */
  public Tensor gather(Tensor index) {
    if (index.columns != 1) {
      throw new ShapeException(
          "gather: the index is %s instead of (n, 1)".formatted(index.shape()));
    }
    return new Tensor(new Op.Gather(), index.rows, columns, this, index);
  }

  // --- random numbers, new ones at every replay

  public static Tensor uniform(Philox stream, int rows, int columns) {
    return new Tensor(new Op.Uniform(stream), rows, columns);
  }

  public static Tensor normal(Philox stream, int rows, int columns) {
    return new Tensor(new Op.Normal(stream), rows, columns);
  }

  /** Whole numbers from 0 to bound - 1, the bound (1 × 1) being read at every replay. */
  public static Tensor integers(Philox stream, Tensor bound, int rows, int columns) {
    if (bound.size() != 1) {
      throw new ShapeException(
          "integers: the bound is %s instead of (1, 1)".formatted(bound.shape()));
    }
    return new Tensor(new Op.Integers(stream), rows, columns, bound);
  }

  // --- numbers in memory

  /** Whether the numbers lie in memory of their own and can be read and written at any time. */
  public boolean isStored() {
    return op instanceof Op.Stored;
  }

  /** Where a stored tensor lies. */
  public Device device() {
    return stored().storage().device();
  }

  /** Element (row, column) of a stored tensor. */
  public double get(int row, int column) {
    return stored().storage().get(address(row, column));
  }

  /** The only element of a stored 1 × 1 tensor. */
  public double get() {
    if (size() != 1) {
      throw new ShapeException("get() takes one element but the tensor is " + shape());
    }
    return get(0, 0);
  }

  public void set(int row, int column, double value) {
    stored().storage().set(address(row, column), value);
  }

  /** Sets every element of a stored tensor. */
  public void fill(double value) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        set(i, j, value);
      }
    }
  }

  /** All elements of a stored tensor, row by row. */
  public float[] toArray() {
    var array = new float[Math.toIntExact(size())];
    read(array);
    return array;
  }

  /** Copies a row of a stored tensor into an array. */
  public void readRow(int row, float[] into) {
    checkRow(row, into.length);
    stored().storage().readRow(this, row, into, 0);
  }

  /** Sets a row of a stored tensor. */
  public void writeRow(int row, float... values) {
    checkRow(row, values.length);
    stored().storage().writeRow(this, row, values, 0);
  }

  private void checkRow(int row, int length) {
    java.util.Objects.checkIndex(row, rows);
    if (length != columns) {
      throw new ShapeException("a row of %s has not %d elements".formatted(shape(), length));
    }
  }

  /** Copies all elements of a stored tensor, row by row, into an array of as many. */
  public void read(float[] into) {
    if (into.length != size()) {
      throw new ShapeException("read: %s into %d elements".formatted(shape(), into.length));
    }
    stored().storage().read(this, into);
  }

  /** Sets a stored tensor from its elements, row by row. */
  public void write(float... values) {
    if (values.length != size()) {
      throw new ShapeException(
          "write: %d values for a tensor %s".formatted(values.length, shape()));
    }
    stored().storage().write(this, values);
  }

  /**
   * Where the numbers of a stored tensor lie, for kernels that are bound by hand: the view's rows
   * are the features (columns) of this tensor, its lanes the samples (rows).
   */
  public View view() {
    var at = stored();
    long laneStride = rows == 1 ? 1 : at.rowStride();
    return new View(
        at.storage().address() + at.offset(), columns, rows, at.columnStride(), laneStride);
  }

  Op.Stored stored() {
    if (op instanceof Op.Stored stored) {
      return stored;
    }
    throw new IllegalStateException(
        "a computed tensor %s has no memory of its own; record an assign to a stored one"
            .formatted(shape()));
  }

  private long address(int row, int column) {
    var at = stored();
    java.util.Objects.checkIndex(row, rows);
    java.util.Objects.checkIndex(column, columns);
    return at.offset() + row * at.rowStride() + column * at.columnStride();
  }

  @Override
  public String toString() {
    return op.getClass().getSimpleName() + shape();
  }

  private static void checkRange(String what, int from, int to, int length) {
    if (from < 0 || to < from || to > length) {
      throw new ShapeException("%s [%d, %d) of %d".formatted(what, from, to, length));
    }
  }

  private static int stretched(int a, int b, Tensor x, Tensor y) {
    if (a != b && a != 1 && b != 1) {
      throw new ShapeException("shapes %s and %s do not fit".formatted(x.shape(), y.shape()));
    }
    return a == 1 ? b : a;
  }

  static void sameShape(Tensor a, Tensor b, String what) {
    if (a.rows != b.rows || a.columns != b.columns) {
      throw new ShapeException("%s: shapes %s and %s differ".formatted(what, a.shape(), b.shape()));
    }
  }

  private static long notEmpty(long count) {
    if (count == 0) {
      throw new ShapeException("the mean of nothing");
    }
    return count;
  }
}
