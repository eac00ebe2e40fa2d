package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.kernels.Gemm.Epilogue;
import dev.lanewise.kernels.Gemm.Form;
import dev.lanewise.kernels.cpu.CpuBackend;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * The same bits at every vector width: this test runs at each width, and the checksums below are
 * those of all of them. A kernel whose arithmetic is changed on purpose gets a new one.
 */
class WidthContractTest {
  private static final Shape SHAPE = new Shape(7, 203);
  private static final Map<String, Long> EXPECTED =
      Map.ofEntries(
          Map.entry("ABS", 0x7EEF24B5L),
          Map.entry("COS", 0x7D32DC45L),
          Map.entry("ELU", 0x84ACE6D7L),
          Map.entry("EXP", 0xBABF607CL),
          Map.entry("FLOOR", 0x0D5485CEL),
          Map.entry("GELU_TANH", 0x328CD0A0L),
          Map.entry("LOG", 0x7C26BF2EL),
          Map.entry("NEGATE", 0x440FCB39L),
          Map.entry("RECIPROCAL", 0x18A5BE2EL),
          Map.entry("RELU", 0xB130938BL),
          Map.entry("SIGMOID", 0x7B9808EBL),
          Map.entry("SIGN", 0xB20455FEL),
          Map.entry("SILU", 0x3FBFF58DL),
          Map.entry("SIN", 0xFBD7EA0BL),
          Map.entry("SOFTPLUS", 0x8B652C12L),
          Map.entry("SQRT", 0x9775FE21L),
          Map.entry("SQUARE", 0x202AB7C0L),
          Map.entry("STEP", 0xB7250A70L),
          Map.entry("TANH", 0x212F2246L),
          Map.entry("acrobot", 0xDCD032D8L),
          Map.entry("adam", 0x0AA6F388L),
          Map.entry("beginEpisodes", 0x963E5C8FL),
          Map.entry("cartPole", 0x8768D821L),
          Map.entry("endEpisodes", 0xA4B304BFL),
          Map.entry("gemm DOT", 0xD1D691E3L),
          Map.entry("gemm OUTER", 0x3AF87658L),
          Map.entry("lerp", 0x3BDFC349L),
          Map.entry("mountainCar", 0x2D14BA53L),
          Map.entry("mountainCarContinuous", 0x0C8C60B9L),
          Map.entry("normal", 0x392CC1C1L),
          Map.entry("pendulum", 0x1BD86170L),
          Map.entry("reduceLanes", 0x04D916B0L),
          Map.entry("reduceRows", 0x982C5065L),
          Map.entry("scan", 0x903CD7EAL),
          Map.entry("uniform", 0x5169260DL));

  private final Map<String, Long> checksums = new TreeMap<>();

  @Test
  void bitsDoNotDependOnTheWidth() {
    for (Unary f : Unary.values()) {
      checksum(f.name(), SHAPE, (on, x, y, z) -> on.kernels().map(f, on.view(x), on.view(z)));
    }
    checksum("lerp", SHAPE, (on, x, y, z) -> on.kernels().lerp(on.view(x), on.view(z), 0.005));
    checksum("scan", SHAPE, (on, x, y, z) -> on.kernels().scan(on.view(x), on.view(y), on.view(z)));
    checksum(
        "reduceRows",
        new Shape(1, SHAPE.lanes()),
        (on, x, y, z) -> on.kernels().reduceRows(Reduction.SUM, on.view(x), on.view(z)));
    checksum(
        "reduceLanes",
        new Shape(SHAPE.rows(), 1),
        (on, x, y, z) -> on.kernels().reduceLanes(Reduction.SUM, on.view(x), on.view(z)));
    var draw = new Draw(new Philox(1, 2), 0, SHAPE.lanes(), 0, 0);
    checksum("uniform", SHAPE, (on, x, y, z) -> on.kernels().uniform(draw, on.view(z)));
    checksum("normal", SHAPE, (on, x, y, z) -> on.kernels().normal(draw, on.view(z)));
    checksum("adam", new Shape(1, SHAPE.lanes()), WidthContractTest::adam);
    checksum("pendulum", new Shape(3, SHAPE.lanes()), WidthContractTest::pendulum);
    motion("cartPole", 0, 4, Kernels::cartPole);
    motion("mountainCar", 0, 2, Kernels::mountainCar);
    motion("mountainCarContinuous", 0, 2, Kernels::mountainCarContinuous);
    motion("acrobot", 2, 6, Kernels::acrobot);
    checksum("endEpisodes", new Shape(4, SHAPE.lanes()), WidthContractTest::endEpisodes);
    checksum("beginEpisodes", new Shape(6, SHAPE.lanes()), WidthContractTest::beginEpisodes);
    for (Form form : Form.values()) {
      checksum(
          "gemm " + form,
          new Shape(SHAPE.rows(), SHAPE.rows()),
          (on, x, y, z) ->
              on.kernels()
                  .gemm(
                      new Gemm(
                          on.view(x),
                          on.view(y).flipped(),
                          on.view(z),
                          on.view(z),
                          Epilogue.NONE,
                          on.view(z),
                          form)));
    }
    assertThat(checksums).isEqualTo(EXPECTED);
  }

