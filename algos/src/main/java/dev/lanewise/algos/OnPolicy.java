package dev.lanewise.algos;

import dev.lanewise.autograd.Optimizer;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.NormalizeObservation;
import dev.lanewise.engine.env.NormalizeReward;
import dev.lanewise.engine.env.RunningMoments;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Training that learns from what its present policy does: steps the environments for a while,
 * estimates advantages, lets the agent learn from them, and forgets them.
 */
public final class OnPolicy implements Training {

  /** An algorithm that learns from rollouts. */
  public interface Agent {

    /**
     * Records acting.
     *
     * @param observation n × observation size
     * @param mask 1 for each allowed choice, otherwise 0, if the environment masks its actions
     */
    Acted act(Step step, Tensor observation, Optional<Tensor> mask, boolean explore);

    /** Step t of a rollout follows, the first being 0: what stays for several steps is drawn. */
    default void beforeStep(int t) {}

    /** Records V of observations, n × 1. */
    Tensor value(Tensor observation);

    /**
     * Learns from a full memory.
     *
     * @param progressRemaining of the run, this memory's steps being made, as Stable-Baselines3
     *     counts it: 1 - T N / total for the first one, 0 for the last
     */
    void learn(double progressRemaining);

    /** The latest figures by log key. */
    SequencedMap<String, Double> metrics();

    /** Puts back what {@link #metrics} were. */
    void restore(SequencedMap<String, Double> metrics);

    List<Parameters> networks();

    List<Optimizer> optimizers();
  }

  /**
   * What a policy does.
   *
   * @param action n × d, as it was drawn
   * @param envAction n × d, as the environment takes it
   * @param logProb of the drawn action, n × 1
   * @param distribution {@linkplain PolicyHead.Distribution#parameters what describes} the
   *     distribution that it was drawn from
   */
  public record Acted(Tensor action, Tensor envAction, Tensor logProb, Tensor distribution) {}

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param nSteps T, steps of each environment between two rounds of learning
   * @param normObs whether observations are normalised by running moments
   * @param normReward whether rewards are scaled by the running moments of their return
   * @param wrappers around the environment, inside of what normalises
   */
  public record Config(
      int nEnvs,
      int nSteps,
      float gamma,
      float gaeLambda,
      boolean normObs,
      boolean normReward,
      long totalTimesteps,
      Wrappers wrappers) {

    public static Config of(Settings settings) {
      boolean normalize = settings.flag("normalize", false);
      boolean normObs = settings.flag("norm_obs", true);
      boolean normReward = settings.flag("norm_reward", true);
      if (!normalize) {
        settings.idle("normalize=false", "norm_obs", "norm_reward");
      }
      return new Config(
          settings.integer("n_envs", 1, 1, 1 << 20),
          settings.integer("n_steps", 2048, 1, 1 << 20),
          settings.decimal("gamma", 0.99f, 0, 1),
          settings.decimal("gae_lambda", 0.95f, 0, 1),
          normalize && normObs,
          normalize && normReward,
          RunSettings.totalTimesteps(settings),
          Wrappers.of(settings));
    }
  }

  /**
   * Moments of observations, kept with the weights of the policy that was trained on them.
   *
   * @param parameters obs_rms.mean, obs_rms.var, obs_rms.count
   */
  private record ObservationMoments(Parameters parameters, RunningMoments moments) {
    static ObservationMoments on(Device device, EnvSpec spec) {
      int d = spec.observationSpace().size();
      var ones = new float[d];
      Arrays.fill(ones, 1);
      var parameters = Parameters.on(device, "obs_rms");
      var mean = parameters.vector("obs_rms.mean", new float[d]);
      var variance = parameters.vector("obs_rms.var", ones);
      var count = parameters.vector("obs_rms.count", RunningMoments.FIRST_COUNT);
      return new ObservationMoments(parameters, new RunningMoments(mean, variance, count));
    }
  }

  private final Config config;
  private final BatchedEnv env;
  private final Optional<ObservationMoments> moments;
  private final RolloutMemory memory;
  private final RandomStream random;
  private final Agent agent;
  private final Plan act, remember, bootstrap, estimate;
  private final EpisodeStatistics episodes;
  private long steps;

  /** Makes the agent that learns from a memory. */
  interface AgentMaker {
    Agent make(RolloutMemory memory, RandomStream random);
  }

