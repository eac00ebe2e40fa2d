package dev.lanewise.engine.env;

import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Any {@link Dynamics} as a batched environment: time limits, new episodes within the same step,
 * returns and lengths, streams of random numbers.
 *
 * <p>A step in which no episode can end does nothing for each environment on the host: it is a few
 * kernels, one question to the dynamics, and one comparison with the earliest time limit.
 */
final class ColumnEnv implements BatchedEnv {
  private final Columns columns;
  private final Dynamics dynamics;
  private final Tensor observation;
  private final Tensor runningReturn;
  private final Tensor endedReturn;
  private final Tensor endedLength;

  private final Call checkAction;
  private final Call keepObservation;
  private final Call addReward;
  private final Call clearTruncated;
  private final Backend backend;
  private final long terminatedAt;
  private final long truncatedAt;

  private final Philox[] random;
  private Hold hold;

  /** The step each episode began after. */
  private final long[] begun;

  private long seed;
  private long clock;
  private long nextTimeLimit;
  private boolean ready;
  private boolean closed;

  ColumnEnv(Columns columns, Dynamics dynamics) {
    this.columns = columns;
    this.dynamics = dynamics;
    int n = columns.size();
    var spec = columns.spec();
    var device = columns.device();
    observation = device.columns(spec.id() + " observation", n, spec.observationSpace().size());
    runningReturn = device.columns(spec.id() + " running return", n, 1);
    endedReturn = device.columns(spec.id() + " ended return", n, 1);
    endedLength = device.columns(spec.id() + " ended length", n, 1);

    backend = device.backend();
    var kernels = backend.kernels();
    var running = runningReturn.view();
    checkAction = kernels.checkFinite(columns.action().view(), "the action of " + spec.id());
    keepObservation = kernels.copy(columns.observation().view(), observation.view());
    addReward = kernels.zip(Binary.ADD, running, columns.reward().view(), running);
    clearTruncated = kernels.fill(0, columns.truncated().view());
    terminatedAt = columns.terminated().view().address();
    truncatedAt = columns.truncated().view().address();

    random = new Philox[n];
    begun = new long[n];
  }

  @Override
  public void reset(long newSeed) {
    checkNotClosed("reset");
    seed = newSeed;
    clock = 0;
    for (var column : state().tensors().values()) {
      column.fill(0);
    }
    for (int i = 0; i < size(); i++) {
      random[i] = new Philox(seed, i);
      begin(i);
    }
    finalObservation().write(observation.toArray());
    nextTimeLimit = earliestTimeLimit();
    ready = true;
  }

  @Override
  public void step() {
    beforeStep();
    afterStep(dynamics.step(clock));
  }

  /**
   * As {@link #step()}, but environments in which {@code held} (N × 1, the same tensor at every
   * call) is not 0 stay where they are: no step of theirs is counted, their reward is 0, and their
   * final observation is the observation.
   *
   * @throws UnsupportedOperationException if these environments only move together
   */
  void step(Tensor held) {
    if (hold == null) {
      hold = new Hold(columns, dynamics, observation, held);
    }
    beforeStep();
    boolean someEnded = hold.step(clock);
    for (int i = 0; i < size(); i++) {
      if (held.get(i, 0) != 0) {
        begun[i]++;
      }
    }
    afterStep(someEnded);
  }

  private void beforeStep() {
    checkReady("step", "stepped");
    checkAction.run();
    clearTruncated.run();
    clock++;
  }

  private void afterStep(boolean someEnded) {
    keepObservation.run();
    addReward.run();
    if (someEnded || clock >= nextTimeLimit) {
      endEpisodes(someEnded);
    }
  }

  private void endEpisodes(boolean notOnlyByTimeLimit) {
    int limit = spec().maxEpisodeSteps();
    for (int i = 0; i < size(); i++) {
      boolean ended =
          notOnlyByTimeLimit
              && (backend.get(terminatedAt + i) != 0 || backend.get(truncatedAt + i) != 0);
      if (limit > 0 && clock - begun[i] >= limit) {
        ended = true;
        columns.truncated().set(i, 0, 1);
      }
      if (ended) {
        endEpisode(i);
      }
    }
    nextTimeLimit = earliestTimeLimit();
  }

  private void endEpisode(int i) {
    endedReturn.set(i, 0, runningReturn.get(i, 0));
    endedLength.set(i, 0, clock - begun[i]);
    begin(i);
  }

