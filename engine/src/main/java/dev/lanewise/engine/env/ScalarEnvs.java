package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** A user's own environments. An episode is seeded with the first 64 bits of its random numbers. */
final class ScalarEnvs extends HostDynamics {
  private final Env[] envs;
  private final Optional<Mask> mask;

  /**
   * @param allowed N × choices
   */
  private record Mask(ActionMask flags, Tensor allowed) {
    static Mask of(Columns columns) {
      var spec = columns.spec();
      int choices = spec.actionSpace().choices();
      var name = spec.id() + " action mask";
      return new Mask(
          ActionMask.of(spec.actionSpace()),
          columns.device().columns(name, columns.size(), choices));
    }
  }

  private ScalarEnvs(Columns columns, Env[] envs) {
    super(columns, i -> i, 24);
    this.envs = envs;
    var spec = columns.spec();
    this.mask = spec.masksActions() ? Optional.of(Mask.of(columns)) : Optional.empty();
  }

  static BatchedEnv make(Supplier<? extends Env> supplier, int n, Device device) {
    var first = supplier.get();
    var spec = first.spec();
    var columns = Columns.of(spec, device, n);
    var envs = new Env[n];
    envs[0] = first;
    for (int i = 1; i < n; i++) {
      envs[i] = supplier.get();
      if (!envs[i].spec().equals(spec)) {
        throw new IllegalArgumentException(
            "environment %d of a batch differs from environment 0: %s, not %s"
                .formatted(i, envs[i].spec(), spec));
      }
    }
    return ColumnEnv.onHost(columns, own -> new ScalarEnvs(own, envs));
  }

  @Override
  public boolean cutsItself() {
    return true;
  }

  /** A step can take anything from nanoseconds to milliseconds. */
  @Override
  public OptionalInt workerShare() {
    return OptionalInt.empty();
  }

  @Override
  Mover mover() {
    return new Player();
  }

  private final class Player implements Mover {
    private final float[] action = new float[columns.spec().actionSpace().size()];

    @Override
    public void step(int i, long clock) {
      columns.action().readRow(i, action);
      Env.Outcome outcome;
      try {
        outcome = envs[i].step(action);
      } catch (Throwable e) {
        throw thrown(i, clock, "step", e);
      }
      if (outcome == null) {
        throw wrong(i, clock, "step returned null instead of an outcome");
      }
      writeObservation(outcome.observation(), columns.finalObservation(), i, clock, false);
      if (!Float.isFinite((float) outcome.reward())) {
        throw wrong(i, clock, "the reward is " + outcome.reward() + ", not a finite float");
      }
      columns.reward().set(i, 0, outcome.reward());
      columns.terminated().set(i, 0, outcome.terminated() ? 1 : 0);
      columns.truncated().set(i, 0, outcome.truncated() ? 1 : 0);
      if (!outcome.terminated() && !outcome.truncated()) {
        writeMask(i, clock);
      }
    }

    @Override
    public void begin(int i, long clock, Philox random, Tensor observation) {
      float[] first;
      try {
        first = envs[i].reset(Draws.bits(random));
      } catch (Throwable e) {
        throw thrown(i, clock, "reset", e);
      }
      writeObservation(first, observation, i, clock, true);
      writeMask(i, clock);
    }
  }

  private void writeMask(int i, long clock) {
    if (mask.isEmpty()) {
      return;
    }
    var allowed = envs[i].actionMask();
    var fault = mask.get().flags.fault(allowed);
    if (!fault.isEmpty()) {
      throw wrong(i, clock, fault);
    }
    for (int k = 0; k < allowed.length; k++) {
      mask.get().allowed.set(i, k, allowed[k] ? 1 : 0);
    }
  }

  @Override
  public Optional<Tensor> actionMask() {
    return mask.map(Mask::allowed);
  }

  /**
   * @param first of a new episode
   */
  private void writeObservation(float[] values, Tensor to, int i, long clock, boolean first) {
    var which = first ? "the first observation of an episode" : "the observation";
    if (values == null) {
      throw wrong(i, clock, which + " is null");
    }
    if (values.length != to.columns()) {
      throw wrong(
          i,
          clock,
          "%s has %d numbers instead of %d, as %s has"
              .formatted(which, values.length, to.columns(), columns.spec().observationSpace()));
    }
    for (int j = 0; j < values.length; j++) {
      if (!Float.isFinite(values[j])) {
        throw wrong(i, clock, "number %d of %s is %s, not finite".formatted(j, which, values[j]));
      }
      to.set(i, j, values[j]);
    }
  }

  private EnvException wrong(int i, long clock, String what) {
    return new EnvException(at(i, clock) + what);
  }

  /** Whatever a user's code throws, but that there is no more memory. */
  private EnvException thrown(int i, long clock, String method, Throwable cause) {
    if (cause instanceof OutOfMemoryError e) {
      throw e;
    }
    return new EnvException(at(i, clock) + method + " threw " + cause, cause);
  }

  private String at(int i, long clock) {
    return "%s, environment %d, step %d: ".formatted(columns.spec().id(), i, clock);
  }

  /** The environments' states, bit for bit as longs, if they have all of them. */
  @Override
  public Map<String, long[]> counters() {
    var counters = new LinkedHashMap<String, long[]>();
    for (int i = 0; i < envs.length; i++) {
      var state = envs[i].state();
      if (state.isEmpty()) {
        return Map.of();
      }
      var bits = new long[state.get().length];
      for (int j = 0; j < bits.length; j++) {
        bits[j] = Double.doubleToRawLongBits(state.get()[j]);
      }
      counters.put("environment_" + i, bits);
    }
    return counters;
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    for (int i = 0; i < envs.length; i++) {
      var bits = counters.get("environment_" + i);
      if (bits == null) {
        return false;
      }
      var state = new double[bits.length];
      for (int j = 0; j < bits.length; j++) {
        state[j] = Double.longBitsToDouble(bits[j]);
      }
      envs[i].restore(state);
      writeMask(i, counters.get("clock")[0]);
    }
    return true;
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    var state = envs[i].state();
    if (state.isEmpty()) {
      throw new UnsupportedOperationException(
          "it does not tell its state; override Env.state and Env.restore");
    }
    var parts = new LinkedHashMap<String, double[]>();
    parts.put("state", state.get().clone());
    return parts;
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    var state = parts.get("state");
    try {
      envs[i].restore(state.clone());
    } catch (RuntimeException e) {
      throw new EnvException(
          "%s, environment %d: restore of %s threw %s"
              .formatted(columns.spec().id(), i, Arrays.toString(state), e),
          e);
    }
    writeMask(i, 0);
  }

  @Override
  public void close() {
    EnvException failure = null;
    for (int i = 0; i < envs.length; i++) {
      try {
        envs[i].close();
      } catch (RuntimeException e) {
        var what = "%s, environment %d: close threw %s".formatted(columns.spec().id(), i, e);
        failure = failure == null ? new EnvException(what, e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