  OnPolicy(Config config, EnvSpec spec, Device device, long seed, AgentMaker maker) {
    this.config = config;
    random = RandomStream.of(seed);
    memory = new RolloutMemory(device, spec, config.nSteps, config.nEnvs);
    agent = maker.make(memory, random);
    var raw = config.wrappers.forTraining(spec.id(), device, config.nEnvs);
    moments = config.normObs ? Optional.of(ObservationMoments.on(device, spec)) : Optional.empty();
    var observed =
        moments.<BatchedEnv>map(m -> new NormalizeObservation(raw, m.moments(), true)).orElse(raw);
    env = config.normReward ? new NormalizeReward(observed, config.gamma) : observed;
    episodes = new EpisodeStatistics(env, config.nSteps);
    act =
        device.record(
            step -> {
              var obs = env.observation();
              var acted = agent.act(step, obs, env.actionMask(), true);
              memory.storeAction(step, obs, env.actionMask(), acted, agent.value(obs));
              step.assign(env.action(), acted.envAction());
            });
    remember =
        device.record(
            step -> {
              memory.storeOutcome(step, env.reward(), env.terminated(), env.truncated());
              episodes.record(step);
              if (device.isAsynchronous()) { // is not asked whether they are needed
                storeFinalValue(step);
              }
            });
    bootstrap = device.record(this::storeFinalValue);
    estimate =
        device.record(
            step ->
                memory.estimate(
                    step, agent.value(env.observation()), config.gamma, config.gaeLambda));
    env.reset(random.seed());
  }

  private void storeFinalValue(Step step) {
    memory.storeFinalValue(step, agent.value(env.finalObservation()));
  }

  @Override
  public long steps() {
    return steps;
  }

  /** One round: T steps of all environments, then learning. */
  @Override
  public void advance() {
    for (int t = 0; t < config.nSteps; t++) {
      memory.at(t);
      agent.beforeStep(t);
      act.enqueue();
      env.step();
      remember.enqueue();
      if (episodes.addEnded()) {
        bootstrap.enqueue();
      }
    }
    steps += memory.size();
    estimate.run();
    agent.learn(Math.max(0, 1 - (double) steps / config.totalTimesteps));
  }

  @Override
  public Plan policy(Tensor observation, Tensor action) {
    if (env.spec().masksActions()) {
      throw new IllegalArgumentException(
          "%s masks its actions; give the policy the mask besides the observation"
              .formatted(env.spec().id()));
    }
    return policy(observation, Optional.empty(), action);
  }

  @Override
  public Plan policy(Tensor observation, Tensor mask, Tensor action) {
    return policy(observation, Optional.of(mask), action);
  }

  private Plan policy(Tensor observation, Optional<Tensor> mask, Tensor action) {
    return observation
        .device()
        .record(
            step -> {
              var seen = moments.map(m -> m.moments().normalize(observation)).orElse(observation);
              step.assign(action, agent.act(step, seen, mask, false).envAction());
            });
  }

  @Override
  public List<Parameters> networks() {
    return Stream.concat(
            agent.networks().stream(), moments.map(ObservationMoments::parameters).stream())
        .toList();
  }

  @Override
  public SequencedMap<String, Double> metrics() {
    var metrics = episodes.metrics();
    metrics.putAll(agent.metrics());
    for (var name : estimate.reported()) {
      metrics.put(name, steps == 0 ? Double.NaN : estimate.value(name));
    }
    return metrics;
  }

  /** Between two rounds the memory holds nothing that is still needed. */
  @Override
  public void save(Snapshot snapshot) {
    TrainingState.save(snapshot, networks(), agent.optimizers(), env, random);
    episodes.save(snapshot);
    snapshot.put("steps", steps);
    agent.metrics().forEach((name, value) -> snapshot.put("report." + name, value));
    for (var name : estimate.reported()) {
      snapshot.put("report." + name, estimate.value(name));
    }
  }

  @Override
  public boolean load(Snapshot snapshot) {
    boolean goesOn = TrainingState.load(snapshot, networks(), agent.optimizers(), env, random);
    episodes.load(snapshot);
    steps = snapshot.whole("steps");
    var metrics = new LinkedHashMap<String, Double>();
    for (var name : agent.metrics().keySet()) {
      metrics.put(name, snapshot.decimal("report." + name));
    }
    agent.restore(metrics);
    for (var name : estimate.reported()) {
      estimate.setValue(name, snapshot.decimal("report." + name));
    }
    return goesOn;
  }

  @Override
  public void close() {
    env.close();
  }
}
