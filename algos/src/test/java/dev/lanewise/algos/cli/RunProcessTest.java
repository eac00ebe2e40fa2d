package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several runs of a benchmark in a process. */
class RunProcessTest {

  /**
   * Notes for each reset: process, number of the run's folder, steps since its class was loaded,
   * bytes in use of the slab, and threads. {@code FATE} is what befalls some of the runs in a step.
   */
  private static final String SOURCE =
      """
      import dev.lanewise.engine.env.*;
      import dev.lanewise.kernels.Slab;
      import java.nio.file.*;
      import java.util.*;
      import java.util.stream.*;

      public class NAME implements Env {
        static { BEGINNING }

        private static long played;
        private float at;

        private static int run() {
          int run = 0;
          while (Files.exists(Path.of("FOLDER", "bench", "sac-NAME-v0-" + (run + 1)))) run++;
          return run;
        }

        private static void note() {
          var threads = Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted();
          var line = "%d %d %d %d %s%n".formatted(ProcessHandle.current().pid(), run(), played,
              Slab.used(), threads.collect(Collectors.joining(",")).replace(' ', '-'));
          try {
            Files.writeString(Path.of("FOLDER", "notes"), line, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }

        public EnvSpec spec() {
          return EnvSpec.of("NAME-v0", Space.Box.of(1, -9, 9), Space.Box.of(1, -1, 1), 25);
        }

        public float[] reset(long seed) {
          note();
          if (run() == 1) System.out.println("finished");
          return new float[] {at = (float) new SplittableRandom(seed).nextDouble()};
        }

        public Outcome step(float[] action) {
          played++;
          FATE
          at = Math.clamp(at + Math.clamp(action[0], -1, 1), -9, 9);
          return new Outcome(new float[] {at}, played % 7 - at * at, false, false);
        }
      }
      """;

  @TempDir private Path folder;

  private List<String> benchmark(String out, String... more) {
    var args = new ArrayList<>(List.of("benchmark", "--out=" + folder.resolve(out)));
    args.addAll(List.of("--steps=150", "--episodes=2", "--set=net_arch=16", "--set=batch_size=16"));
    args.addAll(List.of("--set=n_eval_episodes=2", "--set=eval_freq=60"));
    args.addAll(List.of(more));
    return args;
  }

  private static Answer lanewise(List<String> args) {
    return Answer.to(args.toArray(String[]::new));
  }

  /** All of a file but its header, which says how long the run took. */
  private byte[] tensors(String file) throws IOException {
    var bytes = Files.readAllBytes(folder.resolve(file));
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Arrays.copyOfRange(bytes, Long.BYTES + (int) header, bytes.length);
  }

  private void assertSame(String run, String other) throws IOException {
    for (var file : new String[] {"/last.safetensors", "/best.safetensors"}) {
      assertThat(tensors(run + file)).hasSizeGreaterThan(100).isEqualTo(tensors(other + file));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "sac"})
  void theSecondRunOfAProcessIsTheSameAsAlone(String algorithm) throws IOException {
    var run = algorithm + "-CartPole-v1-2";
    for (var seeds : new String[] {"1,2", "2,"}) {
      var args = benchmark(seeds, "--algo=" + algorithm, "--env=CartPole-v1", "--seeds=" + seeds);
      args.addAll(List.of("--steps=700", "--jobs=1", "--set=learning_starts=100"));
      args.remove("--steps=150");
      if (algorithm.equals("ppo")) {
        args.remove("--set=learning_starts=100");
      }
      lanewise(args).assertDone();
    }
    assertSame("1,2/" + run, "2,/" + run);
  }

  // --- with a class of a user's own

