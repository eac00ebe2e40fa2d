package dev.lanewise.algos;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.Philox;
import java.util.List;
import java.util.Optional;

/**
 * The last so many transitions, off-heap, a record each; the oldest is overwritten. Terminated and
 * truncated are kept apart. Memory is reserved at once and used as it fills.
 *
 * <p>The environments take turns: N transitions after one comes the next step of the same
 * environment, where there is one yet.
 */
public final class ReplayMemory {
  /** Rows are counted in floats, which are exact up to here. */
  public static final int MAX_CAPACITY = 1 << 24;

  /**
   * What is kept and how it is drawn.
   *
   * @param bufferSize capacity in transitions
   * @param nEnvs N, whose transitions come in turns
   * @param nSteps how many rewards a target takes before it bootstraps, at most
   * @param priorities empty to draw uniformly
   */
  public record Config(
      int bufferSize, int nEnvs, int nSteps, Optional<Priorities.Config> priorities) {
    public Config {
      if (bufferSize < 1 || bufferSize > MAX_CAPACITY) {
        throw new SettingException(
            "buffer_size=%d is not from 1 to %d".formatted(bufferSize, MAX_CAPACITY));
      }
      if ((long) nSteps * nEnvs > bufferSize) {
        throw new SettingException(
            "buffer_size=%d is too small for n_steps=%d of n_envs=%d"
                .formatted(bufferSize, nSteps, nEnvs));
      }
    }

    /** Names as in Stable-Baselines3, those of priorities as in OpenAI's baselines. */
    public static Config of(Settings settings) {
      int nEnvs = settings.integer("n_envs", 1, 1, 1 << 20);
      int bufferSize = settings.integer("buffer_size", 1_000_000, 1, MAX_CAPACITY);
      int nSteps = settings.integer("n_steps", 1, 1, 1 << 10);
      boolean prioritized = settings.flag("prioritized_replay", false);
      var priorities = Priorities.Config.of(settings);
      if (!prioritized) {
        settings.idle(
            "prioritized_replay=false",
            "prioritized_replay_alpha",
            "prioritized_replay_beta0",
            "prioritized_replay_eps");
      }
      return new Config(
          bufferSize, nEnvs, nSteps, prioritized ? Optional.of(priorities) : Optional.empty());
    }
  }

  private final Config config;
  private final Tensor records;
  private final int obs;
  private final int action;
  private final float[] row;

  /** 1 × 2: the row of the next transition, and how many there are. */
  private final Tensor place;

  /** N × 1: 0, 1, ..., N - 1. */
  private final Tensor numbers;

  private final Optional<Priorities> priorities;
  private int size;
  private int next;

  /** How often the last row was written. */
  private long laps;

  /** Where episodes were {@link #cut}, to tell what is saved from what was saved before. */
  private String cutAt = "";

  /**
   * Of one environment, drawn from uniformly, one step at a time.
   *
   * @throws dev.lanewise.kernels.OutOfSlabException if there is too little memory for it
   */
  public ReplayMemory(Device device, EnvSpec env, int capacity) {
    this(device, env, new Config(capacity, 1, 1, Optional.empty()));
  }

  /**
   * @throws dev.lanewise.kernels.OutOfSlabException if there is too little memory for it
   */
  public ReplayMemory(Device device, EnvSpec env, Config config) {
    this.config = config;
    obs = env.observationSpace().size();
    action = env.actionSpace().size();
    row = new float[2 * obs + action + 3];
    records =
        device.records(
            "the replay memory of %d transitions (buffer_size)".formatted(config.bufferSize),
            config.bufferSize,
            row.length);
    records.set(0, 0, 0); // takes the memory now, so that too little is noticed at the start
    place = device.dense("replay place", 1, 2);
    numbers = device.columns("replay environment numbers", config.nEnvs, 1);
    for (int i = 0; i < config.nEnvs; i++) {
      numbers.set(i, 0, i);
    }
    priorities = config.priorities.map(p -> new Priorities(p, device, config.bufferSize));
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
   * Remembers a transition; with several environments, of each in turn.
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
    added(1);
  }

