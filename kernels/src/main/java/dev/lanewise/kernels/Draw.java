package dev.lanewise.kernels;

/**
 * Which numbers of a random stream fill a view. Element (r, i) of the whole array takes word {@code
 * (i % 64) / 16} of the Philox block with the counter {@code stream.counter() + offset + (r ·
 * ⌈lanes / 64⌉ + i / 64) · 16 + i % 16}: the same whatever the vector width, the number of workers,
 * or the part of the array that a call fills.
 *
 * @param stream the stream, whose counter is read at every run
 * @param offset of this draw behind the stream's counter, in blocks
 * @param lanes of the whole array
 * @param firstRow of the whole array that the view begins with
 * @param firstLane of the whole array that the view begins with
 */
public record Draw(Philox stream, long offset, int lanes, int firstRow, int firstLane) {

  /** Blocks that an array of this size uses up. */
  public static long blocks(int rows, int lanes) {
    return rows * ((lanes + 63L) / 64) * 16;
  }

  /** The counter of the block for element (row, lane) of the whole array. */
  public long counter(int row, int lane) {
    return stream.counter() + offset + (row * ((lanes + 63L) / 64) + lane / 64) * 16 + lane % 16;
  }

  public Draw rows(int from) {
    return new Draw(stream, offset, lanes, firstRow + from, firstLane);
  }

  public Draw lanes(int from) {
    return new Draw(stream, offset, lanes, firstRow, firstLane + from);
  }
}
