package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/** Another environment, of which a subclass changes something; everything else shines through. */
abstract class WrappedEnv implements BatchedEnv {
  final BatchedEnv env;

  /** Before the names of what this adds to {@link #state}. */
  private final String prefix;

  /**
   * @param name under which {@link #state} keeps what is added here
   */
  WrappedEnv(BatchedEnv env, String name) {
    this.env = env;
    var inner = env.state().tensors().keySet();
    var unique = name + ".";
    while (startsWithAny(inner, unique)) {
      unique = name + "." + unique;
    }
    prefix = unique;
  }

  private static boolean startsWithAny(Iterable<String> names, String prefix) {
    for (var name : names) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** The stored tensors that this adds to {@link #state}, by name. */
  Map<String, Tensor> tensors() {
    return Map.of();
  }

  /** New episodes have begun everywhere. */
  void begun() {}

  /** A new episode has begun in environment i, outside of a step. */
  void begun(int i) {}

  /** Episodes go on; the {@link #tensors} were written. */
  void restored() {}

  Device device() {
    return env.observation().device();
  }

  /** N × columns zeros. */
  Tensor column(String name, int columns) {
    return device().columns(env.spec().id() + " " + prefix + name, size(), columns);
  }

  /** N × 1, recorded: 1 where the last step of the environment inside ended an episode. */
  static Tensor ended(BatchedEnv env) {
    return env.terminated().max(env.truncated());
  }

  @Override
  public EnvSpec spec() {
    return env.spec();
  }

  @Override
  public int size() {
    return env.size();
  }

  @Override
  public Tensor observation() {
    return env.observation();
  }

  @Override
  public Tensor action() {
    return env.action();
  }

  @Override
  public Optional<Tensor> actionMask() {
    return env.actionMask();
  }

  @Override
  public Tensor reward() {
    return env.reward();
  }

  @Override
  public Tensor terminated() {
    return env.terminated();
  }

  @Override
  public Tensor truncated() {
    return env.truncated();
  }

  @Override
  public Tensor finalObservation() {
    return env.finalObservation();
  }

  @Override
  public Tensor endedReturn() {
    return env.endedReturn();
  }

  @Override
  public Tensor endedLength() {
    return env.endedLength();
  }

  @Override
  public final void reset(long seed) {
    env.reset(seed);
    begun();
  }

  @Override
  public void step() {
    env.step();
  }

  @Override
  public void truncate(int i) {
    boolean ended = terminated().get(i, 0) != 0 || truncated().get(i, 0) != 0;
    env.truncate(i);
    if (!ended) {
      begun(i);
    }
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    return env.physicalState(i);
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    env.setPhysicalState(i, parts);
  }

  @Override
  public void watch(int i, Consumer<Scene> viewer) {
    env.watch(i, viewer);
  }

  @Override
  public final State state() {
    var inner = env.state();
    var tensors = new LinkedHashMap<>(inner.tensors());
    tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
    return new State(tensors, inner.counters());
  }

  @Override
  public final boolean restore(Map<String, long[]> counters) {
    boolean goesOn = env.restore(counters);
    if (goesOn) {
      restored();
    } else {
      begun();
    }
    return goesOn;
  }

  @Override
  public void close() {
    env.close();
  }
}
