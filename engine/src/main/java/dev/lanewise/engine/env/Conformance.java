package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How far an environment is from recorded transitions or episodes of another implementation: puts
 * it into each recorded state, takes the recorded actions, and compares what comes out.
 */
public final class Conformance {
  private static final int MOST_AT_ONCE = 256;

  /**
   * The largest deviation of a column, |ours - recorded| / max(1, |recorded|): absolute for small
   * numbers, relative for large ones.
   *
   * @param compared number of rows compared
   * @param line of the file, of the largest; 0 if nothing was compared
   */
  public record Deviation(
      String column, double largest, int line, double recorded, double ours, int compared) {}

  /**
   * Where a flag, terminated or truncated, is not as recorded.
   *
   * @param lines of the file, all of them
   */
  public record Mismatch(String column, List<Integer> lines) {}

  /**
   * @param rows number of transitions replayed
   * @param deviations one a column of numbers, in the file's order
   * @param mismatches one a column of flags
   */
  public record Report(int rows, List<Deviation> deviations, List<Mismatch> mismatches) {

    /** Whether no number is further away and every flag is as recorded. */
    public boolean within(double tolerance) {
      return deviations.stream().allMatch(d -> d.largest <= tolerance)
          && mismatches.stream().allMatch(m -> m.lines.isEmpty());
    }

    /**
     * The largest deviation of a column.
     *
     * @throws IllegalArgumentException if nothing of this name was compared
     */
    public double largest(String column) {
      return deviations.stream()
          .filter(d -> d.column.equals(column))
          .mapToDouble(Deviation::largest)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no column '" + column + "'"));
    }
  }

  private final Recording recording;
  private final Environments.Factory factory;
  private final Device device;
  private final Philox idling = new Philox(0, 0);
  private final SequencedMap<String, Deviation> deviations = new LinkedHashMap<>();
  private final SequencedMap<String, List<Integer>> mismatches = new LinkedHashMap<>();

  private Conformance(Recording recording, Environments.Factory factory, Device device) {
    this.recording = recording;
    this.factory = factory;
    this.device = device;
  }

  /**
   * Replays a recording. Where an episode ends, the state behind it is the next episode's already,
   * so "next_" columns are compared on the other rows only; observation, reward and flags on all.
   *
   * @param factory makes the environments: {@code (device, n) -> Environments.make(id, device, n)}
   * @throws IllegalArgumentException if the file does not fit the environment, naming line and
   *     column
   * @throws UnsupportedOperationException if the environment's state cannot be set
   */
  public static Report replay(Recording recording, Environments.Factory factory, Device device) {
    var conformance = new Conformance(recording, factory, device);
    if (recording.isOfEpisodes()) {
      conformance.episodes();
    } else {
      conformance.transitions();
    }
    return new Report(
        recording.rows(),
        List.copyOf(conformance.deviations.values()),
        conformance.mismatches.entrySet().stream()
            .map(entry -> new Mismatch(entry.getKey(), List.copyOf(entry.getValue())))
            .toList());
  }

  private void transitions() {
    int n = Math.min(recording.rows(), MOST_AT_ONCE);
    try (var env = factory.make(device, n)) {
      env.reset(0);
      var parts = env.physicalState(0);
      var columns = new LinkedHashMap<String, Integer>();
      parts.forEach((part, values) -> columns.put(part, values.length));
      parts.forEach((part, values) -> columns.put("next_" + part, values.length));
      var flags =
          recording.has("truncated")
              ? new String[] {"terminated", "truncated"}
              : new String[] {"terminated"};
      check(env.spec(), columns, flags);
      for (int from = 0; from < recording.rows(); from += n) {
        env.reset(0);
        int count = Math.min(n, recording.rows() - from);
        for (int i = 0; i < n; i++) {
          idle(env, i);
        }
        for (int i = 0; i < count; i++) {
          var state = new LinkedHashMap<String, double[]>();
          for (var part : parts.entrySet()) {
            state.put(part.getKey(), recording.at(part.getKey(), part.getValue().length, from + i));
          }
          env.setPhysicalState(i, state);
          act(env, i, from + i);
        }
        env.step();
        for (int i = 0; i < count; i++) {
          compare(env, i, from + i, flags);
        }
      }
    }
  }

