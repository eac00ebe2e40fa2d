package dev.lanewise.engine.env.rigid;

/**
 * Sine and cosine by Taylor's series about the nearest multiple of π/2, to 2·10⁻¹⁴ while that
 * multiple is moderate. Unlike {@link Math#sin} the same bits on every machine, and unlike {@link
 * StrictMath#sin} without allocation.
 */
public final class Sine {

  /** π/2 = HIGH + LOW; HIGH has 33 bits, so that small multiples of it are exact. */
  private static final double HIGH = 0x1.921fb544p0;

  private static final double LOW = Math.PI / 2 - HIGH + 6.123233995736766e-17;

  private Sine() {}

  public static double sin(double x) {
    return quarter(x, 0);
  }

  public static double cos(double x) {
    return quarter(x, 1);
  }

  /** sin(x + quarters · π/2). */
  private static double quarter(double x, int quarters) {
    double multiple = Math.rint(x * (2 / Math.PI));
    double r = x - multiple * HIGH - multiple * LOW;
    int quadrant = (int) ((long) multiple + quarters) & 3;
    double value = (quadrant & 1) == 0 ? series(r, r * r, 3) : series(1, r * r, 2);
    return quadrant < 2 ? value : -value;
  }

  /** first · (1 - s/((n-1) n) (1 - s/((n+1)(n+2)) (1 - ...))), seven terms after the first. */
  private static double series(double first, double s, int n) {
    double sum = 1;
    for (int k = n + 12; k >= n; k -= 2) {
      sum = 1 - s / ((k - 1) * k) * sum;
    }
    return first * sum;
  }
}
