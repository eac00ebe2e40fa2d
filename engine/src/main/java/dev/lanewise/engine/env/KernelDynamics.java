package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Feature;
import dev.lanewise.kernels.Kernels.Interval;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Environments whose step is one kernel over a few rows of state. */
final class KernelDynamics implements Dynamics {

  /**
   * Such an environment.
   *
   * @param start where each number of a first state is drawn from
   * @param features what is observed of the state
   */
  record Definition(
      EnvSpec spec, List<Interval> start, List<Feature> features, Movement movement) {}

  /** The kernel of a step. */
  interface Movement {
    Call bind(Kernels kernels, Kernels.Motion motion);
  }

  private final Definition definition;
  private final Columns columns;
  private final Kernels kernels;
  private final Tensor state;

  /** What held environments go back to; made when some are first held. */
  private Optional<Tensor> kept = Optional.empty();

  private KernelDynamics(Definition definition, Columns columns) {
    var device = columns.device();
    this.definition = definition;
    this.columns = columns;
    kernels = device.backend().kernels();
    state =
        device.columns(definition.spec.id() + " state", columns.size(), definition.start.size());
  }

  static BatchedEnv make(Definition definition, Device device, int n) {
    var columns = Columns.of(definition.spec, device, n);
    return new ColumnEnv(columns, new KernelDynamics(definition, columns));
  }

  static Feature value(int row) {
    return new Feature(Feature.Of.VALUE, row);
  }

  static Feature cosine(int row) {
    return new Feature(Feature.Of.COSINE, row);
  }

  static Feature sine(int row) {
    return new Feature(Feature.Of.SINE, row);
  }

  @Override
  public boolean isParallel() {
    return true;
  }

  @Override
  public boolean cutsItself() {
    return false;
  }

  @Override
  public Call step(Part part, Philox clock) {
    return definition.movement.bind(
        kernels,
        new Kernels.Motion(
            part.of(state),
            part.of(columns.action()),
            part.of(columns.observation()),
            part.of(columns.reward()),
            part.of(columns.terminated())));
  }

  /** Moves all lanes; those that are held get back their rows. */
  @Override
  public Call step(Part part, Philox clock, Tensor held) {
    if (kept.isEmpty()) {
      kept =
          Optional.of(
              columns
                  .device()
                  .columns(definition.spec.id() + " kept state", state.rows(), state.columns()));
    }
    var now = part.of(state);
    var before = part.of(kept.get());
    return Call.inOrder(
        kernels.copy(now, before),
        step(part, clock),
        kernels.select(part.of(held), before, now, now));
  }

  @Override
  public Call begin(Part part, Philox random, View lanes, View count, Tensor observation) {
    return kernels.beginEpisodes(
        new Kernels.EpisodeStarts(
            random,
            part.from(),
            lanes,
            count,
            part.of(state),
            definition.start,
            part.of(observation),
            definition.features));
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of("state", state);
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    var row = new double[state.columns()];
    for (int j = 0; j < row.length; j++) {
      row[j] = state.get(i, j);
    }
    var parts = new LinkedHashMap<String, double[]>();
    parts.put("state", row);
    return parts;
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    var row = parts.get("state");
    for (int j = 0; j < row.length; j++) {
      state.set(i, j, row[j]);
    }
  }
}
