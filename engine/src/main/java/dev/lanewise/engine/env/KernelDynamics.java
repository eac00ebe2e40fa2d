package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels;
import dev.lanewise.kernels.Kernels.Feature;
import dev.lanewise.kernels.Kernels.Interval;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Environments whose step is one kernel over a few rows. The observation is part of the state, as
 * it has most of its numbers; the others are hidden.
 */
final class KernelDynamics implements Dynamics {

  /**
   * Such an environment.
   *
   * @param start where each number of a first state is drawn from
   * @param hidden how many of them are hidden: the first ones; the others are observed
   * @param features what is observed of the numbers
   */
  record Definition(
      EnvSpec spec, List<Interval> start, int hidden, List<Feature> features, Movement movement) {}

  /** The kernel of a step. */
  interface Movement {
    Call bind(Kernels kernels, Kernels.Motion motion);
  }

  private final Definition definition;
  private final Columns columns;
  private final Kernels kernels;
  private final Optional<Tensor> hidden;

  /** What held environments go back to, for each of the {@link #state}; made when some are held. */
  private List<Tensor> kept = List.of();

  private KernelDynamics(Definition definition, Columns columns) {
    this.definition = definition;
    this.columns = columns;
    kernels = columns.device().backend().kernels();
    hidden =
        definition.hidden == 0
            ? Optional.empty()
            : Optional.of(column("hidden", definition.hidden));
  }

  static BatchedEnv make(Definition definition, Device device, int n) {
    var columns = Columns.of(definition.spec, device, n);
    return new ColumnEnv(columns, new KernelDynamics(definition, columns));
  }

  static Feature value(int number) {
    return new Feature(Feature.Of.VALUE, number);
  }

  static Feature cosine(int number) {
    return new Feature(Feature.Of.COSINE, number);
  }

  static Feature sine(int number) {
    return new Feature(Feature.Of.SINE, number);
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
            hidden(part),
            part.of(columns.action()),
            part.of(columns.observation()),
            part.of(columns.finalObservation()),
            part.of(columns.reward()),
            part.of(columns.terminated())));
  }

  /** Moves all lanes; those that are held get back their rows. */
  @Override
  public Call step(Part part, Philox clock, Tensor held) {
    var state = state();
    if (kept.isEmpty()) {
      kept = state.stream().map(tensor -> column("kept", tensor.columns())).toList();
    }
    var calls = new ArrayList<Call>();
    for (int k = 0; k < kept.size(); k++) {
      calls.add(kernels.copy(part.of(state.get(k)), part.of(kept.get(k))));
    }
    calls.add(step(part, clock));
    for (int k = 0; k < kept.size(); k++) {
      var now = part.of(state.get(k));
      calls.add(kernels.select(part.of(held), part.of(kept.get(k)), now, now));
    }
    return Call.inOrder(calls.toArray(Call[]::new));
  }

  @Override
  public Call begin(Part part, Philox random, View lanes, View count) {
    return kernels.beginEpisodes(
        new Kernels.EpisodeStarts(
            random,
            part.from(),
            lanes,
            count,
            definition.start,
            hidden(part),
            part.of(columns.observation()),
            definition.features));
  }

  private Tensor column(String name, int width) {
    return columns.device().columns(definition.spec.id() + " " + name, columns.size(), width);
  }

  private View hidden(Part part) {
    return hidden.map(part::of).orElseGet(() -> part.of(columns.observation()).rows(0, 0));
  }

  private List<Tensor> state() {
    return Stream.concat(hidden.stream(), Stream.of(columns.observation())).toList();
  }

  @Override
  public Map<String, Tensor> tensors() {
    return hidden.<Map<String, Tensor>>map(tensor -> Map.of("hidden", tensor)).orElse(Map.of());
  }

  @Override
  public SequencedMap<String, double[]> physicalState(int i) {
    var numbers = new double[definition.start.size()];
    for (int j = 0; j < numbers.length; j++) {
      numbers[j] =
          j < definition.hidden
              ? hidden.orElseThrow().get(i, j)
              : columns.observation().get(i, definition.features.indexOf(value(j)));
    }
    var parts = new LinkedHashMap<String, double[]>();
    parts.put("state", numbers);
    return parts;
  }

  @Override
  public void setPhysicalState(int i, Map<String, double[]> parts) {
    var numbers = parts.get("state");
    for (int j = 0; j < definition.hidden; j++) {
      hidden.orElseThrow().set(i, j, numbers[j]);
    }
    for (int j = 0; j < definition.features.size(); j++) {
      var feature = definition.features.get(j);
      columns.observation().set(i, j, numbers[feature.number()]);
      var place = columns.observation().view().lanes(i, i + 1).rows(j, j + 1);
      switch (feature.of()) {
        case VALUE -> {}
        case COSINE -> kernels.map(Unary.COS, place, place).run();
        case SINE -> kernels.map(Unary.SIN, place, place).run();
      }
    }
  }
}
