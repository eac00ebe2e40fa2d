package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A batch of {@link LunarLander}: a {@link Lander} that goes into each environment's state, moves
 * it by a step and leaves it again.
 */
final class LunarLanders extends HostDynamics {
  private final LunarLander options;
  private final Tensor state;

  /** By environment: the key of the episode's engine noise, block t of which is for step t. */
  private final long[] noise;

  LunarLanders(LunarLander options, Columns columns) {
    super(columns, i -> (i + 1L) << 32, 8);
    this.options = options;
    int size = new Lander(options).savedSize();
    state = columns.device().records(options.id() + " state", columns.size(), size);
    noise = new long[columns.size()];
  }

  /** A step takes some ten microseconds. */
  @Override
  public OptionalInt workerShare() {
    return OptionalInt.of(4);
  }

  @Override
  public boolean cutsItself() {
    return false;
  }

  @Override
  Mover mover() {
    return new Craft();
  }

  private final class Craft implements Mover {
    private final Lander lander = new Lander(options);
    private final float[] saved = new float[lander.savedSize()];
    private final FloatBuffer buffer = FloatBuffer.wrap(saved);

    @Override
    public void step(int i, long clock) {
      state.readRow(i, saved);
      lander.restore(buffer.clear());
      double u = 2 * Philox.unit(Philox.word(noise[i], 0, clock, 0)) - 1;
      double v = 2 * Philox.unit(Philox.word(noise[i], 0, clock, 1)) - 1;
      double action = columns.action().get(i, 0);
      if (options.continuous()) {
        lander.step(mainPower(action), sidePower(columns.action().get(i, 1)), u, v);
      } else {
        lander.step(action == 2 ? 1 : 0, action == 1 ? -1 : action == 3 ? 1 : 0, u, v);
      }
      save(i, columns.finalObservation());
      columns.reward().set(i, 0, lander.reward());
      columns.terminated().set(i, 0, lander.terminated() ? 1 : 0);
    }

    @Override
    public void begin(int i, long clock, Philox random, Tensor observation) {
      noise[i] = Draws.bits(random);
      lander.begin(random);
      save(i, observation);
    }

    Scene scene(int i) {
      state.readRow(i, saved);
      lander.restore(buffer.clear());
      return lander.scene();
    }

    private void save(int i, Tensor observation) {
      lander.save(buffer.clear());
      Arrays.fill(saved, buffer.position(), saved.length, 0);
      state.writeRow(i, saved);
      for (int j = 0; j < Lander.OBSERVATION; j++) {
        observation.set(i, j, lander.observed(j));
      }
    }
  }

  /** Off up to 0, then from a half at 0 to full at 1. */
  private static double mainPower(double throttle) {
    return throttle > 0 ? (Math.min(throttle, 1) + 1) * 0.5 : 0;
  }

  /** Off up to a half to either side, then as much as it is opened. */
  private static double sidePower(double throttle) {
    return Math.abs(throttle) > 0.5 ? Math.clamp(throttle, -1, 1) : 0;
  }

  @Override
  public Scene scene(int i) {
    return new Craft().scene(i);
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of("state", state);
  }

  @Override
  public Map<String, long[]> counters() {
    return Map.of("noise", noise.clone());
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    var keys = counters.get("noise");
    if (keys == null || keys.length != noise.length) {
      throw new IllegalArgumentException(
          "%s cannot be restored: the counter 'noise' has %s values instead of %d"
              .formatted(columns.spec().id(), keys == null ? "no" : keys.length, noise.length));
    }
    System.arraycopy(keys, 0, noise, 0, noise.length);
    return true;
  }
}
