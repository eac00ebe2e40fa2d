package dev.lanewise.bench;

import dev.lanewise.algos.ReplayMemory;
import dev.lanewise.algos.Sac;
import dev.lanewise.algos.Settings;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Space;
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
 * One gradient step of soft actor-critic, sampling included: 17 observations, 6 actions, actor and
 * twin critics of 2 × 256; with a batch of 256 about 577 million floating-point operations, with
 * others in proportion. On OpenCL with {@code -p device=opencl -p workers=1}, which always has the
 * whole of its device; a graphics processor is worth a batch of 4096.
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
public class SacStep {
  /** Threads that share the step, on the cpu. */
  @Param({"1", "2"})
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  /** Transitions that a step learns from. */
  @Param("256")
  public int batch;

  private Device on;
  private Plan update;

  @Setup
  public void setUp() {
    on = Device.named(device, workers);
    var env = EnvSpec.of("Bench-v0", Space.Box.of(17), Space.Box.of(6, -1, 1));
    var memory = new ReplayMemory(on, env, 100_000);
    var random = new Random(1);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.add(
          gaussian(random, 17),
          gaussian(random, 6),
          random.nextGaussian(),
          gaussian(random, 17),
          random.nextInt(100) == 0,
          false);
    }
    var config = Sac.Config.of(Settings.of(Map.of("batch_size", Integer.toString(batch))));
    update = new Sac(config, env, memory, RandomStream.of(1)).updates().getFirst();
  }

  private static float[] gaussian(Random random, int size) {
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Benchmark
  public void step() {
    update.run();
  }

  /** With {@code -Dlanewise.bench.explain=true} prints where the time went. */
  @TearDown
  public void tearDown() {
    if (Boolean.getBoolean("lanewise.bench.explain")) {
      update.measure(true);
      for (int i = 0; i < 1000; i++) {
        update.run();
      }
      System.out.println(update.explain());
    }
    on.close();
  }
}
