package dev.lanewise.kernels;

/** Ways to make one number of many. The order of operations is fixed by the shape alone. */
public enum Reduction {
  /** Σ x; 0 for nothing */
  SUM,
  /** max x; -∞ for nothing, NaN if any is NaN */
  MAX,
  /**
   * the position of the first of the largest, from 0; 0 for nothing; a NaN counts as the largest
   */
  ARGMAX
}