  private static void check(String what, float[] values, int length) {
    if (values.length != length) {
      throw new IllegalArgumentException(
          "the %s has %d numbers instead of %d".formatted(what, values.length, length));
    }
  }

  /**
   * Records remembering a transition of every environment, N rows each; {@link #stored} is to be
   * called after every replay.
   *
   * @param nextObs what the action led to, of the same episode even where it ended
   */
  public void store(
      Step step,
      Tensor observation,
      Tensor action,
      Tensor reward,
      Tensor nextObs,
      Tensor terminated,
      Tensor truncated) {
    var transitions =
        Tensor.concat(Axis.FEATURES, observation, action, nextObs, reward, terminated, truncated);
    step.scatter(records, ahead(next(), numbers), transitions);
  }

  /** What {@link #store} recorded has been done once more. */
  public void stored() {
    added(config.nEnvs);
  }

  private void added(int count) {
    if (priorities.isPresent()) {
      int last = Math.min(next + count, capacity());
      priorities.get().added(next, last);
      if (next + count > last) {
        priorities.get().added(0, next + count - last);
      }
    }
    laps += next + count < capacity() ? 0 : 1;
    next = (next + count) % capacity();
    size = Math.min(size + count, capacity());
    writePlace();
  }

  private void writePlace() {
    place.set(0, 0, next);
    place.set(0, 1, size);
  }

  private Tensor next() {
    return place.columns(0, 1);
  }

  /** The rows so many transitions later, going on with the first after the last. */
  private Tensor ahead(Tensor rows, Tensor by) {
    var beyond = rows.minus(Tensor.constant(capacity()).minus(by)); // each number below 2²⁴
    return beyond.greaterEqual(Tensor.constant(0)).select(beyond, rows.plus(by));
  }

  /** How many transitions came after the ones in these rows, n × 1. */
  private Tensor age(Tensor rows) {
    var age = next().minus(1).minus(rows);
    return age.greaterEqual(Tensor.constant(0)).select(age, age.plus(capacity()));
  }

  /**
   * Records the drawing of a batch with replacement, another one at every replay. A plan that does
   * so is to be replayed by {@link #run}. Of several steps it takes fewer where the episode ends
   * or, as in Stable-Baselines3, where the newest transition of the environment is reached.
   *
   * @param gamma γ, what a reward counts a step later
   */
  public Transitions sample(Philox stream, int batchSize, float gamma) {
    var index =
        priorities
            .map(p -> p.index(device(), stream, batchSize))
            .orElseGet(() -> Tensor.integers(stream, place.columns(1, 2), batchSize, 1));
    var first = records.gather(index);
    var outcomes = records.columns(2 * obs + action, row.length);
    var age = age(index);
    var now = outcome(first);
    var reward = now.reward;
    var discount = Tensor.constant(gamma);
    var goesOn = Tensor.constant(1);
    var steps = Tensor.constant(0);
    for (int k = 1; k < config.nSteps; k++) {
      var later = Tensor.constant((float) k * config.nEnvs);
      goesOn = goesOn.times(now.goesOn()).times(age.greaterEqual(later));
      now = Outcome.of(outcomes.gather(ahead(index, later)));
      var counts = goesOn.times((float) Math.pow(gamma, k));
      reward = reward.plus(counts.times(now.reward));
      discount = goesOn.select(Tensor.constant((float) Math.pow(gamma, k + 1)), discount);
      steps = steps.plus(goesOn);
    }
    var last = config.nSteps == 1 ? first : records.gather(ahead(index, steps.times(config.nEnvs)));
    return transitions(first, reward, discount, last);
  }

  /** n × 1 each. */
  private record Outcome(Tensor reward, Tensor terminated, Tensor truncated) {
    static Outcome of(Tensor columns) {
      return new Outcome(columns.columns(0, 1), columns.columns(1, 2), columns.columns(2, 3));
    }

    /** 1 where the episode does, otherwise 0. */
    Tensor goesOn() {
      return terminated.max(truncated).negate().plus(1);
    }
  }

