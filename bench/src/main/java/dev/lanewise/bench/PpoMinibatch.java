package dev.lanewise.bench;

import dev.lanewise.algos.Ppo;
import dev.lanewise.algos.RolloutMemory;
import dev.lanewise.algos.Settings;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One gradient step of PPO on a minibatch, as {@link Ppo#learn} replays it: gathering the samples
 * from a rollout of eight minibatches, normalising advantages, clipped objective, value error,
 * gradients, clipping their norm, Adam. Actor and critic are tanh nets of 2 × 64. The default
 * shapes are CartPole-v1's and HalfCheetah-v5's. Shuffling the samples is not part of it. The
 * learning rate is 0, so that every step has the same work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseSerialGC"
    })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PpoMinibatch {
  private static final int MINIBATCHES = 8;
  private static final int ENVS = 8;

  /** samples x observations x actions: choices of a discrete action, or continuous numbers */
  @Param({"64x4x2-discrete", "2048x17x6-continuous"})
  public String shape;

  /** Hidden layers of actor and critic alike: units x units. */
  @Param("64x64")
  public String nets;

  /** Threads that share the step, on the cpu. */
  @Param({"1", "2"})
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  private Device on;
  private Plan update;

  @Setup
  public void setUp() {
    on = Device.named(device, workers);
    var parts = shape.split("[x-]");
    int samples = Integer.parseInt(parts[0]), observations = Integer.parseInt(parts[1]);
    var env = EnvSpec.of("Bench-v0", Space.Box.of(observations), actions(parts[2], parts[3]));
    var memory = new RolloutMemory(on, env, MINIBATCHES * samples / ENVS, ENVS);
    // With a learning rate above 0, repeating one minibatch ends with every ratio clipped and the
    // policy's gradients at 0, which no training does.
    var settings =
        Map.of(
            "batch_size",
            parts[0],
            "n_epochs",
            "1",
            "net_arch",
            Data.sizes(nets),
            "learning_rate",
            "0");
    var ppo = new Ppo(Ppo.Config.of(Settings.of(settings)), env, memory, RandomStream.of(1));
    fill(memory, ppo, observations);
    ppo.learn(1); // Leaves the last minibatch of a shuffle in place.
    update = ppo.update();
  }

  private static Space actions(String count, String kind) {
    int n = Integer.parseInt(count);
    return switch (kind) {
      case "discrete" -> new Space.Discrete(n);
      case "continuous" -> Space.Box.of(n, -1, 1);
      default -> throw new IllegalArgumentException(kind + " is neither discrete nor continuous");
    };
  }

  /** A rollout of the policy itself, in which nothing ends. */
  private void fill(RolloutMemory memory, Ppo ppo, int observations) {
    var random = new Random(1);
    var obs = on.columns("observation", ENVS, observations);
    var reward = on.columns("reward", ENVS, 1);
    var never = on.columns("never", ENVS, 1);
    try (var act =
            on.record(
                step -> {
                  var acted = ppo.act(step, obs, Optional.empty(), true);
                  memory.storeAction(step, obs, Optional.empty(), acted, ppo.value(obs));
                  memory.storeOutcome(step, reward, never, never);
                });
        var estimate = on.record(step -> memory.estimate(step, ppo.value(obs), 0.99f, 0.95f))) {
      for (int t = 0; t < memory.steps(); t++) {
        memory.at(t);
        obs.write(Data.gaussian(random, ENVS * observations));
        reward.write(Data.gaussian(random, ENVS));
        act.run();
      }
      estimate.run();
    }
  }

  @Benchmark
  public void step() {
    update.run();
  }

  @TearDown
  public void tearDown() {
    Explanation.print(List.of(update), update::run);
    on.close();
  }
}
