package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.List;

/**
 * A step of some environments of a batch while the others stay where they are. Dynamics whose state
 * lies in tensors move all lanes and get back the rows of the others.
 */
final class Hold {
  private final Dynamics dynamics;
  private final Tensor held;
  private final List<Call> keep = new ArrayList<>();
  private final List<Call> putBack = new ArrayList<>();

  /**
   * @param observation of the environments, equal to what their last step led to unless that ended
   *     the episode
   * @param held N × 1: not 0 where nothing shall move
   */
  Hold(Columns columns, Dynamics dynamics, Tensor observation, Tensor held) {
    this.dynamics = dynamics;
    this.held = held;
    var device = columns.device();
    if (dynamics.tensors().containsKey("state")) {
      for (var tensor : dynamics.tensors().values()) {
        var kept = device.columns("kept state", tensor.rows(), tensor.columns()).view();
        keep.add(device.backend().kernels().copy(tensor.view(), kept));
        putBack(device, kept, tensor);
      }
    }
    var zero = device.scalar("zero", 0).view();
    putBack(device, observation.view(), columns.observation());
    putBack(device, zero, columns.reward());
    putBack(device, zero, columns.terminated());
    putBack(device, zero, columns.truncated());
  }

  private void putBack(Device device, View kept, Tensor tensor) {
    var kernels = device.backend().kernels();
    putBack.add(kernels.select(held.view(), kept, tensor.view(), tensor.view()));
  }

  /** See {@link Dynamics#step}. */
  boolean step(long clock) {
    run(keep);
    boolean someEnded = keep.isEmpty() ? dynamics.step(clock, held) : dynamics.step(clock);
    run(putBack);
    return someEnded;
  }

  private static void run(List<Call> calls) {
    for (int k = 0; k < calls.size(); k++) {
      calls.get(k).run();
    }
  }
}
