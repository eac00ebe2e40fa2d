package dev.lanewise.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of a device's memory that stored tensors lie in. It can grow until its address is first
 * needed, so that the parameters of a network, added one by one, end up in one contiguous block.
 */
public final class Storage {
  private final Device device;
  private final String name;
  private final List<Initial> initial = new ArrayList<>();
  private long elements;
  private long address = -1;

  /** Values that wait for the storage to get its address. */
  private record Initial(Tensor tensor, float[] values) {}

  Storage(Device device, String name) {
    this.device = device;
    this.name = name;
  }

  public Device device() {
    return device;
  }

  public String name() {
    return name;
  }

  /** Number of elements so far. */
  public long elements() {
    return elements;
  }

  /** A new tensor behind the others, row by row without gaps. */
  public Tensor append(int rows, int columns) {
    return new Tensor(new Op.Stored(this, grow((long) rows * columns), columns, 1), rows, columns);
  }

  /** As {@link #append(int, int)}, but with these values, row by row, instead of zeros. */
  public Tensor append(int rows, int columns, float[] values) {
    if (values.length != (long) rows * columns) {
      throw new ShapeException(
          "%s: %d values for a tensor (%d, %d)".formatted(name, values.length, rows, columns));
    }
    var tensor = append(rows, columns);
    initial.add(new Initial(tensor, values.clone()));
    return tensor;
  }

  /** All elements as one row. */
  public Tensor flat() {
    return new Tensor(new Op.Stored(this, 0, elements, 1), 1, Math.toIntExact(elements));
  }

  /** The tensor of another storage seen at the same place of this one. */
  public Tensor twin(Tensor other) {
    var at = other.stored();
    return new Tensor(
        new Op.Stored(this, at.offset(), at.rowStride(), at.columnStride()),
        other.rows(),
        other.columns());
  }

  long grow(long more) {
    if (address >= 0) {
      throw new IllegalStateException(name + " is already in use and cannot grow");
    }
    long offset = elements;
    elements += more;
    return offset;
  }

  /** The address of the first element; from now on the storage cannot grow. */
  long address() {
    device.checkOpen();
    if (address < 0) {
      address = device.region().allocate(elements, name);
      initial.forEach(i -> write(i.tensor(), i.values()));
      initial.clear();
    }
    return address;
  }

  double get(long offset) {
    return device.backend().get(address() + offset);
  }

  void set(long offset, double value) {
    device.backend().set(address() + offset, value);
  }

  /**
   * In as few transfers as its layout allows: a device that is far away takes its time for each.
   */
  void read(Tensor tensor, float[] into) {
    var at = tensor.stored();
    if (isDense(tensor)) {
      device.backend().read(address() + at.offset(), into, 0, into.length);
    } else if (at.rowStride() == 1 && tensor.rows() > 1) {
      readColumns(tensor, into);
    } else {
      for (int i = 0; i < tensor.rows(); i++) {
        readRow(tensor, i, into, i * tensor.columns());
      }
    }
  }

  /** Whether the elements lie row by row without gaps. */
  private static boolean isDense(Tensor tensor) {
    var at = tensor.stored();
    int n = tensor.rows(), d = tensor.columns();
    return (d == 1 || at.columnStride() == 1) && (n == 1 || at.rowStride() == d);
  }

  private void readColumns(Tensor tensor, float[] into) {
    var at = tensor.stored();
    int n = tensor.rows(), d = tensor.columns();
    var column = new float[n];
    for (int j = 0; j < d; j++) {
      device.backend().read(address() + at.offset() + j * at.columnStride(), column, 0, n);
      for (int i = 0; i < n; i++) {
        into[i * d + j] = column[i];
      }
    }
  }

  void readRow(Tensor tensor, int row, float[] into, int from) {
    var at = tensor.stored();
    long first = address() + at.offset() + row * at.rowStride();
    if (at.columnStride() == 1) {
      device.backend().read(first, into, from, tensor.columns());
    } else {
      for (int j = 0; j < tensor.columns(); j++) {
        into[from + j] = (float) device.backend().get(first + j * at.columnStride());
      }
    }
  }

  void write(Tensor tensor, float[] values) {
    var at = tensor.stored();
    if (isDense(tensor)) {
      device.backend().write(address() + at.offset(), values, 0, values.length);
    } else if (at.rowStride() == 1 && tensor.rows() > 1) {
      writeColumns(tensor, values);
    } else {
      for (int i = 0; i < tensor.rows(); i++) {
        writeRow(tensor, i, values, i * tensor.columns());
      }
    }
  }

  private void writeColumns(Tensor tensor, float[] values) {
    var at = tensor.stored();
    int n = tensor.rows(), d = tensor.columns();
    var column = new float[n];
    for (int j = 0; j < d; j++) {
      for (int i = 0; i < n; i++) {
        column[i] = values[i * d + j];
      }
      device.backend().write(address() + at.offset() + j * at.columnStride(), column, 0, n);
    }
  }

  void writeRow(Tensor tensor, int row, float[] values, int from) {
    var at = tensor.stored();
    long first = address() + at.offset() + row * at.rowStride();
    if (at.columnStride() == 1) {
      device.backend().write(first, values, from, tensor.columns());
    } else {
      for (int j = 0; j < tensor.columns(); j++) {
        device.backend().set(first + j * at.columnStride(), values[from + j]);
      }
    }
  }
}
