package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.ColumnEnv;
import dev.lanewise.engine.env.Columns;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gymnasium's MuJoCo environments, version 5 of each, with their defaults. */
public final class Mujoco {
  static final List<Task> TASKS =
      List.of(
          new Ant(),
          new HalfCheetah(),
          new Hopper(),
          new Humanoid(),
          new HumanoidStandup(),
          new InvertedDoublePendulum(),
          new InvertedPendulum(),
          new Pusher(),
          new Reacher(),
          new Swimmer(),
          new Walker2d());

  private Mujoco() {}

  /** How to make each; the library is looked for only when one is asked. */
  public static Map<EnvSpec, Environments.Factory> factories() {
    var factories = new LinkedHashMap<EnvSpec, Environments.Factory>();
    TASKS.forEach(task -> factories.put(task.spec(), new Maker(task)));
    return factories;
  }

  private record Maker(Task task) implements Environments.Factory {
    @Override
    public BatchedEnv make(Device device, int size) {
      MujocoLibrary.symbols();
      var columns = Columns.of(task.spec(), device, size);
      return ColumnEnv.onHost(columns, own -> new Simulations(task, own));
    }

    @Override
    public Optional<String> missing() {
      return MujocoLibrary.missing();
    }

    @Override
    public Optional<String> caveat() {
      return task.caveat();
    }
  }
}