  private Outcome outcome(Tensor batch) {
    return Outcome.of(batch.columns(2 * obs + action, row.length));
  }

  private Transitions transitions(Tensor first, Tensor reward, Tensor discount, Tensor last) {
    var end = outcome(last);
    return new Transitions(
        first.columns(0, obs),
        first.columns(obs, obs + action),
        reward,
        last.columns(obs + action, 2 * obs + action),
        end.terminated,
        end.truncated,
        end.terminated.negate().plus(1).times(discount),
        priorities.map(Priorities::weight));
  }

  /**
   * Records how wrong every critic is about the sampled batch, which a prioritised memory goes by.
   *
   * @param errors Q(s, a) - y of every critic, n × 1 each
   */
  public void prioritize(Step step, List<Tensor> errors) {
    priorities.ifPresent(p -> p.learn(step, errors));
  }

  /** Replays a plan that learns from a batch. */
  public void run(Plan update) {
    if (priorities.isEmpty()) {
      update.run();
    } else {
      priorities.get().draw();
      update.run();
      priorities.get().update();
    }
  }

  /**
   * @param progress of the run, from 0 to 1, which the weights of prioritised draws go by
   */
  public void anneal(double progress) {
    priorities.ifPresent(p -> p.anneal(progress));
  }

  /**
   * Lets the newest transition of every environment be its episode's last, truncated: what comes
   * next is another episode.
   */
  void cut() {
    for (int i = 1; i <= Math.min(config.nEnvs, size); i++) {
      records.set(Math.floorMod(next - i, capacity()), row.length - 1, 1);
    }
    cutAt = "-" + (laps * capacity() + next);
  }

  /** Adds the transitions in it, in pieces of some megabytes, and the next one's place. */
  public void save(Snapshot snapshot) {
    for (int from = 0; from < size; from += rowsSavedTogether()) {
      int first = from, count = Math.min(size - from, rowsSavedTogether());
      snapshot.put(transitionsFrom(first), version(first, count), () -> transitions(first, count));
    }
    snapshot.put("replay.size", size);
    snapshot.put("replay.next", next);
    snapshot.put("replay.laps", laps);
    priorities.ifPresent(p -> p.save(snapshot, size));
  }

  /** How many transitions had been added when the last one of these rows was. */
  private String version(int first, int count) {
    boolean isThisLap = next > first;
    long lap = isThisLap ? laps : laps - 1;
    int row = isThisLap ? Math.min(next, first + count) : first + count;
    return lap * capacity() + row + cutAt;
  }

  private Snapshot.Array transitions(int first, int count) {
    var values = new float[count * row.length];
    for (int i = 0; i < count; i++) {
      records.readRow(first + i, row);
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
    return new Snapshot.Array(List.of(count, row.length), values);
  }

  public void load(Snapshot snapshot) {
    long saved = snapshot.whole("replay.size");
    if (saved < 0 || saved > capacity()) {
      throw new SnapshotException(
          "the replay memory holds at most %d transitions, but %d were saved"
              .formatted(capacity(), saved));
    }
    size = (int) saved;
    for (int from = 0; from < size; ) {
      var array = snapshot.array(transitionsFrom(from));
      int count = array.shape().getFirst();
      if (!array.shape().equals(List.of(count, row.length)) || count < 1 || count > size - from) {
        throw new SnapshotException(
            "%s is %s instead of at most %d of %d"
                .formatted(transitionsFrom(from), array.shape(), size - from, row.length));
      }
      for (int i = 0; i < count; i++) {
        System.arraycopy(array.values(), i * row.length, row, 0, row.length);
        records.writeRow(from + i, row);
      }
      from += count;
    }
    next = (int) snapshot.whole("replay.next");
    laps = snapshot.whole("replay.laps");
    writePlace();
    priorities.ifPresent(p -> p.load(snapshot, size));
  }

  private int rowsSavedTogether() {
    return Math.max(1, (1 << 20) / row.length);
  }

  private static String transitionsFrom(int row) {
    return "replay.transitions." + row;
  }
}
