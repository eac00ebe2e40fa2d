package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.Map;

/**
 * How N environments move and begin, bound to their {@link Columns}: what one environment has that
 * another has not. Time limits, the ends of episodes and returns are the {@link ColumnEnv}'s.
 */
public interface Dynamics {

  /** Environments [from, to) of a batch. */
  record Part(int from, int to) {
    public int size() {
      return to - from;
    }

    View of(Tensor column) {
      return column.view().lanes(from, to);
    }
  }

  /** Whether parts may be stepped by several threads at the same time. */
  boolean isParallel();

  /** The fewest environments for which another worker is worth waking. */
  default int workerShare() {
    return 1024;
  }

  /** Whether {@link #step} writes {@code truncated}, which is then kept where it is 1. */
  boolean cutsItself();

  /**
   * Moves environments by one step and writes their columns.
   *
   * @param clock whose counter is the number of this step since the reset, from 1
   */
  Call step(Part part, Philox clock);

  /**
   * Begins episodes.
   *
   * @param random what environment i draws when it begins after step t is block t of stream i of
   *     this seed: its counter is t
   * @param lanes the environments that begin, counted from the part's first, in the first {@code
   *     count} lanes of one row
   * @param count one element
   * @param observation N rows, of which those environments receive their first observation
   */
  Call begin(Part part, Philox random, View lanes, View count, Tensor observation);

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
