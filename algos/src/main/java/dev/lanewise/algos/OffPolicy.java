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
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.SequencedMap;

/**
 * Training that learns from a replay memory: steps the environments, remembers the transitions, and
 * every so many steps lets the agent learn from batches of them.
 */
public final class OffPolicy implements Training {

  /** An algorithm that learns from remembered transitions. */
  public interface Agent {

    /**
     * Records acting.
     *
     * @param observation n × observation size
     * @return n × action size: in [-1, 1] for a box, otherwise the number of the action
     */
    Tensor act(Step step, Tensor observation, boolean explore);

    /** Step t of a rollout follows, the first being 0: what stays for several steps is drawn. */
    default void beforeStep(int t) {}

    /**
     * One update, batch included.
     *
     * @param n its number, from 1
     */
    void update(long n);

    /** What the updates replay. Their reports are the agent's metrics. */
    List<Plan> updates();

    List<Parameters> networks();

    /** The first of them with the setting learning_rate. */
    List<Optimizer> optimizers();
  }

  /**
   * Hyperparameters; defaults and names as in Stable-Baselines3.
   *
   * @param memory of which environments, and how it is drawn from
   * @param learningStarts environment steps with uniformly random actions, before any update
   * @param randomActionRepeat steps that each of those actions is kept: more than one shows an
   *     agent states that come of acting alike for a while
   * @param trainFreq steps of the batch of environments between two rounds of updates: a rollout
   * @param gradientSteps updates a round; -1 for as many as there were environment steps
   * @param totalTimesteps environment steps over which schedules go to their end
   * @param wrappers around the environment
   */
  public record Config(
      ReplayMemory.Config memory,
      int learningStarts,
      int randomActionRepeat,
      int trainFreq,
      int gradientSteps,
      long totalTimesteps,
      Wrappers wrappers) {

    public static Config of(Settings settings) {
      return new Config(
          ReplayMemory.Config.of(settings),
          settings.integer("learning_starts", 100, 0, Integer.MAX_VALUE),
          settings.integer("random_action_repeat", 1, 1, 1 << 20),
          settings.integer("train_freq", 1, 1, 1 << 20),
          settings.integer("gradient_steps", 1, -1, 1 << 20),
          RunSettings.totalTimesteps(settings),
          Wrappers.of(settings));
    }

    int nEnvs() {
      return memory.nEnvs();
    }
  }

  private final Config config;
  private final BatchedEnv env;
  private final ActionScale scale;
  private final ReplayMemory memory;
  private final RandomStream random;
  private final Agent agent;
  private final ExplorationNoise noise;
  private final Plan explore, warmUp, keepOn, remember;
  private final EpisodeStatistics episodes;
  private long steps;
  private long updates;

  /** Makes the agent that learns from a memory. */
  interface AgentMaker {
    Agent make(ReplayMemory memory, RandomStream random);
  }

  OffPolicy(
      Config config,
      ExplorationNoise.Config noiseConfig,
      EnvSpec spec,
      Device device,
      long seed,
      AgentMaker maker) {
    if (spec.masksActions()) {
      throw new IllegalArgumentException(
          "%s masks its actions, which algorithms with a replay memory do not take; ppo does"
              .formatted(spec.id()));
    }
    this.config = config;
    random = RandomStream.of(seed);
    scale = ActionScale.of(spec, device);
    memory = new ReplayMemory(device, spec, config.memory);
    agent = maker.make(memory, random);
    env = config.wrappers.forTraining(spec.id(), device, config.nEnvs());
    noise = noiseConfig.on(env.action(), random);
    episodes = new EpisodeStatistics(env, EndedEpisodes.STEPS_UNREAD);
    var seen = device.columns("seen", config.nEnvs(), spec.observationSpace().size());
    explore =
        device.record(
            step -> {
              step.assign(seen, env.observation());
              var unit = noise.add(step, agent.act(step, env.observation(), true));
              step.assign(env.action(), scale.toEnv(unit));
            });
    warmUp =
        device.record(
            step -> {
              step.assign(seen, env.observation());
              step.assign(env.action(), uniform(spec.actionSpace(), config.nEnvs()));
            });
    keepOn = device.record(step -> step.assign(seen, env.observation()));
    remember =
        device.record(
            step -> {
              memory.store(
                  step,
                  seen,
                  env.action(),
                  env.reward(),
                  env.finalObservation(),
                  env.terminated(),
                  env.truncated());
              noise.reset(step, env.terminated().max(env.truncated()));
              episodes.record(step);
            });
    for (var update : agent.updates()) {
      for (var name : update.reported()) {
        update.setValue(name, Double.NaN); // until it has run
      }
    }
    env.reset(random.seed());
  }

