package dev.lanewise.kernels;

/** How a kernel's work is shared out among workers. */
public enum Cut {
  LANES,
  ROWS,
  /** One worker does all of it. */
  NONE;

  /** Where a worker's share of so many lanes or rows begins; it ends where the next one begins. */
  public static int at(int length, int worker, int workers) {
    if (worker == workers) {
      return length;
    }
    int unit = unit(length, workers);
    return (int) Math.min(length, Math.ceilDiv(length, unit) * (long) worker / workers * unit);
  }

  /** Shares begin at multiples of this: of 64 or 16 if there are enough. */
  public static int unit(int length, int workers) {
    return length >= 64 * workers ? 64 : length >= 16 * workers ? 16 : 1;
  }
}
