package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.Map;

/**
 * How N environments move and begin, bound to their {@link Columns}: what one environment has that
 * another has not. Time limits, new episodes and returns are the {@link ColumnEnv}'s.
 */
interface Dynamics {

  /**
   * Moves every environment by one step and writes all its columns.
   *
   * @param clock number of this step since the reset, from 1
   * @return whether some environment may have terminated or truncated itself
   */
  boolean step(long clock);

  /**
   * Begins an episode.
   *
   * @param i the environment
   * @param random its stream, which nothing else draws from
   * @param observation whose row i receives the first observation
   */
  void begin(int i, Philox random, Tensor observation);

  /** The stored tensors that hold its state, by name. */
  default Map<String, Tensor> tensors() {
    return Map.of();
  }

  /** What it has to remember besides, by name. */
  default Map<String, long[]> counters() {
    return Map.of();
  }

  /**
   * Goes back to the state that the {@link #tensors}, written before, and these counters hold.
   *
   * @return whether the episodes go on; otherwise new ones have to begin
   */
  default boolean restore(Map<String, long[]> counters) {
    return true;
  }

  default void close() {}
}
