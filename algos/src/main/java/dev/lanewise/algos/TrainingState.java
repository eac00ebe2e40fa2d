package dev.lanewise.algos;

import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What every training keeps in a {@link Snapshot}, under the same names. */
final class TrainingState {
  private static final String RANDOM = "random.";

  private TrainingState() {}

  static void save(
      Snapshot snapshot,
      List<Parameters> networks,
      List<Optimizer> optimizers,
      BatchedEnv env,
      RandomStream random) {
    networks.forEach(snapshot::put);
    moments(optimizers).forEach(snapshot::put);
    var state = env.state();
    state.tensors().forEach((name, tensor) -> snapshot.put("env." + name, tensor));
    state
        .counters()
        .forEach((name, values) -> snapshot.put("env.counter." + name, Longs.join(values)));
    random.counters().forEach((name, counter) -> snapshot.put(RANDOM + name, counter));
  }

  /** Whether the environments are where they were, and not at the beginning of new episodes. */
  static boolean load(
      Snapshot snapshot,
      List<Parameters> networks,
      List<Optimizer> optimizers,
      BatchedEnv env,
      RandomStream random) {
    for (var block : networks) {
      block.byName().forEach(snapshot::restore);
    }
    moments(optimizers).forEach(snapshot::restore);
    env.state().tensors().forEach((name, tensor) -> snapshot.restore("env." + name, tensor));
    boolean goesOn = env.restore(Longs.withPrefix(snapshot, "env.counter."));
    // also those that are asked for only later, such as the order in which PPO learns
    var names = new TreeSet<>(random.names());
    for (var text : snapshot.texts().keySet()) {
      if (text.startsWith(RANDOM)) {
        names.add(text.substring(RANDOM.length()));
      }
    }
    var counters = new TreeMap<String, Long>();
    for (var name : names) {
      counters.put(name, snapshot.whole(RANDOM + name));
    }
    random.restore(counters);
    return goesOn;
  }

  /** Moments and step counts of every optimizer, by names that say whose they are. */
  private static Map<String, Tensor> moments(List<Optimizer> optimizers) {
    var state = new LinkedHashMap<String, Tensor>();
    for (var optimizer : optimizers) {
      optimizer
          .state()
          .forEach(
              (name, tensor) ->
                  state.put("optimizer." + optimizer.parameters().name() + "." + name, tensor));
    }
    return state;
  }
}
