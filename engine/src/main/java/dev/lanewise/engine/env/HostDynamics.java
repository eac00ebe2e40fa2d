package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.stream.IntStream;

/** Dynamics in plain Java, one environment after the other. */
abstract class HostDynamics implements Dynamics {

  /** Of its environment's stream; an episode that begins after step t has the t-th so many. */
  static final int LOG_BLOCKS_PER_EPISODE = 24;

  final Columns columns;

  HostDynamics(Columns columns) {
    this.columns = columns;
  }

  /**
   * Moves an environment by one step and writes its row of all columns.
   *
   * @param clock number of this step since the reset, from 1
   */
  abstract void step(int i, long clock);

  /**
   * Begins an episode.
   *
   * @param random stream i of the seed, at the first of 2²⁴ blocks that are this episode's own
   * @param observation whose row i receives the first observation
   */
  abstract void begin(int i, Philox random, Tensor observation);

  @Override
  public boolean isParallel() {
    return false;
  }

  @Override
  public Call step(Part part, Philox clock) {
    return () -> {
      for (int i = part.from(); i < part.to(); i++) {
        step(i, clock.counter());
      }
    };
  }

  @Override
  public Call step(Part part, Philox clock, Tensor held) {
    return () -> {
      for (int i = part.from(); i < part.to(); i++) {
        if (held.get(i, 0) == 0) {
          step(i, clock.counter());
        }
      }
    };
  }

  @Override
  public Call begin(Part part, Philox random, View lanes, View count, Tensor observation) {
    var backend = columns.device().backend();
    var streams =
        IntStream.range(part.from(), part.to())
            .mapToObj(i -> new Philox(random.seed(), random.stream() + i))
            .toArray(Philox[]::new);
    return () -> {
      int begins = (int) backend.get(count.address());
      for (int k = 0; k < begins; k++) {
        int lane = (int) backend.get(lanes.at(0, k));
        streams[lane].seek(random.counter() << LOG_BLOCKS_PER_EPISODE);
        begin(part.from() + lane, streams[lane], observation);
      }
    };
  }
}
