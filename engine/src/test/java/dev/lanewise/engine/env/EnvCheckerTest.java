package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EnvCheckerTest {

  /** A sound random walk in [-5, 5], which terminates at the edges; subclasses break it. */
  private static class Walk implements Env {
    static final EnvSpec SPEC =
        EnvSpec.of("Walk-v0", Space.Box.of(1, -5, 5), Space.Box.of(1, -1, 1));

    SplittableRandom random;
    float at;

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      random = new SplittableRandom(seed);
      at = (float) random.nextDouble(-1, 1);
      return observation();
    }

    @Override
    public Outcome step(float[] action) {
      if (isOver()) {
        throw new IllegalStateException("the episode is over");
      }
      at = Math.clamp(at + Math.clamp(action[0], -1, 1) + (float) random.nextDouble(0.1), -5, 5);
      return new Outcome(observation(), -at * at, isOver(), false);
    }

    boolean isOver() {
      return Math.abs(at) == 5;
    }

    float[] observation() {
      return new float[] {at};
    }
  }

  private static void finds(Supplier<Env> supplier, boolean violation, String... parts) {
    var findings = EnvChecker.check(supplier, 7, 200);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().sentence()).contains(parts);
    assertThat(findings.getFirst().violation()).isEqualTo(violation);
  }

  private static void violates(Supplier<Env> supplier, String... parts) {
    finds(supplier, true, parts);
  }

  @Test
  void aSoundEnvironmentHasNoFindings() {
    assertThat(EnvChecker.check(Walk::new, 7, 1000)).isEmpty();
  }

  @Test
  void wrongObservations() {
    violates(
        () ->
            new Walk() {
              @Override
              float[] observation() {
                return new float[3];
              }
            },
        "reset with seed 7: the observation has 3 numbers, but Box(-5.0, 5.0, (1,), float32) has"
            + " 1");
    violates(
        () ->
            new Walk() {
              @Override
              float[] observation() {
                return null;
              }
            },
        "reset with seed 7: the observation is null");
    violates(
        () ->
            new Walk() {
              @Override
              float[] observation() {
                return new float[] {at > 1.5 ? Float.NaN : at};
              }
            },
        "of the episode with seed ",
        "number 0 of the observation is NaN, not finite");
    violates(
        () ->
            new Walk() {
              @Override
              float[] observation() {
                return new float[] {2 * at};
              }
            },
        ": number 0 of the observation, ",
        "is not in the observation space Box(-5.0, 5.0, (1,), float32)");
  }

  @Test
  void wrongOutcomes() {
    violates(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                return new Outcome(observation(), Double.POSITIVE_INFINITY, false, false);
              }
            },
        "step 1 of the episode with seed 7, action [",
        "the reward is Infinity, not a finite float");
    violates(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                return new Outcome(observation(), 1e300, false, false);
              }
            },
        "the reward is 1.0E300, not a finite float");
    violates(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                return null;
              }
            },
        "the outcome is null");
  }

  @Test
  void exceptionsAreNamedWithSeedAndStep() {
    violates(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                if (Math.abs(action[0]) > 1) {
                  throw new IllegalArgumentException("what an action!");
                }
                return super.step(action);
              }
            },
        "of the episode with seed ",
        "threw java.lang.IllegalArgumentException: what an action!");
    violates(
        () -> {
          throw new IllegalStateException("no licence");
        },
        "making an instance threw java.lang.IllegalStateException: no licence");
    violates(() -> null, "making an instance gave null");
    violates(
        () ->
            new Walk() {
              @Override
              public EnvSpec spec() {
                return null;
              }
            },
        "spec() is null");
  }

  private static <E extends Throwable> void sneak(Throwable e) throws E {
    @SuppressWarnings("unchecked")
    var unchecked = (E) e;
    throw unchecked;
  }

  @Test
  void whateverIsThrownIsAFinding() {
    violates(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                return step(action);
              }
            },
        "step 1 of the episode",
        "threw java.lang.StackOverflowError");
    violates(
        () ->
            new Walk() {
              @Override
              public float[] reset(long seed) {
                EnvCheckerTest.<RuntimeException>sneak(new IOException("disk"));
                return null;
              }
            },
        "reset with seed 7 threw java.io.IOException: disk");
    violates(
        () ->
            new Walk() {
              @Override
              public void close() {
                if (at > -9) {
                  throw new IllegalStateException("busy");
                }
              }
            },
        "close() threw java.lang.IllegalStateException: busy");
  }

  /** The first step waits until somebody is told that it does. */
  @Test
  void aCallThatDoesNotReturnIsTold() {
    var told = new CountDownLatch(1);
    var sentences = new ArrayList<String>();
    Supplier<Env> slow =
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                try {
                  assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return super.step(action);
              }
            };
    var findings =
        EnvChecker.check(
            slow,
            7,
            20,
            Duration.ofSeconds(1),
            sentence -> {
              sentences.add(sentence);
              told.countDown();
            });
    assertThat(findings).isEmpty();
    assertThat(sentences.getFirst())
        .startsWith("step 1 of the episode with seed 7, action [")
        .endsWith("has not returned for 1 s; is there an endless loop?");
  }

  @Test
  void allThatIsOpenedIsClosed() {
    var opened = new ArrayList<String>();
    Supplier<Env> sound =
        () -> {
          opened.add("+");
          return new Walk() {
            @Override
            public void close() {
              opened.add("-");
            }
          };
        };
    assertThat(EnvChecker.check(sound, 7, 200)).isEmpty();
    assertThat(opened.stream().filter("+"::equals).count())
        .isGreaterThan(3)
        .isEqualTo(opened.stream().filter("-"::equals).count());
  }

  @Test
  void randomnessThatIsNotTheSeeds() {
    var global = new SplittableRandom(1);
    violates(
        () ->
            new Walk() {
              @Override
              public float[] reset(long seed) {
                return super.reset(global.nextLong());
              }
            },
        "two instances differ, at step 0 of the episode with seed 7",
        "draw everything random from reset's seed");
  }

  @Test
  void resetsThatForgetSomething() {
    violates(
        () ->
            new Walk() {
              @Override
              public float[] reset(long seed) {
                if (random == null) {
                  random = new SplittableRandom(seed);
                }
                at = (float) random.nextDouble(-1, 1);
                return observation();
              }
            },
        "an instance that was used before differs from a new one",
        "let reset put back everything");
  }

  @Test
  void actionsThatAreKept() {
    violates(
        () ->
            new Walk() {
              private float[] before = {0};

              @Override
              public float[] reset(long seed) {
                before = new float[1];
                return super.reset(seed);
              }

              @Override
              public Outcome step(float[] action) {
                var outcome = super.step(new float[] {Float.isNaN(before[0]) ? 1 : before[0]});
                before = action;
                return outcome;
              }
            },
        "it changes when the caller's action array does",
        "copy the action to keep it");
  }

  @Test
  void instancesThatShareSomething() {
    var shared = new float[1];
    violates(
        () ->
            new Walk() {
              @Override
              public float[] reset(long seed) {
                super.reset(seed);
                shared[0] = at;
                return observation();
              }

              @Override
              public Outcome step(float[] action) {
                at = shared[0];
                var outcome = super.step(action);
                shared[0] = at;
                return outcome;
              }

              @Override
              boolean isOver() {
                return at == 5;
              }
            },
        "while another instance is played in turn, ",
        "of the episode with seed ");
  }

  @Test
  void statesThatAreNotAll() {
    violates(
        () ->
            new Walk() {
              @Override
              public Optional<double[]> state() {
                return Optional.of(new double[] {at});
              }

              @Override
              public void restore(double[] state) {
                reset(1);
                at = (float) state[0];
              }
            },
        "an instance that took over a state() differs from the one that gave it");
    violates(
        () ->
            new Walk() {
              @Override
              public Optional<double[]> state() {
                return Optional.of(new double[] {at});
              }
            },
        "restore of a state() threw java.lang.UnsupportedOperationException: Walk-v0 gives its");
    violates(
        () ->
            new Walk() {
              private final double[] state = new double[1];

              @Override
              public Outcome step(float[] action) {
                at = Math.clamp(at + Math.clamp(action[0], -1, 1), -5, 5);
                state[0] = at;
                return new Outcome(observation(), 0, isOver(), false);
              }

              @Override
              public Optional<double[]> state() {
                return Optional.of(state);
              }

              @Override
              public void restore(double[] saved) {
                at = (float) saved[0];
              }
            },
        "the array of state() changes afterwards; give away a copy");
  }

  @Test
  void specsThatDiffer() {
    var sizes = new int[1];
    violates(
        () -> {
          int limit = ++sizes[0];
          return new Walk() {
            @Override
            public EnvSpec spec() {
              return SPEC.withMaxEpisodeSteps(limit);
            }
          };
        },
        "spec() is not the same for every instance");
  }

  @Test
  void aSpecThatChanges() {
    violates(
        () ->
            new Walk() {
              private int calls;

              @Override
              public EnvSpec spec() {
                return SPEC.withMaxEpisodeSteps(++calls);
              }
            },
        "spec() is not the same at every call");
  }

  /** Whatever was looked at before. */
  @Test
  void aCloseThatThrowsIsToldAsSuch() {
    int[] made = {0};
    var findings =
        EnvChecker.check(
            () -> {
              int number = ++made[0];
              return new Walk() {
                @Override
                float[] observation() {
                  // the fifth is the first that is played in turn with another
                  return new float[] {number == 5 ? Float.NaN : at};
                }

                @Override
                public void close() {
                  throw new IllegalStateException("busy");
                }
              };
            },
            7,
            50);
    assertThat(findings)
        .extracting(EnvChecker.Finding::sentence)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("while another instance is played in turn, "),
            second -> assertThat(second).startsWith("close() threw"));
  }

  @Test
  void endlessEpisodesAreSuspicious() {
    Supplier<Env> endless =
        () ->
            new Walk() {
              @Override
              boolean isOver() {
                return false;
              }
            };
    finds(endless, false, "did not end within 100000 random steps", "maxEpisodeSteps");
    Supplier<Env> limited =
        () ->
            new Walk() {
              @Override
              public EnvSpec spec() {
                return SPEC.withMaxEpisodeSteps(50);
              }

              @Override
              boolean isOver() {
                return false;
              }
            };
    assertThat(EnvChecker.check(limited, 7, 200)).isEmpty();
  }

  @Test
  void playingOnAfterTheEndIsSuspicious() {
    finds(
        () ->
            new Walk() {
              @Override
              public Outcome step(float[] action) {
                boolean over = isOver();
                at = over ? 0 : at;
                return super.step(action);
              }
            },
        false,
        "stepped once more after it terminated");
  }

  @Test
  void registeredEnvironmentsAreSound() {
    try (var device = Device.cpu(1)) {
      for (var id : Environments.ids()) {
        var findings =
            BatchChecker.check((where, n) -> Environments.make(id, where, n), device, 3, 450);
        assertThat(findings).as(id).noneMatch(EnvChecker.Finding::violation);
      }
    }
  }

  private static List<EnvChecker.Finding> batches(Supplier<Env> supplier) {
    try (var device = Device.cpu(1)) {
      return BatchChecker.check((where, n) -> BatchedEnv.of(supplier, n, where), device, 3, 100);
    }
  }

  @Test
  void batchesThatAreNot() {
    assertThat(batches(Walk::new)).isEmpty();
    var global = new SplittableRandom(1);
    assertThat(
            batches(
                () ->
                    new Walk() {
                      @Override
                      public float[] reset(long seed) {
                        return super.reset(global.nextLong());
                      }
                    }))
        .containsExactly(
            new EnvChecker.Finding(true, "two batches differ, at step 0 after reset with seed 3"));
    assertThat(
            batches(
                () ->
                    new Walk() {
                      @Override
                      float[] observation() {
                        return new float[] {at + 6};
                      }
                    }))
        .singleElement()
        .matches(f -> f.violation() && f.sentence().contains("is not in Box(-5.0, 5.0"));
    assertThat(
            batches(
                () ->
                    new Walk() {
                      @Override
                      public Outcome step(float[] action) {
                        throw new IllegalStateException("tired");
                      }
                    }))
        .containsExactly(
            new EnvChecker.Finding(
                true,
                "seed 3: Walk-v0, environment 0, step 1: step threw"
                    + " java.lang.IllegalStateException: tired"));
  }

  @Test
  void everySeedOfEveryEnvironmentStaysFiniteAndWithinItsSpaces() {
    try (var device = Device.cpu(1)) {
      for (var id : Environments.ids()) {
        if (Environments.missing(id).isPresent()) {
          System.out.println(id + " is left out: " + Environments.missing(id).get());
          continue;
        }
        var played = new ArrayList<Integer>();
        assertThat(
                BatchChecker.checkSeeds(
                    (where, n) -> Environments.make(id, where, n), device, 1, 3, 400, played::add))
            .as(id)
            .isEmpty();
        assertThat(played).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void cornersAreStayedIn() {
    Supplier<Env> cornered =
        () ->
            new Walk() {
              int steps;

              @Override
              public Outcome step(float[] action) {
                steps = Math.abs(action[0]) == 1 ? steps + 1 : 0;
                at = steps == 15 ? 9 : 0;
                return new Outcome(observation(), 0, false, false);
              }
            };
    try (var device = Device.cpu(1)) {
      assertThat(
              BatchChecker.checkSeeds(
                  (where, n) -> BatchedEnv.of(cornered, n, where), device, 5, 3, 200, k -> {}))
          .containsExactly(
              new EnvChecker.Finding(
                  true,
                  "environment 0, step 94 after reset with seed 5: the observation [9.0] is not in"
                      + " Box(-5.0, 5.0, (1,), float32)"));
    }
  }

  /** Columns of its own, of which environment i depends on the number of environments. */
  @Test
  void batchesThatDependOnTheirSize() {
    Environments.Factory factory =
        (device, n) -> {
          var columns = Columns.of(Walk.SPEC, device, n);
          return new ColumnEnv(
              columns,
              new HostDynamics(columns, i -> i, 0) {
                @Override
                public boolean cutsItself() {
                  return false;
                }

                @Override
                Mover mover() {
                  return new Mover() {
                    @Override
                    public void step(int i, long clock) {
                      columns.reward().set(i, 0, n);
                    }

                    @Override
                    public void begin(int i, long clock, Philox random, Tensor observation) {
                      observation.set(i, 0, 0);
                    }
                  };
                }
              });
        };
    try (var device = Device.cpu(1)) {
      assertThat(BatchChecker.check(factory, device, 3, 20))
          .containsExactly(
              new EnvChecker.Finding(
                  true,
                  "environment 0 is another one in a batch of another size, at step 1 after reset"
                      + " with seed 3"));
    }
  }
}
