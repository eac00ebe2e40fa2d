package dev.lanewise.algos;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.Philox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A random walk of one weight, which is the policy: action = weight + bias * observation. */
final class StubTraining implements Training {
  private final Parameters actor;
  private final Philox random;
  private final int stride;
  private final long nanAt;
  private long steps;

  private StubTraining(Settings settings, Device device, long seed) {
    stride = settings.integer("n_envs", 1, 1, 100);
    nanAt = settings.whole("nan_at", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    actor = Parameters.on(device, "actor");
    actor.matrix("actor.0.weight", 1, 1, 0);
    actor.vector("actor.0.bias", 0.5f);
    random = RandomStream.of(seed).stream("walk");
  }

  static Training make(Settings settings, EnvSpec env, Device device, long seed) {
    return new StubTraining(settings, device, seed);
  }

  double weight() {
    return actor.get("actor.0.weight").get();
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void advance() {
    if (steps + stride >= nanAt) {
      throw new NotFiniteException("train/actor_loss", Double.NaN, "log of shape (1, 1)");
    }
    steps += stride;
    double draw = Philox.unit(Philox.word(random.seed(), random.stream(), random.counter(), 0));
    actor.get("actor.0.weight").set(0, 0, weight() + draw - 0.5);
    random.advance(1);
  }

  @Override
  public Plan policy(Tensor observation, Tensor action) {
    var weight = actor.get("actor.0.weight");
    var bias = actor.get("actor.0.bias");
    return actor.device().record(step -> step.assign(action, observation.times(bias).plus(weight)));
  }

  @Override
  public List<Parameters> networks() {
    return List.of(actor);
  }

  @Override
  public SequencedMap<String, Double> metrics() {
    var metrics = new LinkedHashMap<String, Double>();
    metrics.put("rollout/ep_rew_mean", steps == 0 ? Double.NaN : weight());
    return metrics;
  }

  @Override
  public void save(Snapshot snapshot) {
    Checkpoint.networks(networks()).arrays().forEach(snapshot::put);
    snapshot.put("random", random.counter());
    snapshot.put("steps", steps);
  }

  @Override
  public boolean load(Snapshot snapshot) {
    actor.byName().forEach(snapshot::restore);
    random.seek(snapshot.whole("random"));
    steps = snapshot.whole("steps");
    return true;
  }

  @Override
  public void close() {}
}
