package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Columns;
import dev.lanewise.engine.env.Dynamics;
import dev.lanewise.engine.env.Scene;
import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * N robots with one model, stepped side by side by as many threads as the device has workers. Which
 * thread steps which makes no difference to what comes out.
 */
final class Simulations implements Dynamics {
  private final Task task;
  private final Backend backend;
  private final Columns columns;
  private final View actions;
  private final View observations;
  private final View finalObservations;
  private final View rewards;
  private final View terminations;

  private final Steppers threads;
  private final Release release;
  private final long model;
  private final Simulation[] simulations;
  private final Observation[] rows;
  private final double[] progress;

  private final double[] initialQpos;
  private final double[] initialQvel;
  private final double[] qpos;
  private final double[] qvel;

  private final Steppers.Job placing = item -> place();
  private int placed;

  /** Stands where another stands, to be looked at: looking must change nothing. */
  private Optional<Simulation> likeness = Optional.empty();

  Simulations(Task task, Columns columns) {
    this.task = task;
    this.columns = columns;
    backend = columns.device().backend();
    actions = columns.action().view();
    observations = columns.observation().view();
    finalObservations = columns.finalObservation().view();
    rewards = columns.reward().view();
    terminations = columns.terminated().view();

    int n = columns.size();
    var robot = task.model();
    simulations = new Simulation[n];
    rows = new Observation[n];
    progress = new double[n];
    initialQpos = new double[robot.nq()];
    initialQvel = new double[robot.nv()];
    qpos = new double[robot.nq()];
    qvel = new double[robot.nv()];
    for (int i = 0; i < n; i++) {
      rows[i] = new Observation(backend);
    }

    threads = new Steppers(Math.min(n, columns.device().workers()));
    var loaded = new long[1];
    try {
      release = Release.of(threads);
      threads.run(1, item -> loaded[0] = Mj.load(robot.file(), release.marginsAdd()));
      threads.run(n, i -> simulations[i] = new Simulation(loaded[0], robot, release));
    } catch (RuntimeException e) {
      threads.close();
      throw e;
    }
    model = loaded[0];
    for (int j = 0; j < initialQpos.length; j++) {
      initialQpos[j] = simulations[0].q(j);
    }
  }

  /** The threads of {@link Steppers} are this batch's parallelism. */
  @Override
  public boolean isParallel() {
    return false;
  }

  @Override
  public boolean cutsItself() {
    return false;
  }

  @Override
  public Call step(Part part, Philox clock) {
    Steppers.Job stepping = item -> step(part.from() + item);
    return Call.inOrder(() -> threads.run(part.size(), stepping), columns.settle(part));
  }

  @Override
  public Call step(Part part, Philox clock, Tensor held) {
    var waiting = held.view();
    Steppers.Job stepping =
        item -> {
          int i = part.from() + item;
          if (backend.get(waiting.at(0, i)) == 0) {
            step(i);
          }
        };
    return Call.inOrder(() -> threads.run(part.size(), stepping), columns.settle(part, held));
  }

  private void step(int i) {
    var s = simulations[i];
    for (int j = 0; j < actions.rows(); j++) {
      s.control(j, backend.get(actions.at(j, i)));
    }
    s.step();
    if (task.needsForces()) {
      s.computeForces();
    }
    boolean healthy = task.healthy(s);
    backend.set(rewards.at(0, i), task.reward(s, progress[i], healthy));
    backend.set(terminations.at(0, i), healthy ? 0 : 1);
    task.observe(s, rows[i].of(finalObservations, i));
    progress[i] = task.progress(s);
  }

  /**
   * An episode takes more numbers than the one block that an environment has for each step: it has
   * a stream of its own besides, and of it 256 blocks for each step.
   */
  @Override
  public Call begin(Part part, Philox random, View lanes, View count) {
    var streams = new Philox[part.size()];
    for (int lane = 0; lane < streams.length; lane++) {
      streams[lane] = new Philox(random.seed(), (part.from() + lane + 1L) << 32);
    }
    return () -> {
      int begins = (int) backend.get(count.address());
      for (int k = 0; k < begins; k++) {
        int lane = (int) backend.get(lanes.at(0, k));
        streams[lane].seek(random.counter() << 8);
        System.arraycopy(initialQpos, 0, qpos, 0, qpos.length);
        System.arraycopy(initialQvel, 0, qvel, 0, qvel.length);
        task.begin(streams[lane], qpos, qvel);
        placed = part.from() + lane;
        threads.run(1, placing);
      }
    };
  }

  /** Puts robot {@link #placed} where {@link #qpos} and {@link #qvel} say and observes it. */
  private void place() {
    var s = simulations[placed];
    s.place(qpos, qvel);
    progress[placed] = task.progress(s);
    task.observe(s, rows[placed].of(observations, placed));
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    var s = simulations[i];
    var parts = new LinkedHashMap<String, double[]>();
    parts.put("qpos", IntStream.range(0, s.nq()).mapToDouble(s::q).toArray());
    parts.put("qvel", IntStream.range(0, s.nv()).mapToDouble(s::v).toArray());
    return parts;
  }

  /** As if an episode had begun there: time 0, no warm start. */
  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    threads.run(
        1,
        item -> {
          simulations[i].place(parts.get("qpos"), parts.get("qvel"));
          progress[i] = task.progress(simulations[i]);
        });
  }

  @Override
  public Scene scene(int i) {
    var shapes = new ArrayList<Scene.Shape>();
    threads.run(
        1,
        item -> {
          if (likeness.isEmpty()) {
            likeness = Optional.of(new Simulation(model, task.model(), release));
          }
          var s = likeness.get();
          s.place(physicalState(i).get("qpos"), initialQvel);
          for (var geom : Geom.of(task.model().file())) {
            shapes.add(geom.shape(s));
          }
        });
    return new Scene(shapes);
  }

  /** For each robot its state, then its progress, as the bits of doubles. */
  @Override
  public Map<String, long[]> counters() {
    int size = simulations[0].stateSize() + 1;
    var states = new long[size * simulations.length];
    for (int i = 0; i < simulations.length; i++) {
      simulations[i].save(states, size * i);
      states[size * i + size - 1] = Double.doubleToRawLongBits(progress[i]);
    }
    return Map.of("simulation", states);
  }

  @Override
  public boolean restore(Map<String, long[]> counters) {
    int size = simulations[0].stateSize() + 1;
    var states = counters.get("simulation");
    if (states == null || states.length != size * simulations.length) {
      throw new IllegalArgumentException(
          "%s cannot be restored: the counter 'simulation' has %s values instead of %d"
              .formatted(
                  task.spec().id(),
                  states == null ? "no" : states.length,
                  size * simulations.length));
    }
    threads.run(
        simulations.length,
        i -> {
          simulations[i].restore(states, size * i);
          progress[i] = Double.longBitsToDouble(states[size * i + size - 1]);
        });
    return true;
  }

  @Override
  public void close() {
    if (!threads.failed()) {
      threads.run(simulations.length, i -> simulations[i].delete());
      threads.run(
          1,
          item -> {
            likeness.ifPresent(Simulation::delete);
            Mj.deleteModel(model);
          });
    }
    threads.close();
  }
}
