package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;
import java.util.List;

/**
 * The last so many transitions, off-heap, a record each; the oldest is overwritten. Terminated and
 * truncated are kept apart. Memory is reserved at once and used as it fills.
 */
public final class ReplayMemory {
  /** Indices are drawn as floats, which are exact up to here. */
  public static final int MAX_CAPACITY = 1 << 24;

  private final Tensor records;
  private final Tensor filled;
  private final int obs;
  private final int action;
  private final float[] row;
  private int size;
  private int next;

  /**
   * @throws dev.lanewise.kernels.OutOfSlabException if there is too little memory for it
   */
  public ReplayMemory(Device device, EnvSpec env, int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new SettingException(
          "buffer_size=%d is not from 1 to %d".formatted(capacity, MAX_CAPACITY));
    }
    obs = env.observationSpace().size();
    action = env.actionSpace().size();
    row = new float[2 * obs + action + 3];
    records =
        device.records(
            "the replay memory of %d transitions (buffer_size)".formatted(capacity),
            capacity,
            row.length);
    records.set(0, 0, 0); // takes the memory now, so that too little is noticed at the start
    filled = device.scalar("replay size", 0);
  }

  /** Number of transitions in it. */
  public int size() {
    return size;
  }

  public int capacity() {
    return records.rows();
  }

  public Device device() {
    return records.device();
  }

  /**
   * Remembers a transition.
   *
   * @param nextObs what the action led to, of the same episode even where it ended
   */
  public void add(
      float[] observation,
      float[] action,
      double reward,
      float[] nextObs,
      boolean terminated,
      boolean truncated) {
    check("observation", observation, obs);
    check("action", action, this.action);
    check("next observation", nextObs, obs);
    System.arraycopy(observation, 0, row, 0, obs);
    System.arraycopy(action, 0, row, obs, this.action);
    System.arraycopy(nextObs, 0, row, obs + this.action, obs);
    int at = 2 * obs + this.action;
    row[at] = (float) reward;
    row[at + 1] = terminated ? 1 : 0;
    row[at + 2] = truncated ? 1 : 0;
    records.writeRow(next, row);
    next = (next + 1) % capacity();
    size = Math.min(size + 1, capacity());
    filled.set(0, 0, size);
  }

  private static void check(String what, float[] values, int length) {
    if (values.length != length) {
      throw new IllegalArgumentException(
          "the %s has %d numbers instead of %d".formatted(what, values.length, length));
    }
  }

  /** Records the drawing of a batch, uniformly with replacement; another one at every replay. */
  public Transitions sample(Philox stream, int batchSize) {
    var batch = records.gather(Tensor.integers(stream, filled, batchSize, 1));
    int at = obs + action;
    return new Transitions(
        batch.columns(0, obs),
        batch.columns(obs, at),
        batch.columns(at + obs, at + obs + 1),
        batch.columns(at, at + obs),
        batch.columns(at + obs + 1, at + obs + 2),
        batch.columns(at + obs + 2, at + obs + 3));
  }

  /**
   * Adds the transitions in it, in arrays of some millions of numbers, and the next one's place.
   */
  public void save(Snapshot snapshot) {
    for (int from = 0; from < size; from += rowsSavedTogether()) {
      int count = Math.min(size - from, rowsSavedTogether());
      var values = new float[count * row.length];
      for (int i = 0; i < count; i++) {
        records.readRow(from + i, row);
        System.arraycopy(row, 0, values, i * row.length, row.length);
      }
      snapshot.put(transitionsFrom(from), new Snapshot.Array(List.of(count, row.length), values));
    }
    snapshot.put("replay.size", size);
    snapshot.put("replay.next", next);
  }

  public void load(Snapshot snapshot) {
    long saved = snapshot.whole("replay.size");
    if (saved < 0 || saved > capacity()) {
      throw new SnapshotException(
          "the replay memory holds at most %d transitions, but %d were saved"
              .formatted(capacity(), saved));
    }
    size = (int) saved;
    for (int from = 0; from < size; from += rowsSavedTogether()) {
      var shape = List.of(Math.min(size - from, rowsSavedTogether()), row.length);
      var array = snapshot.array(transitionsFrom(from));
      if (!array.shape().equals(shape)) {
        throw new SnapshotException(
            "%s is %s instead of %s".formatted(transitionsFrom(from), array.shape(), shape));
      }
      for (int i = 0; i < shape.getFirst(); i++) {
        System.arraycopy(array.values(), i * row.length, row, 0, row.length);
        records.writeRow(from + i, row);
      }
    }
    next = (int) snapshot.whole("replay.next");
    filled.set(0, 0, size);
  }

  private int rowsSavedTogether() {
    return Math.max(1, (1 << 24) / row.length);
  }

  private static String transitionsFrom(int row) {
    return "replay.transitions." + row;
  }
}
