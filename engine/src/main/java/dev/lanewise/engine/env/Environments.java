package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.mujoco.Mujoco;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** What is not installed that it needs, in one sentence with the command that installs it. */
    default Optional<String> missing() {
      return Optional.empty();
    }

    /** What whoever checks it should know, in one sentence. */
    default Optional<String> caveat() {
      return Optional.empty();
    }
  }

  private record Entry(EnvSpec spec, Factory factory) {}

  private static final Map<String, Entry> ENTRIES = new ConcurrentSkipListMap<>();

  static {
    register(Acrobot.SPEC, Acrobot::make);
    register(CartPole.SPEC, CartPole::make);
    register(MountainCar.SPEC, MountainCar::make);
    register(MountainCarContinuous.SPEC, MountainCarContinuous::make);
    register(Pendulum.SPEC, Pendulum::make);
    Mujoco.factories().forEach(Environments::register);
    for (var lander : List.of(LunarLander.DISCRETE, LunarLander.CONTINUOUS)) {
      register(lander.spec(), lander);
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
   * Why an environment cannot be made here, in one sentence with the command that mends it; empty
   * for those that can.
   *
   * @throws IllegalArgumentException if there is none of this id; it names the nearest
   */
  public static Optional<String> missing(String id) {
    return entry(id).factory.missing();
  }

  /**
   * What whoever checks an environment should know, in one sentence, if there is such a thing.
   *
   * @throws IllegalArgumentException if there is none of this id; it names the nearest
   */
  public static Optional<String> caveat(String id) {
    return entry(id).factory.caveat();
  }

  /**
   * Makes a batch of n environments in a device's memory.
   *
   * @throws IllegalArgumentException if there is none of this id, naming the nearest; if n &lt; 1
   * @throws MissingLibraryException if something is {@link #missing}
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