  private record Note(long pid, int run, long played, long slab, String threads) {
    static Note of(String line) {
      var parts = line.split(" ");
      return new Note(
          Long.parseLong(parts[0]),
          Integer.parseInt(parts[1]),
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]),
          parts[4]);
    }
  }

  /** What the runs' processes noted: of each the first that it noted when its folder was there. */
  private List<Note> notes() throws IOException {
    var first = new TreeMap<Integer, Note>();
    for (var line : Files.readAllLines(folder.resolve("notes"))) {
      var note = Note.of(line);
      if (note.run > 0 && note.pid != ProcessHandle.current().pid()) {
        first.putIfAbsent(note.run, note);
      }
    }
    return List.copyOf(first.values());
  }

  private List<String> benchmarkOf(String name, String beginning, String fate, String... more)
      throws IOException {
    UserClass.compile(
        folder,
        name,
        SOURCE
            .replace("NAME", name)
            .replace("BEGINNING", beginning)
            .replace("FATE", fate)
            .replace("FOLDER", folder.toString()));
    var args = benchmark("bench", "--algo=sac", "--env=" + name, "--class-path=" + folder);
    args.addAll(List.of("--jobs=1", "--set=learning_starts=20", "--set=buffer_size=500"));
    args.addAll(List.of(more));
    return args;
  }

  @Test
  void whatARunTookIsGivenBackBeforeTheNext() throws IOException {
    // Java loads it into no second class while the first is there.
    var library = System.mapLibraryName("prefs");
    var beginning = "System.load(System.getProperty(\"java.home\") + \"/lib/%s\");";
    lanewise(benchmarkOf("Noting", beginning.formatted(library), "", "--seeds=4")).assertDone();
    var notes = notes();
    assertThat(notes).hasSize(4);
    assertThat(notes).extracting(Note::pid).containsOnly(notes.getFirst().pid);
    assertThat(notes).extracting(Note::played).containsOnly(notes.getFirst().played);
    // The first run leaves the scratch of products and the threads of Java's own drawing.
    assertThat(notes.subList(1, 4)).extracting(Note::slab).containsOnly(notes.get(1).slab);
    assertThat(notes.subList(1, 4)).extracting(Note::threads).containsOnly(notes.get(1).threads);
  }

  @Test
  void aRunThatFailsTakesNoOtherAlong() throws IOException {
    var fate =
        """
        if (played > 90) {
          switch (run()) {
            case 2 -> throw new IllegalStateException("a wall");
            case 3 -> {
              return new Outcome(new float[] {at}, 1e30, false, false);
            }
            case 4 -> at = new long[Integer.MAX_VALUE].length;
            case 5 -> {
              try {
                new ProcessBuilder("kill", "-KILL", "" + ProcessHandle.current().pid())
                    .start()
                    .waitFor();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }
            default -> {}
          }
        }
        """;
    var args = benchmarkOf("Failing", "", fate, "--seeds=7");
    var answer = lanewise(args);
    assertThat(answer.code()).isEqualTo(1);
    var run = "failed    sac-Failing-v0-%d: ";
    assertThat(answer.out().lines().filter(line -> line.startsWith("failed ")))
        .satisfiesExactly(
            second -> assertThat(second).startsWith(run.formatted(2)).contains("a wall"),
            third -> assertThat(third).startsWith(run.formatted(3)).contains("critic_loss is"),
            fourth -> assertThat(fourth).startsWith(run.formatted(4) + "Java's heap is too"),
            fifth -> assertThat(fifth).isEqualTo(run.formatted(5) + "it ended with exit code 137"));
    assertThat(answer.err())
        .startsWith("lanewise: 4 of 7 runs failed: sac-Failing-v0-2, sac-Failing-v0-3,")
        .endsWith("sac-Failing-v0-5; the same command tries them again%n".formatted());
    var processes = notes().stream().map(Note::pid).toList();
    assertThat(processes.stream().distinct().map(pid -> Collections.frequency(processes, pid)))
        .containsExactly(2, 1, 1, 1, 2);
    var results = Files.readAllLines(folder.resolve("bench/results.csv"));
    assertThat(results.stream().map(line -> line.split(",")[2]))
        .containsExactly("seed", "1", "6", "7");
  }

  // --- the pipes

  @Test
  void argumentsArriveAsTheyAre() throws IOException {
    try (var process = new RunProcess()) {
      var odd = "ä+%20 &  b";
      assertThat(process.train(List.of("train", "", "--env", odd), step -> {}))
          .hasValueSatisfying(said -> assertThat(said).startsWith("name an algorithm"));
      assertThat(process.train(List.of("train", "sac", "--env", odd), step -> {}))
          .hasValueSatisfying(said -> assertThat(said).startsWith("unknown environment '" + odd));
    }
  }

  /** Not one of them stays behind when the benchmark is killed. */
  @Test
  void withoutABenchmarkItEnds() throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classes = System.getProperty("java.class.path");
    var process = new ProcessBuilder(java, "-cp", classes, RunProcess.class.getName()).start();
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
