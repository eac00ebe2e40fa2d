package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Dynamics in plain Java: a worker moves its environments one after the other. For an episode that
 * begins after step t, an environment draws from block t 2ᵇ of a stream of its own on.
 */
abstract class HostDynamics implements Dynamics {

  /** Moves environments, one at a time: what the worker of a part has for itself. */
  interface Mover {

    /**
     * Moves an environment by one step and writes its row of all columns but the observation, which
     * is copied from the final one.
     *
     * @param clock number of this step since the reset, from 1
     */
    void step(int i, long clock);

    /**
     * Begins an episode.
     *
     * @param clock number of steps since the reset
     * @param random environment i's stream, where this episode's own numbers begin
     * @param observation whose row i receives the first observation
     */
    void begin(int i, long clock, Philox random, Tensor observation);
  }

  final Columns columns;
  private final IntToLongFunction stream;
  private final int logBlocks;

  /**
   * @param stream the number of environment i's
   * @param logBlocks b
   */
  HostDynamics(Columns columns, IntToLongFunction stream, int logBlocks) {
    this.columns = columns;
    this.stream = stream;
    this.logBlocks = logBlocks;
  }

  abstract Mover mover();

  @Override
  public final boolean isParallel() {
    return true;
  }

  @Override
  public final Call step(Part part, Philox clock) {
    var mover = mover();
    Call moving =
        () -> {
          for (int i = part.from(); i < part.to(); i++) {
            mover.step(i, clock.counter());
          }
        };
    return Call.inOrder(moving, columns.settle(part));
  }

  @Override
  public final Call step(Part part, Philox clock, Tensor held) {
    var mover = mover();
    Call moving =
        () -> {
          for (int i = part.from(); i < part.to(); i++) {
            if (held.get(i, 0) == 0) {
              mover.step(i, clock.counter());
            }
          }
        };
    return Call.inOrder(moving, columns.settle(part, held));
  }

  @Override
  public final Call begin(Part part, Philox clock, View lanes, View count) {
    var mover = mover();
    var backend = columns.device().backend();
    var randoms =
        IntStream.range(part.from(), part.to())
            .mapToObj(i -> new Philox(clock.seed(), stream.applyAsLong(i)))
            .toArray(Philox[]::new);
    return () -> {
      int begins = (int) backend.get(count.address());
      for (int k = 0; k < begins; k++) {
        int lane = (int) backend.get(lanes.at(0, k));
        randoms[lane].seek(clock.counter() << logBlocks);
        mover.begin(part.from() + lane, clock.counter(), randoms[lane], columns.observation());
      }
    };
  }
}