  @Override
  public void truncate(int i) {
    checkReady("truncate", "truncated");
    boolean ended = terminated().get(i, 0) != 0 || truncated().get(i, 0) != 0;
    truncated().set(i, 0, 1);
    if (!ended) {
      endEpisode(i);
    }
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    try {
      return dynamics.physicalState(i);
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException(spec().id() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    var now = physicalState(i);
    if (!parts.keySet().equals(now.keySet())) {
      throw new IllegalArgumentException(
          "the physical state of %s is made of %s, not of %s"
              .formatted(spec().id(), now.keySet(), parts.keySet()));
    }
    parts.forEach(
        (name, values) -> {
          int length = now.get(name).length;
          if (values.length != length || !DoubleStream.of(values).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                "%s of %s is %d finite numbers, not %s"
                    .formatted(name, spec().id(), length, Arrays.toString(values)));
          }
        });
    dynamics.setPhysicalState(i, parts);
  }

  private void begin(int i) {
    begun[i] = clock;
    runningReturn.set(i, 0, 0);
    dynamics.begin(i, random[i], observation);
  }

  private long earliestTimeLimit() {
    if (spec().maxEpisodeSteps() == 0) {
      return Long.MAX_VALUE;
    }
    long earliest = Long.MAX_VALUE;
    for (long start : begun) {
      earliest = Math.min(earliest, start);
    }
    return earliest + spec().maxEpisodeSteps();
  }

  @Override
  public State state() {
    var tensors = new LinkedHashMap<>(dynamics.tensors());
    tensors.put("observation", observation);
    tensors.put("final_observation", finalObservation());
    tensors.put("reward", reward());
    tensors.put("terminated", terminated());
    tensors.put("truncated", truncated());
    tensors.put("running_return", runningReturn);
    tensors.put("ended_return", endedReturn);
    tensors.put("ended_length", endedLength);

    return new State(tensors, ready ? counters() : Map.of());
  }

  private Map<String, long[]> counters() {
    var counters = new LinkedHashMap<>(dynamics.counters());
    counters.put("seed", new long[] {seed});
    counters.put("clock", new long[] {clock});
    counters.put("begun", begun.clone());
    counters.put("draws", Stream.of(random).mapToLong(Philox::counter).toArray());
    return counters;
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    checkNotClosed("restore");
    long savedSeed = counter(counters, "seed", 1)[0];
    long savedClock = counter(counters, "clock", 1)[0];
    var savedBegun = counter(counters, "begun", size());
    var savedDraws = counter(counters, "draws", size());
    seed = savedSeed;
    clock = savedClock;
    for (int i = 0; i < size(); i++) {
      begun[i] = savedBegun[i];
      random[i] = new Philox(seed, i);
      random[i].seek(savedDraws[i]);
    }
    boolean goesOn = dynamics.restore(counters);
    for (int i = 0; !goesOn && i < size(); i++) {
      begin(i);
    }
    nextTimeLimit = earliestTimeLimit();
    ready = true;
    return goesOn;
  }

  private long[] counter(Map<String, long[]> counters, String name, int length) {
    var values = counters.get(name);
    if (values == null || values.length != length) {
      throw new IllegalArgumentException(
          ("%s cannot be restored: the counter '%s' has %s values instead of %d;"
                  + " was it saved from a batch of another size?")
              .formatted(spec().id(), name, values == null ? "no" : values.length, length));
    }
    return values;
  }

  private void checkReady(String what, String done) {
    checkNotClosed(what);
    if (!ready) {
      throw new IllegalStateException(
          "%s was %s before its first episode; call reset(seed) first"
              .formatted(spec().id(), done));
    }
  }

  private void checkNotClosed(String what) {
    if (closed) {
      throw new IllegalStateException(spec().id() + " is closed; it cannot " + what);
    }
  }

  @Override
  public void close() {
    checkNotClosed("be closed again");
    closed = true;
    dynamics.close();
  }

  @Override
  public EnvSpec spec() {
    return columns.spec();
  }

  @Override
  public int size() {
    return columns.size();
  }

  @Override
  public Tensor observation() {
    return observation;
  }

  @Override
  public Tensor action() {
    return columns.action();
  }

  @Override
  public Tensor reward() {
    return columns.reward();
  }

  @Override
  public Tensor terminated() {
    return columns.terminated();
  }

  @Override
  public Tensor truncated() {
    return columns.truncated();
  }

  @Override
  public Tensor finalObservation() {
    return columns.observation();
  }

  @Override
  public Tensor endedReturn() {
    return endedReturn;
  }

  @Override
  public Tensor endedLength() {
    return endedLength;
  }
}
