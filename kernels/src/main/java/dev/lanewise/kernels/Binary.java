package dev.lanewise.kernels;

/** Functions of two numbers a and b. NaN gives NaN unless it says otherwise. */
public enum Binary {
  /** a + b */
  ADD,
  /** a - b */
  SUBTRACT,
  /** a · b */
  MULTIPLY,
  /** a / b */
  DIVIDE,
  /** the smaller of the two */
  MIN,
  /** the larger of the two */
  MAX,
  /** 1 where a &gt; b, otherwise 0 (also for NaN) */
  GREATER,
  /** 1 where a ≥ b, otherwise 0 (also for NaN) */
  GREATER_EQUAL,
  /** 1 where a = b, otherwise 0 (also for NaN) */
  EQUAL
}
