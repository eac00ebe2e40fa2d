package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The environments that can be made by name. */
public final class Environments {

  /** Makes a batch of an environment. */
  @FunctionalInterface
  public interface Factory {
    /**
     * @param size how many environments, at least 1
     */
    BatchedEnv make(Device device, int size);
  }

  private record Entry(EnvSpec spec, Factory factory) {}

  private static final Map<String, Entry> ENTRIES = new ConcurrentSkipListMap<>();

  static {
    register(Pendulum.SPEC, Pendulum::make);
    for (var lander : List.of(LunarLander.DISCRETE, LunarLander.CONTINUOUS)) {
      register(lander.spec(), lander::make);
    }
  }

  private Environments() {}

  /** All ids, in alphabetical order. */
  public static List<String> ids() {
    return List.copyOf(ENTRIES.keySet());
  }

  /**
   * What is known about an environment.
   *
   * @throws IllegalArgumentException if there is none of this id; it names the nearest
   */
  public static EnvSpec spec(String id) {
    return entry(id).spec;
  }

  /**
   * Makes a batch of n environments in a device's memory.
   *
   * @throws IllegalArgumentException if there is none of this id, naming the nearest; if n &lt; 1
   */
  public static BatchedEnv make(String id, Device device, int n) {
    return entry(id).factory.make(device, n);
  }

  /**
   * Adds an environment, under its spec's id, for the whole process: {@code register(spec, (device,
   * n) -> BatchedEnv.of(MyEnv::new, n, device))}.
   *
   * @throws IllegalArgumentException if the id is taken
   */
  public static void register(EnvSpec spec, Factory factory) {
    if (ENTRIES.putIfAbsent(spec.id(), new Entry(spec, factory)) != null) {
      throw new IllegalArgumentException(
          "there is already an environment '%s'; register yours under another id or version"
              .formatted(spec.id()));
    }
  }

  private static Entry entry(String id) {
    var entry = ENTRIES.get(id);
    if (entry == null) {
      throw new IllegalArgumentException(Nearest.unknown("environment", id, ids()));
    }
    return entry;
  }
}