  private void episodes() {
    var firsts = recording.episodes();
    int n = firsts.size() - 1;
    try (var env = factory.make(device, n)) {
      env.reset(0);
      var parts = env.physicalState(0);
      int size = parts.values().stream().mapToInt(values -> values.length).sum();
      check(env.spec(), Map.of("episode", 0, "t", 0, "start", size), "terminated", "truncated");
      int longest = 0;
      for (int i = 0; i < n; i++) {
        env.setPhysicalState(i, start(parts, size, firsts.get(i)));
        longest = Math.max(longest, firsts.get(i + 1) - firsts.get(i));
      }
      for (int t = 0; t < longest; t++) {
        for (int i = 0; i < n; i++) {
          if (firsts.get(i) + t < firsts.get(i + 1)) {
            act(env, i, firsts.get(i) + t);
          } else {
            idle(env, i);
          }
        }
        env.step();
        for (int i = 0; i < n; i++) {
          if (firsts.get(i) + t < firsts.get(i + 1)) {
            compare(env, i, firsts.get(i) + t, "terminated", "truncated");
          }
        }
      }
    }
  }

  /** An action for an environment that is not looked at. */
  private void idle(BatchedEnv env, int i) {
    env.action().writeRow(i, env.sampleAction(i, idling));
  }

  private Map<String, double[]> start(Map<String, double[]> parts, int size, int row) {
    var all = recording.at("start", size, row);
    for (int j = 0; j < size; j++) {
      if (Double.isNaN(all[j])) {
        throw recording.wrong(row, "start" + j, "it is empty, but an episode begins here");
      }
    }
    var state = new LinkedHashMap<String, double[]>();
    int at = 0;
    for (var part : parts.entrySet()) {
      int length = part.getValue().length;
      state.put(part.getKey(), Arrays.copyOfRange(all, at, at + length));
      at += length;
    }
    return state;
  }

  private void check(EnvSpec spec, Map<String, Integer> states, String... flags) {
    var columns = new LinkedHashMap<>(states);
    columns.put("action", spec.actionSpace().size());
    columns.put("obs", spec.observationSpace().size());
    columns.put("reward", 0);
    for (var flag : flags) {
      columns.put(flag, 0);
    }
    recording.checkColumns(spec.id(), columns);
  }

  private void act(BatchedEnv env, int i, int row) {
    var space = env.spec().actionSpace();
    var action = new float[space.size()];
    for (int j = 0; j < action.length; j++) {
      action[j] = (float) recording.at("action" + j, row);
    }
    if (!(space instanceof Space.Box) && !space.contains(action)) {
      throw recording.wrong(
          row, "action0", "%s is not in %s".formatted(Arrays.toString(action), space));
    }
    env.action().writeRow(i, action);
  }

  private void compare(BatchedEnv env, int i, int row, String... flags) {
    boolean ended = env.terminated().get(i, 0) != 0 || env.truncated().get(i, 0) != 0;
    for (var part : env.physicalState(i).entrySet()) {
      for (int j = 0; j < part.getValue().length; j++) {
        var column = "next_" + part.getKey() + j;
        if (recording.has(column)) {
          compare(column, row, part.getValue()[j], !ended);
        }
      }
    }
    for (int j = 0; j < env.spec().observationSpace().size(); j++) {
      compare("obs" + j, row, env.finalObservation().get(i, j), true);
    }
    compare("reward", row, env.reward().get(i, 0), true);
    for (var flag : flags) {
      var lines = mismatches.computeIfAbsent(flag, name -> new ArrayList<>());
      double ours = (flag.equals("terminated") ? env.terminated() : env.truncated()).get(i, 0);
      double recorded = recording.at(flag, row);
      if (recorded != 0 && recorded != 1) {
        throw recording.wrong(row, flag, "%s is not 0 or 1".formatted(recorded));
      }
      if (ours != recorded) {
        lines.add(recording.line(row));
      }
    }
  }

  /** A number of ours that is not finite is infinitely far away. */
  private void compare(String column, int row, double ours, boolean comparable) {
    var before = deviations.getOrDefault(column, new Deviation(column, 0, 0, 0, 0, 0));
    double recorded = recording.at(column, row);
    double off = Math.abs(ours - recorded) / Math.max(1, Math.abs(recorded));
    double deviation = Double.isFinite(off) ? off : Double.POSITIVE_INFINITY;
    int compared = before.compared + (comparable ? 1 : 0);
    boolean larger = comparable && (before.line == 0 || deviation > before.largest);
    deviations.put(
        column,
        larger
            ? new Deviation(column, deviation, recording.line(row), recorded, ours, compared)
            : new Deviation(
                column, before.largest, before.line, before.recorded, before.ours, compared));
  }
}
