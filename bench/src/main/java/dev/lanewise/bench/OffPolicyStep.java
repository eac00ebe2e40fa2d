package dev.lanewise.bench;

import dev.lanewise.algos.OffPolicy;
import dev.lanewise.algos.ReplayMemory;
import dev.lanewise.algos.Settings;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 * What the gradient steps of algorithms with a replay memory share: sizes, and a memory of 100,000
 * transitions of normally distributed numbers.
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
public abstract class OffPolicyStep {
  /** Threads that share the step, on the cpu. */
  @Param({"1", "2"})
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  /** Transitions that a step learns from. */
  @Param("256")
  public int batch;

  /** Hidden layers of actor and critics alike: units x units. */
  @Param("256x256")
  public String nets;

  /** Numbers in an observation. */
  @Param("17")
  public int observations;

  /** Numbers in an action. */
  @Param("6")
  public int actions;

  private Device on;
  OffPolicy.Agent agent;

  abstract OffPolicy.Agent agent(Settings settings, EnvSpec env, ReplayMemory memory);

  /** As many updates as are one call of the benchmark. */
  abstract void updates();

  @Setup
  public void setUp() {
    on = Device.named(device, workers);
    var env = EnvSpec.of("Bench-v0", Space.Box.of(observations), Space.Box.of(actions, -1, 1));
    var memory = new ReplayMemory(on, env, 100_000);
    Data.fill(memory, observations, actions);
    var settings =
        Settings.of(Map.of("batch_size", Integer.toString(batch), "net_arch", Data.sizes(nets)));
    agent = agent(settings, env, memory);
  }

  static RandomStream random() {
    return RandomStream.of(1);
  }

  @TearDown
  public void tearDown() {
    Explanation.print(agent.updates(), this::updates);
    on.close();
  }
}
