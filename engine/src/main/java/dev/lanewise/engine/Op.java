package dev.lanewise.engine;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Reduction;
import dev.lanewise.kernels.Unary;

/** What a {@link Tensor} is made by. The list is closed: derivatives are defined for each entry. */
public sealed interface Op {

  /**
   * Numbers in memory: element (row, column) at offset + row · rowStride + column · columnStride.
   */
  record Stored(Storage storage, long offset, long rowStride, long columnStride) implements Op {}

  /** One number, 1 × 1. */
  record Constant(float value) implements Op {}

  /** f(x), element by element. */
  record Map(Unary f) implements Op {}

  /** f(a, b), element by element; an axis of length 1 stretches. */
  record Zip(Binary f) implements Op {}

  /** a where condition ≠ 0, otherwise b; inputs condition, a, b; an axis of length 1 stretches. */
  record Select() implements Op {}

  /** Sum, maximum or position of the maximum over an axis, which becomes 1 long. */
  record Reduce(Reduction reduction, Axis axis) implements Op {}

  /** The matrix product a · b. */
  record MatMul() implements Op {}

  /** Rows and columns exchanged; no copy. */
  record Transpose() implements Op {}

  /** The rows [from, to) or columns [from, to); no copy. */
  record Slice(Axis axis, int from, int to) implements Op {}

  /** Stretched from length 1 to the tensor's shape; no copy. */
  record Broadcast() implements Op {}

  /** The same numbers, taken as constant by derivatives; no copy. */
  record StopGradient() implements Op {}

  /** Inputs one after the other along an axis. */
  record Concat(Axis axis) implements Op {}

  /** Input x, an index n × 1: y(i) = x(i, index(i)). */
  record Pick() implements Op {}

  /** Input an index n × 1: y(i, j) = 1 where j = index(i), otherwise 0. */
  record OneHot() implements Op {}

  /** Inputs x and an index n × 1: row i is x's row index(i). */
  record Gather() implements Op {}

  /** Inputs a, b, both T × n: y(t) = a(t) + b(t) · y(t + 1), with y(T) = 0. */
  record Scan() implements Op {}

  /** Uniform in (0, 1). */
  record Uniform(Philox stream) implements Op {}

  /** Standard normal. */
  record Normal(Philox stream) implements Op {}

  /** Input a bound, 1 × 1: uniform among the whole numbers from 0 to bound - 1. */
  record Integers(Philox stream) implements Op {}
}