  private interface Kernel {
    /** Reads x and y, of 7 rows and 203 lanes, and writes z. */
    Call bind(Trial.Side on, Operand x, Operand y, Operand z);
  }

  private void checksum(String name, Shape result, Kernel kernel) {
    try (var trial = new Trial(new CpuBackend())) {
      var x = trial.inOut(SHAPE, Layout.ODD, Values.normal(SHAPE, 1));
      var y = trial.inOut(SHAPE, Layout.PADDED, Values.positive(SHAPE, 2));
      var z = trial.inOut(result, Layout.ODD, Values.normal(result, 3));
      trial.run(on -> kernel.bind(on, x, y, z));
      var bytes = ByteBuffer.allocate(result.size() * Float.BYTES);
      bytes.asFloatBuffer().put(trial.values(z));
      var checksum = new CRC32();
      checksum.update(bytes);
      checksums.put(name, checksum.getValue());
    }
  }

  private static Call adam(Trial.Side on, Operand x, Operand y, Operand z) {
    View m = on.view(x).rows(0, 1), g = on.view(x).rows(1, 2), v = on.view(y).rows(0, 1);
    View t = on.view(y).rows(2, 3).lanes(0, 1), alpha = on.view(y).rows(3, 4).lanes(0, 1);
    return on.kernels()
        .adam(new Kernels.Adam(on.view(z), g, m, v, t, alpha, 0.9, 0.999, 1e-8, 0.01));
  }

  private static Call pendulum(Trial.Side on, Operand x, Operand y, Operand z) {
    View in = on.view(x), angle = in.rows(0, 1), action = in.rows(1, 2), seen = in.rows(2, 5);
    return on.kernels()
        .pendulum(new Kernels.Pendulum(angle, action, seen, on.view(z), on.view(y).rows(0, 1)));
  }

  private interface MotionKernel {
    Call bind(Kernels kernels, Kernels.Motion motion);
  }

  /** The result's first rows are the final observation, the last two reward and terminated. */
  private void motion(String name, int hidden, int observed, MotionKernel kernel) {
    checksum(
        name,
        new Shape(observed + 2, SHAPE.lanes()),
        (on, x, y, z) ->
            kernel.bind(
                on.kernels(),
                new Kernels.Motion(
                    on.view(y).rows(1, 1 + hidden),
                    on.view(y).rows(0, 1),
                    on.view(x).rows(0, observed),
                    on.view(z).rows(0, observed),
                    on.view(z).rows(observed, observed + 1),
                    on.view(z).rows(observed + 1, observed + 2))));
  }

  /** Episodes end where x's third row is not 0 or the length in z's last row, +1, passes 1. */
  private static Call endEpisodes(Trial.Side on, Operand x, Operand y, Operand z) {
    View in = on.view(x), scratch = on.view(y), out = on.view(z);
    var terminated = in.rows(2, 3);
    var flags = on.kernels().zip(Binary.GREATER, in.rows(3, 4), scratch.rows(0, 1), terminated);
    var end =
        on.kernels()
            .endEpisodes(
                new Kernels.EpisodeEnds(
                    in.rows(1, 2),
                    terminated,
                    scratch.rows(2, 3),
                    false,
                    out.rows(2, 3),
                    out.rows(3, 4),
                    out.rows(0, 1),
                    scratch.rows(3, 4),
                    out.rows(1, 2),
                    scratch.rows(4, 5).lanes(0, 1),
                    1));
    return () -> {
      flags.run();
      end.run();
    };
  }

  private static Call beginEpisodes(Trial.Side on, Operand x, Operand y, Operand z) {
    View where = on.view(x).rows(0, 1), count = on.view(y).rows(0, 1).lanes(0, 1);
    int lanes = where.lanes();
    for (int k = 0; k < lanes; k++) {
      on.backend.set(where.at(0, k), k);
    }
    on.backend.set(count.address(), lanes - 3);
    var any = new Kernels.Interval(-3, 2);
    return on.kernels()
        .beginEpisodes(
            new Kernels.EpisodeStarts(
                new Philox(5, 6),
                0,
                where,
                count,
                List.of(any, any, any),
                on.view(z).rows(0, 3),
                on.view(z).rows(3, 6),
                List.of(
                    new Kernels.Feature(Kernels.Feature.Of.COSINE, 0),
                    new Kernels.Feature(Kernels.Feature.Of.SINE, 1),
                    new Kernels.Feature(Kernels.Feature.Of.VALUE, 2))));
  }
}
