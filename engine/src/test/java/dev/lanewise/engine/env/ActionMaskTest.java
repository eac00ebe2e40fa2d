package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Philox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Environments that forbid some choices for now. */
class ActionMaskTest {
  private Device device;
  private final List<Pile> made = new ArrayList<>();

  @BeforeEach
  void open() {
    device = Device.cpu(1);
  }

  @AfterEach
  void close() {
    device.verifyGuards();
    device.close();
  }

  /**
   * A pile of 2 to 9 stones (from the seed), of which 1, 2 or 3 are taken, no more than there are,
   * and put left or right, but twice to the same side only from the last three.
   */
  private static class Pile implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of(
                "Pile-v0",
                Space.Box.of(2, -1, 10),
                new Space.MultiDiscrete(new int[] {3, 2}, new int[] {1, 0}),
                20)
            .withActionMask();

    int stones;
    int side;
    private final boolean[] allowed = new boolean[5];

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      stones = 2 + Math.floorMod(seed, 8);
      side = -1;
      return observation();
    }

    @Override
    public Outcome step(float[] action) {
      if (stones == 0) {
        throw new IllegalStateException("there are no stones");
      }
      if (action[0] > stones || (stones > 3 && action[1] == side)) {
        throw new IllegalArgumentException("that is not allowed");
      }
      stones -= (int) action[0];
      side = (int) action[1];
      return new Outcome(observation(), stones, stones == 0, false);
    }

    float[] observation() {
      return new float[] {stones, side};
    }

    @Override
    public boolean[] actionMask() {
      for (int k = 0; k < 3; k++) {
        allowed[k] = k < stones;
      }
      for (int k = 0; k < 2; k++) {
        allowed[3 + k] = stones <= 3 || k != side;
      }
      return allowed;
    }

    @Override
    public Optional<double[]> state() {
      return Optional.of(new double[] {stones, side});
    }

    @Override
    public void restore(double[] state) {
      stones = (int) state[0];
      side = (int) state[1];
    }
  }

  private Pile pile() {
    made.add(new Pile());
    return made.getLast();
  }

  private BatchedEnv piles(int n) {
    return BatchedEnv.of(this::pile, n, device);
  }

  private static float[] mask(BatchedEnv env) {
    return env.actionMask().orElseThrow().toArray();
  }

  private static float[] expected(List<Pile> piles) {
    var all = new float[5 * piles.size()];
    for (int i = 0; i < piles.size(); i++) {
      var flags = piles.get(i).actionMask();
      for (int k = 0; k < 5; k++) {
        all[5 * i + k] = flags[k] ? 1 : 0;
      }
    }
    return all;
  }

  @Test
  void belongsToTheObservation() {
    var env = piles(3);
    var mask = env.actionMask().orElseThrow();
    env.reset(1);
    assertThat(mask(env)).isEqualTo(expected(made));
    made.get(0).stones = 4;
    made.get(1).stones = 2;
    made.get(2).stones = 9;
    env.action().write(1, 0, 2, 1, 3, 0);
    env.setPhysicalState(1, env.physicalState(1));
    env.step();
    // 3 stones; the next episode; 6 stones, the left side just used
    assertThat(env.terminated().toArray()).containsExactly(0, 1, 0);
    assertThat(made.get(1).side).isEqualTo(-1);
    assertThat(mask(env))
        .isEqualTo(expected(made))
        .startsWith(1, 1, 1, 1, 1)
        .endsWith(1, 1, 1, 0, 1);
    env.truncate(2);
    assertThat(mask(env)).isEqualTo(expected(made)).endsWith(1, 1);
    assertThat(env.actionMask()).containsSame(mask);
  }

  @Test
  void playedWithinItNothingForbiddenHappens() {
    var env = piles(5);
    var random = new Philox(3, 0);
    env.reset(2);
    int ends = 0;
    for (int t = 0; t < 500; t++) {
      for (int i = 0; i < 5; i++) {
        env.action().writeRow(i, env.sampleAction(i, random));
      }
      env.step();
      ends += (int) env.terminated().get(0, 0);
    }
    assertThat(ends).isGreaterThan(50);
    assertThat(EnvChecker.check(Pile::new, 3, 500)).isEmpty();
    assertThat(BatchChecker.check((where, n) -> piles(n), device, 3, 100)).isEmpty();
  }

  @Test
  void manySeedsArePlayedWithinIt() {
    assertThat(
            BatchChecker.checkSeeds(
                (where, n) -> BatchedEnv.of(this::pile, n, where), device, 1, 5, 500, k -> {}))
        .isEmpty();
  }

  @Test
  void whatIsForbiddenIsRefusedAndNothingMoves() {
    var env = piles(3);
    env.reset(1);
    made.forEach(pile -> pile.stones = 2);
    for (int i = 0; i < 3; i++) {
      env.setPhysicalState(i, env.physicalState(i));
    }
    env.action().write(1, 0, 2, 1, 3, 1);
    assertThatThrownBy(env::step)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the action of Pile-v0, environment 2, column 0, is 3, which its mask forbids");
    assertThat(made).allMatch(pile -> pile.stones == 2);
    env.action().write(1, 0, 2, 1, 4, 1);
    assertThatThrownBy(env::step).hasMessageContaining("column 0, is 4.0; MultiDiscrete");
  }

  @Test
  void aDrawIsUniformOfWhatIsAllowed() {
    var random = new Philox(9, 0);
    var action = new float[2];
    var counts = new int[4][2];
    int n = 6000;
    for (int k = 0; k < n; k++) {
      ActionMask.of(Pile.SPEC.actionSpace())
          .sample(new boolean[] {true, false, true, false, true}, random, action);
      counts[(int) action[0]][(int) action[1]]++;
    }
    assertThat(counts[1][1] + counts[3][1]).isEqualTo(n);
    // Five standard deviations
    assertThat(counts[1][1] / (double) n).isCloseTo(0.5, within(5 * 0.5 / Math.sqrt(n)));
    assertThat(random.counter()).isEqualTo(2 * n);
  }

  @Test
  void isThereAgainAfterResuming() {
    var env = piles(2);
    var resumed = piles(2);
    env.reset(4);
    made.get(0).stones = 8;
    made.get(1).stones = 7;
    env.action().write(1, 0, 2, 1);
    env.step();
    var values = new HashMap<String, float[]>();
    env.state().tensors().forEach((name, tensor) -> values.put(name, tensor.toArray()));
    resumed.reset(5);
    resumed.state().tensors().forEach((name, tensor) -> tensor.write(values.get(name)));
    resumed.restore(env.state().counters());
    assertThat(mask(resumed)).isEqualTo(mask(env)).containsExactly(1, 1, 1, 0, 1, 1, 1, 1, 1, 0);
  }

  @Test
  void wrappersPassItOn() {
    var env = new FrameStack(new TimeLimit(piles(2), 3), 4);
    env.reset(6);
    var random = new Philox(3, 0);
    for (int t = 0; t < 20; t++) {
      for (int i = 0; i < 2; i++) {
        env.action().writeRow(i, env.sampleAction(i, random));
      }
      env.step();
      assertThat(mask(env)).isEqualTo(expected(made));
    }
    assertThat(env.spec().masksActions()).isTrue();
    assertThatThrownBy(() -> new ActionRepeat(piles(2), 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Pile-v0 masks its actions; what is allowed once may not be allowed 4 times in a row");
  }

  @Test
  void onlyASpecThatSaysSoMasks() {
    var plain = EnvSpec.of("Plain-v0", Space.Box.of(2, -1, 10), Pile.SPEC.actionSpace());
    Supplier<Env> supplier =
        () ->
            new Pile() {
              @Override
              public EnvSpec spec() {
                return plain;
              }

              @Override
              public boolean[] actionMask() {
                throw new AssertionError("nobody asks");
              }
            };
    var env = BatchedEnv.of(supplier, 1, device);
    env.reset(0);
    assertThat(env.actionMask()).isEmpty();
    assertThatThrownBy(
            () -> EnvSpec.of("Box-v0", Space.Box.of(1), Space.Box.of(1, 0, 1)).withActionMask())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Box-v0: a mask forbids choices of discrete actions, not of Box(0.0, 1.0, (1,),"
                + " float32)");
    var columns = Columns.of(Pile.SPEC, device, 2);
    assertThatThrownBy(() -> new ColumnEnv(columns, new Still(columns)))
        .hasMessage("Pile-v0: its spec and its dynamics do not agree on whether it masks actions");
  }

  /** Says nothing about masks. */
  private static final class Still extends HostDynamics {
    Still(Columns columns) {
      super(columns, i -> i, 0);
    }

    @Override
    public boolean cutsItself() {
      return false;
    }

    @Override
    Mover mover() {
      throw new AssertionError("nothing moves");
    }
  }

  /** A pile that answers with this once there are fewer than five stones. */
  private static Supplier<Env> answering(boolean[] flags) {
    return () ->
        new Pile() {
          @Override
          public boolean[] actionMask() {
            return stones < 5 ? flags : super.actionMask();
          }
        };
  }

  @Test
  void wrongMasksNameTheEnvironmentAndTheStep() {
    var faults =
        List.of(
            "the action mask forbids all 2 choices of column 1",
            "the action mask has 3 flags, but MultiDiscrete([3 2], start=[1 0]) has 5 choices",
            "the action mask is null");
    var wrong = new boolean[][] {{true, true, false, false, false}, {true, true, true}, null};
    for (int k = 0; k < wrong.length; k++) {
      var supplier = answering(wrong[k]);
      var env = BatchedEnv.of(supplier, 1, device);
      assertThatThrownBy(
              () -> {
                env.reset(3);
                env.setPhysicalState(0, Map.of("state", new double[] {7, -1}));
                env.action().write(1, 0);
                env.step();
                env.action().write(2, 1);
                env.step();
              })
          .isInstanceOf(EnvException.class)
          .hasMessage("Pile-v0, environment 0, step 2: " + faults.get(k));
      assertThat(EnvChecker.check(supplier, 3, 100))
          .singleElement()
          .matches(EnvChecker.Finding::violation)
          .extracting(EnvChecker.Finding::sentence)
          .asString()
          .contains(" of the episode with seed ")
          .endsWith(faults.get(k));
    }
  }

  @Test
  void masksThatAreNotOfTheStateAreFound() {
    Supplier<Env> forgetful =
        () ->
            new Pile() {
              private boolean restored;

              @Override
              public void restore(double[] state) {
                super.restore(state);
                restored = true;
              }

              @Override
              public boolean[] actionMask() {
                return restored
                    ? new boolean[] {true, false, false, true, false}
                    : super.actionMask();
              }
            };
    assertThat(EnvChecker.check(forgetful, 2, 100))
        .singleElement()
        .extracting(EnvChecker.Finding::sentence)
        .isEqualTo(
            "an instance that took over a state() has another action mask than the one that gave"
                + " it");
    Supplier<Env> silent =
        () ->
            new Env() {
              @Override
              public EnvSpec spec() {
                return Pile.SPEC;
              }

              @Override
              public float[] reset(long seed) {
                return new float[2];
              }

              @Override
              public Outcome step(float[] action) {
                return new Outcome(new float[2], 0, true, false);
              }
            };
    assertThat(EnvChecker.check(silent, 3, 100))
        .singleElement()
        .extracting(EnvChecker.Finding::sentence)
        .asString()
        .endsWith("Pile-v0 masks its actions by its spec, but not which; override Env.actionMask");
  }
}
