package dev.lanewise.bench;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
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
 * The three products of a linear layer, as a plan of one instruction: 2 · samples · inputs ·
 * outputs floating-point operations each. On OpenCL with {@code -p device=opencl}, which always has
 * the whole of its device.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatrixProduct {
  /** samples x inputs x outputs */
  @Param({"256x17x256", "256x256x256", "256x256x6", "64x64x64", "4096x64x64", "1024x1024x1024"})
  public String shape;

  /** Threads that share a product, on the cpu. */
  @Param("1")
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  private Device on;
  private Plan forward, backward, weights;

  @Setup
  public void setUp() {
    var sizes = java.util.Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    int n = sizes[0], in = sizes[1], out = sizes[2];
    on = Device.named(device, workers);
    var x = random(on.columns("x", n, in));
    var w = random(on.dense("w", out, in));
    var dy = random(on.columns("dy", n, out));
    var y = on.columns("y", n, out);
    var dx = on.columns("dx", n, in);
    var dw = on.dense("dw", out, in);
    forward = on.record(step -> step.assign(y, x.matmul(w.transpose())));
    backward = on.record(step -> step.assign(dx, dy.matmul(w)));
    weights = on.record(step -> step.assign(dw, dy.transpose().matmul(x)));
  }

  private static Tensor random(Tensor tensor) {
    var random = new Random(1);
    var values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.write(values);
    return tensor;
  }

  /** Y = X Wᵀ */
  @Benchmark
  public void forward() {
    forward.run();
  }

  /** dX = dY W */
  @Benchmark
  public void backward() {
    backward.run();
  }

  /** dW = dYᵀ X */
  @Benchmark
  public void weights() {
    weights.run();
  }

  @TearDown
  public void tearDown() {
    on.close();
  }
}
