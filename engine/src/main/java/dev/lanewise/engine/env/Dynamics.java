package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

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

  /**
   * The fewest environments for which another worker is worth waking; empty if nobody knows, and it
   * is to be found out by timing.
   */
  default OptionalInt workerShare() {
    return OptionalInt.of(1024);
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
   * As {@link #step(Part, Philox)}, but leaves alone the environments in which {@code held} (N × 1)
   * is 1; what it writes into their columns is ignored.
   *
   * @throws UnsupportedOperationException if it cannot
   */
  default Call step(Part part, Philox clock, Tensor held) {
    throw new UnsupportedOperationException(
        "these environments move all at once; they do not take an ActionRepeat");
  }

  /**
   * Begins episodes: writes those environments' first observations.
   *
   * @param random whose counter is the number t of steps since the reset; what environment i draws
   *     when it begins is a function of the seed, i and t: block t of stream i, where four words
   *     are enough
   * @param lanes the environments that begin, counted from the part's first, in the first {@code
   *     count} lanes of one row
   * @param count one element
   */
  Call begin(Part part, Philox random, View lanes, View count);

  /** N × choices, written by steps and beginnings: see {@link BatchedEnv#actionMask}. */
  default Optional<Tensor> actionMask() {
    return Optional.empty();
  }

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

  /** What there is to see of environment i, for {@link BatchedEnv#watch}. */
  default Scene scene(int i) {
    return Scene.EMPTY;
  }

  /** See {@link BatchedEnv#physicalState}. */
  default SequencedMap<String, double[]> physicalState(int i) {
    throw new UnsupportedOperationException("it does not tell its physical state");
  }

  /** See {@link BatchedEnv#setPhysicalState}; the parts are those it has, finite and as long. */
  default void setPhysicalState(int i, Map<String, double[]> parts) {
    throw new UnsupportedOperationException("it does not let its physical state be set");
  }

  default void close() {}
}
