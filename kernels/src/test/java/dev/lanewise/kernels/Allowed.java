package dev.lanewise.kernels;

/** How far an element may be from the reference's answer. */
interface Allowed {
  /** The closest float. */
  Allowed EXACT = ulps(0);

  double error(int r, int i, double expected);

  /** So many units in the last place of a float, no less than those of the smallest normal one. */
  static Allowed ulps(double count) {
    return (r, i, expected) ->
        count * Math.ulp(Math.max(Float.MIN_NORMAL, (float) Math.abs(expected)));
  }

  default Allowed plus(double absolute) {
    return (r, i, expected) -> error(r, i, expected) + absolute;
  }
}