  /** Actions drawn uniformly from a space, n × its size. */
  private Tensor uniform(Space space, int n) {
    var stream = random.stream("warm-up");
    return switch (space) {
      case Space.Discrete discrete ->
          scale.toEnv(Tensor.integers(stream, Tensor.constant(discrete.n()), n, 1));
      default -> scale.toEnv(Tensor.uniform(stream, n, space.size()).times(2).minus(1));
    };
  }

  @Override
  public long steps() {
    return steps;
  }

  /** One round: {@code train_freq} steps of all environments, then the updates. */
  @Override
  public void advance() {
    noise.anneal(remaining());
    for (int i = 0; i < config.trainFreq; i++) {
      agent.beforeStep(i);
      collect();
    }
    if (steps > config.learningStarts) {
      int count =
          config.gradientSteps < 0 ? config.trainFreq * config.nEnvs() : config.gradientSteps;
      anneal();
      for (int i = 0; i < count; i++) {
        agent.update(++updates);
      }
    }
  }

  private void anneal() {
    for (var optimizer : agent.optimizers()) {
      optimizer.anneal(remaining());
    }
    memory.anneal(1 - remaining());
  }

  /** Of the run: 1 at its start, 0 at its end. */
  private double remaining() {
    return Math.max(0, 1 - (double) steps / config.totalTimesteps);
  }

  /** What says which actions come next. */
  private Plan act() {
    if (steps >= config.learningStarts) {
      return explore;
    }
    return steps / config.nEnvs() % config.randomActionRepeat == 0 ? warmUp : keepOn;
  }

  private void collect() {
    act().enqueue();
    env.step();
    remember.enqueue();
    memory.stored();
    episodes.addEnded();
    steps += config.nEnvs();
  }

  @Override
  public Plan policy(Tensor observation, Tensor action) {
    return observation
        .device()
        .record(step -> step.assign(action, scale.toEnv(agent.act(step, observation, false))));
  }

  @Override
  public List<Parameters> networks() {
    return agent.networks();
  }

  @Override
  public SequencedMap<String, Double> metrics() {
    var metrics = episodes.metrics();
    for (var update : agent.updates()) {
      for (var name : update.reported()) {
        metrics.put(name, update.value(name));
      }
    }
    metrics.put("train/learning_rate", agent.optimizers().getFirst().learningRate());
    metrics.put("train/n_updates", (double) updates);
    return metrics;
  }

  @Override
  public void save(Snapshot snapshot) {
    TrainingState.save(snapshot, agent.networks(), agent.optimizers(), env, random);
    memory.save(snapshot);
    episodes.save(snapshot);
    snapshot.put("steps", steps);
    snapshot.put("updates", updates);
    snapshot.put("action", env.action());
    noise.state().forEach((name, tensor) -> snapshot.put("noise." + name, tensor));
    for (var update : agent.updates()) {
      for (var name : update.reported()) {
        snapshot.put("report." + name, update.value(name));
      }
    }
  }

  @Override
  public boolean load(Snapshot snapshot) {
    boolean goesOn =
        TrainingState.load(snapshot, agent.networks(), agent.optimizers(), env, random);
    memory.load(snapshot);
    episodes.load(snapshot);
    steps = snapshot.whole("steps");
    updates = snapshot.whole("updates");
    snapshot.restore("action", env.action());
    if (goesOn) {
      noise.state().forEach((name, tensor) -> snapshot.restore("noise." + name, tensor));
    } else {
      memory.cut();
    }
    for (var update : agent.updates()) {
      for (var name : update.reported()) {
        update.setValue(name, snapshot.decimal("report." + name));
      }
    }
    return goesOn;
  }

  @Override
  public void close() {
    env.close();
  }
}
