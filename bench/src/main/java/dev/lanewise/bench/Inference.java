package dev.lanewise.bench;

import dev.lanewise.algos.ActionScale;
import dev.lanewise.algos.ReplayMemory;
import dev.lanewise.algos.Sac;
import dev.lanewise.algos.Settings;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
import java.util.List;
import java.util.Map;
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
 * Deterministic actions of SAC's actor for a batch of observations, as evaluations and {@link
 * dev.lanewise.algos.Policy} replay them: 17 observations, 2 × 256 units, 6 actions. The actor has
 * a mean and a standard deviation for each action, so 12 outputs, of which the means go through
 * tanh into the environment's bounds. Observations lie in off-heap memory and actions stay there;
 * copying from and to Java arrays is not part of it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseSerialGC"
    })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Inference {
  /** Observations at a time. */
  @Param({"1", "16", "256"})
  public int batch;

  /** Threads that share the work, on the cpu. */
  @Param("1")
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  /** Hidden layers of the actor: units x units. */
  @Param("256x256")
  public String nets;

  /** Numbers in an observation. */
  @Param("17")
  public int observations;

  /** Numbers in an action. */
  @Param("6")
  public int actions;

  private Device on;
  private Plan act;

  @Setup
  public void setUp() {
    on = Device.named(device, workers);
    var env = EnvSpec.of("Bench-v0", Space.Box.of(observations), Space.Box.of(actions, -1, 1));
    var config = Sac.Config.of(Settings.of(Map.of("net_arch", Data.sizes(nets))));
    var sac = new Sac(config, env, new ReplayMemory(on, env, 1), RandomStream.of(1));
    var observation = on.columns("observation", batch, observations);
    observation.write(Data.gaussian(new Random(1), batch * observations));
    var action = on.columns("action", batch, actions);
    var scale = ActionScale.of("sac", env, on);
    act = on.record(step -> step.assign(action, scale.toEnv(sac.act(step, observation, false))));
  }

  @Benchmark
  public void act() {
    act.run();
  }

  @TearDown
  public void tearDown() {
    Explanation.print(List.of(act), act::run);
    on.close();
  }
}
