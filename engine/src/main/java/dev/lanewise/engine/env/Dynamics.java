package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

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
   * As {@link #step(long)}, but leaves alone the environments in which {@code held} (N × 1) is not
   * 0; what it writes into their columns is ignored. Only called where there is no tensor "state".
   *
   * @throws UnsupportedOperationException if it cannot
   */
  default boolean step(long clock, Tensor held) {
    throw new UnsupportedOperationException(
        "these environments move all at once; they do not take an ActionRepeat");
  }

  /**
   * Begins an episode.
   *
   * @param i the environment
   * @param random its stream, which nothing else draws from
   * @param observation whose row i receives the first observation
   */
  void begin(int i, Philox random, Tensor observation);

  /**
   * The stored tensors that hold its state, by name. One called "state", N × anything, says that
   * these are all of it: who writes them has moved the environments.
   */
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

  /** See {@link BatchedEnv#physicalState}. */
  default SequencedMap<String, double[]> physicalState(int i) {
    var state = tensors().get("state");
    if (state == null) {
      throw new UnsupportedOperationException("it does not tell its physical state");
    }
    var row = new double[state.columns()];
    for (int j = 0; j < row.length; j++) {
      row[j] = state.get(i, j);
    }
    var parts = new LinkedHashMap<String, double[]>();
    parts.put("state", row);
    return parts;
  }

  /** See {@link BatchedEnv#setPhysicalState}; the parts are checked. */
  default void setPhysicalState(int i, Map<String, double[]> parts) {
    var row = parts.get("state");
    for (int j = 0; j < row.length; j++) {
      tensors().get("state").set(i, j, row[j]);
    }
  }

  default void close() {}
}
