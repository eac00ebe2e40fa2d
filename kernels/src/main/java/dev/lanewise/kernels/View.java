package dev.lanewise.kernels;

/**
 * A rectangle of elements in a backend's memory: element (r, i) lies at {@code address + r *
 * rowStride + i * laneStride}.
 *
 * <p>Rows are what a kernel loops over, lanes are what it puts side by side into vectors; usually a
 * row is a feature and a lane is a sample or an environment. A stride of 0 repeats one element
 * (broadcasting) and is for inputs only. The lane stride is 1 or 0, except where a kernel says that
 * it takes any.
 *
 * @param address of element (0, 0), counted in elements
 * @param rows number of rows, at least 0
 * @param lanes number of lanes, at least 0
 * @param rowStride elements from one row to the next
 * @param laneStride elements from one lane to the next
 */
public record View(long address, int rows, int lanes, long rowStride, long laneStride) {

  public View {
    if (rows < 0 || lanes < 0) {
      throw new IllegalArgumentException("a view of " + rows + " rows and " + lanes + " lanes");
    }
  }

  /** Rows of {@code lanes} contiguous elements, one row every {@code rowStride}. */
  public static View of(long address, int rows, int lanes, long rowStride) {
    return new View(address, rows, lanes, rowStride, 1);
  }

  /** One row of {@code lanes} contiguous elements. */
  public static View row(long address, int lanes) {
    return new View(address, 1, lanes, lanes, 1);
  }

  /** One element. */
  public static View scalar(long address) {
    return new View(address, 1, 1, 1, 1);
  }

  public long row(int r) {
    return address + r * rowStride;
  }

  public long at(int r, int i) {
    return address + r * rowStride + i * laneStride;
  }

  public View rows(int from, int to) {
    return new View(row(from), to - from, lanes, rowStride, laneStride);
  }

  public View lanes(int from, int to) {
    return new View(at(0, from), rows, to - from, rowStride, laneStride);
  }

  /** Rows and lanes exchanged; the elements stay where they are. */
  public View flipped() {
    return new View(address, lanes, rows, laneStride, rowStride);
  }

  /** This view stretched to the given size: an axis of length 1 gets the stride 0. */
  public View broadcast(int toRows, int toLanes) {
    return new View(
        address,
        toRows,
        toLanes,
        rows == 1 && toRows != 1 ? 0 : rowStride,
        lanes == 1 && toLanes != 1 ? 0 : laneStride);
  }

  public boolean isEmpty() {
    return rows == 0 || lanes == 0;
  }
}
