package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with classes of a user's own. */
class OwnEnvTest {
  private static final String WALK =
      """
      import dev.lanewise.engine.env.*;
      import java.util.*;

      public class Walk implements Env {
        private double at;

        public EnvSpec spec() {
          return EnvSpec.of("Walk-v0", Space.Box.of(1, -9, 9), Space.Box.of(1, -1, 1), 50);
        }

        public float[] reset(long seed) {
          at = new SplittableRandom(seed).nextDouble();
          return new float[] {(float) at};
        }

        public Outcome step(float[] action) {
          at = Math.clamp(at + Math.clamp(action[0], -1, 1), -BOUND, BOUND);
          return new Outcome(new float[] {(float) at}, -at * at, false, false);
        }

        public Optional<double[]> state() {
          return Optional.of(new double[] {at});
        }

        public void restore(double[] state) {
          at = state[0];
        }
      }
      """;

  @TempDir private Path folder;

  private void compile(String name, String source) throws IOException {
    UserClass.compile(folder, name, source);
  }

  private Answer check(String name) {
    return Answer.to("check-env", name, "--class-path", folder.toString());
  }

  @Test
  void aSoundOneOfAFolderOrAJar() throws IOException {
    compile("Walk", WALK.replace("BOUND", "9"));
    assertThat(check("Walk").assertDone().out())
        .isEqualToNormalizingNewlines("fine      Walk: no violation in 1000 steps, seed 1\n");
    var jar = folder.resolve("walk.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Walk.class"));
      Files.copy(folder.resolve("Walk.class"), out);
    }
    Files.delete(folder.resolve("Walk.class"));
    Answer.to(
            "check-env Walk --steps 100 --seed 8 --class-path %s --class-path %s"
                .formatted(folder, jar)
                .split(" "))
        .assertDone();
    check("Walk").assertOneSentence(2, "there is no class Walk in " + folder);
  }

  @Test
  void aViolationIsNamed() throws IOException {
    compile("Walk", WALK.replace("BOUND", "99"));
    var answer = check("Walk");
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out())
        .startsWith("violation step ")
        .contains("is not in the observation space Box(-9.0, 9.0, (1,), float32)");
    compile("Walk", WALK.replace("BOUND", "9").replace(", 50)", ")"));
    assertThat(check("Walk").assertDone().out())
        .startsWith("warning   the episode with seed 1 did not end within 100000 random steps");
  }

  @Test
  void registeredOnesAreCheckedToo() {
    assertThat(Answer.to("check-env", "Pendulum-v1", "--steps", "300").assertDone().out())
        .startsWith("fine      Pendulum-v1");
  }

  @Test
  void classesThatAreNoEnvironments() throws IOException {
    Answer.to("check-env", "Pendulum-v0")
        .assertOneSentence(2, "did you mean Pendulum-v1?", "--class-path");
    Answer.to("check-env", "Walk", "--class-path", "no/such/folder")
        .assertOneSentence(2, "--class-path no/such/folder: there is no such folder or jar");
    check("java.lang.String")
        .assertOneSentence(2, "String is no environment", "implement dev.lane");
    compile(
        "Hidden",
        WALK.replace("BOUND", "9")
            .replace("Walk", "Hidden")
            .replace("  private double at;", "  private double at;\n  Hidden(int size) {}"));
    check("Hidden").assertOneSentence(2, "Hidden has no public constructor without arguments");
    compile(
        "Angry",
        WALK.replace("BOUND", "9")
            .replace("Walk", "Angry")
            .replace(
                "  private double at;",
                "  private double at;\n"
                    + "  public Angry() { throw new IllegalStateException(\"no\"); }"));
    assertThat(check("Angry").out())
        .contains("the constructor of Angry threw java.lang.IllegalStateException: no");
    Files.write(folder.resolve("Broken.class"), new byte[] {1, 2, 3});
    check("Broken").assertOneSentence(2, "Broken cannot be loaded");
    Answer.to("check-env", "Pendulum-v1", "--steps", "0")
        .assertOneSentence(2, "--steps 0 is not a number from 1 to");
    Answer.to("check-env").assertOneSentence(2, "Missing required parameter: 'ENV'");
  }

  @Test
  void manySeeds() throws IOException {
    assertThat(
            Answer.to("check-env Pendulum-v1 --seeds 200 --steps 150".split(" "))
                .assertDone()
                .out())
        .contains("progress  100 of 200 seeds")
        .endsWith(
            "fine      Pendulum-v1: finite and within its spaces for 150 steps from each of the"
                + " seeds 1 to 200%n".formatted());
    compile("Walk", WALK.replace("BOUND", "9").replace("nextDouble()", "nextDouble(8.5, 9.1)"));
    var answer = Answer.to("check-env", "Walk", "--class-path", "" + folder, "--seeds", "99");
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.out()).startsWith("violation ").contains("is not in");
  }

  // --- train, eval, watch, benchmark

  private static final String SMALL =
      "--steps 200 --set net_arch=8 --set learning_starts=20 --set batch_size=8 --workers 1"
          + " --set n_eval_episodes=2 --set buffer_size=500";

  private Answer lanewise(String command) {
    return Answer.to(command.replace("FOLDER", folder.toString()).split(" "));
  }

  /** Each under an id of its own, as an id is known to the whole process. */
  private void walk(String name) throws IOException {
    compile(name, WALK.replace("BOUND", "9").replace("Walk", name));
  }

  @Test
  void aRunFindsItsEnvironmentAgain() throws IOException {
    walk("Stroll");
    assertThat(
            lanewise("train sac --env Stroll --class-path FOLDER --out FOLDER/run " + SMALL)
                .assertDone()
                .out())
        .contains("sac on Stroll-v0, seed 1, 200 steps");
    assertThat(Files.readString(folder.resolve("run/config.json")))
        .contains("\"env\": \"Stroll-v0\"", "\"env_class\": \"Stroll\"")
        .contains("\"class_path\": \"" + folder + "\"");
    assertThat(lanewise("eval FOLDER/run").assertDone().out()).contains("sac on Stroll-v0");
    lanewise("train --resume FOLDER/run --steps 260 --workers 1").assertDone();
    lanewise("watch FOLDER/run").assertOneSentence(2, "there is no picture of Stroll-v0");
    lanewise("watch --env Stroll --class-path FOLDER --random")
        .assertOneSentence(2, "there is no picture of Stroll-v0");

    var moved = Files.createDirectory(folder.resolve("moved"));
    Files.move(folder.resolve("Stroll.class"), moved.resolve("Stroll.class"));
    for (var command : new String[] {"eval FOLDER/run", "train --resume FOLDER/run"}) {
      lanewise(command)
          .assertOneSentence(
              2,
              "Stroll-v0, the run's environment, was the class Stroll in " + folder,
              "say where it is now with --class-path");
    }
    lanewise("eval FOLDER/run --class-path FOLDER/moved").assertDone();
    assertThat(
            lanewise("train --resume FOLDER/run --steps 300 --workers 1 --class-path FOLDER/moved")
                .assertDone()
                .out())
        .contains("resumed   at step 260");
  }

  @Test
  void anIdThatIsTakenIsRefused() throws IOException {
    compile("Impostor", WALK.replace("BOUND", "9").replace("Walk", "Impostor"));
    compile(
        "Impostor",
        WALK.replace("BOUND", "9").replace("Walk-v0", "Pendulum-v1").replace("Walk", "Impostor"));
    lanewise("train sac --env Impostor --class-path FOLDER --out FOLDER/run")
        .assertOneSentence(2, "there is already an environment 'Pendulum-v1'");
    assertThat(folder.resolve("run")).doesNotExist();
    lanewise("train sac --env NoSuch --out FOLDER/run")
        .assertOneSentence(2, "unknown environment 'NoSuch'", "--class-path where it lies");
  }

  @Test
  void anErrorInItIsOneSentence() throws IOException {
    compile(
        "Endless",
        WALK.replace("BOUND", "9")
            .replaceAll("return EnvSpec.of.*", "return spec();")
            .replace("Walk", "Endless"));
    lanewise("train sac --env Endless --class-path FOLDER --out FOLDER/run")
        .assertOneSentence(1, "this should not happen: java.lang.StackOverflowError");
  }

  @Test
  void whatItThrowsEndsTheRunWithItsCheckpoint() throws IOException {
    compile(
        "Fragile",
        WALK.replace("BOUND", "9")
            .replace("Walk", "Fragile")
            .replace("public Outcome step", "int steps; public Outcome step")
            .replace(
                "at = Math.clamp", "if (++steps > 90) at = 1 / (steps / 1000); at = Math.clamp"));
    lanewise("train sac --env Fragile --class-path FOLDER --out FOLDER/run " + SMALL)
        .assertOneSentence(
            1,
            "because Fragile-v0, environment 0, step 91: step threw"
                + " java.lang.ArithmeticException: / by zero",
            "last.safetensors still holds step 0");
  }

  @Test
  void aBenchmarkOfIt() throws IOException {
    walk("Ramble");
    var command =
        "benchmark --algo sac --env Ramble --class-path FOLDER --seeds 1 --episodes 2 --jobs 1"
            + " --out FOLDER/bench --steps 100 --set net_arch=8 --set batch_size=8"
            + " --set n_eval_episodes=1";
    assertThat(lanewise(command).assertDone().out()).contains("Ramble-v0");
  }

  // --- conform

  private Answer conform(String env, String table, String... more) throws IOException {
    var file = Files.writeString(folder.resolve("recorded.csv"), table);
    var args = new ArrayList<>(List.of("conform", "--env", env));
    args.addAll(List.of("--transitions", file.toString()));
    args.addAll(List.of(more));
    return Answer.to(args.toArray(String[]::new));
  }

  private static final String PENDULUM =
      """
      state0,state1,action0,next_state0,next_state1,obs0,obs1,obs2,reward,terminated
      1.178996996647827,6.355420815513208,1.501145601272583,1.542685010473288,7.27376027650922,\
      0.02810761332511902,0.9996048808097839,7.2737603187561035,-5.431424730676541,0
      """;

  @Test
  void gymnasiumsPendulumConforms() throws IOException {
    for (var device : new String[] {"cpu", "reference"}) {
      var answer = conform("Pendulum-v1", PENDULUM, "--device", device).assertDone();
      assertThat(answer.out())
          .contains("next_state1", "obs2", "reward", "as recorded")
          .contains("conforms  1 rows on " + device + ": within the tolerance of 1.0E-4");
    }
  }

  @Test
  void aDeviationIsNamedWithItsLine() throws IOException {
    var answer = conform("Pendulum-v1", PENDULUM.replace("-5.4314", "-5.5314"));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.out())
        .containsPattern("reward +0\\.0181 +2 +-5\\.531424730676541 +-5\\.4314")
        .contains("differs   1 rows on cpu: beyond the tolerance of 1.0E-4");
    conform("Pendulum-v1", PENDULUM.replace("-5.4314", "-5.5314"), "--tolerance", "0.02")
        .assertDone();
    var flag = conform("Pendulum-v1", PENDULUM.replaceAll(",0\n$", ",1\n"));
    assertThat(flag.code()).isEqualTo(1);
    assertThat(flag.out()).contains("terminated     1 not as recorded, on line 2");
  }

  @Test
  void aBadFileIsOneSentence() throws IOException {
    conform("Pendulum-v1", PENDULUM.replace("1.178996996647827", "eleven"))
        .assertOneSentence(2, "recorded.csv, line 2, column 'state0': 'eleven' is not a finite");
    conform("Pendulum-v1", PENDULUM.replace("obs2", "obs3"))
        .assertOneSentence(2, "recorded.csv, line 1", "column 'obs3'", "did you mean");
    Answer.to("conform", "--env", "Pendulum-v1", "--transitions", "no/such.csv")
        .assertOneSentence(2, "there is no file no/such.csv");
    conform("Pendulum-v1", PENDULUM, "--tolerance", "-1")
        .assertOneSentence(2, "--tolerance -1 is not a number of 0 or more");
    conform("Pendulum-v1", PENDULUM, "--tolerance", "small")
        .assertOneSentence(2, "--tolerance small is not a number");
    conform("Pendulum-v1", PENDULUM, "--device", "refrence")
        .assertOneSentence(2, "there is no device 'refrence'; there are cpu, opencl");
    Answer.to("conform", "--env", "Pendulum-v1")
        .assertOneSentence(2, "Missing required option: '--transitions=FILE.csv'");
  }

  @Test
  void aUsersOwnConforms() throws IOException {
    compile("Walk", WALK.replace("BOUND", "9"));
    var table = "state0,action0,next_state0,obs0,reward,terminated\n1,0.5,1.5,1.5,-2.25,0\n";
    conform("Walk", table, "--class-path", folder.toString()).assertDone();
    compile("Walk", WALK.replace("BOUND", "9").replaceAll("(?s)  public Optional.*", "}\n"));
    conform("Walk", table, "--class-path", folder.toString())
        .assertOneSentence(
            2, "Walk-v0: it does not tell its state; override Env.state and Env.restore, so that");
    compile("Walk", WALK.replace("BOUND", "9").replace("-at * at", "0 / (at - at)"));
    conform("Walk", table, "--class-path", folder.toString())
        .assertOneSentence(1, "Walk-v0, environment 0, step 1: the reward is NaN");
  }

  /** All that Gymnasium recorded of Pendulum. */
  @Test
  void theGoldenFilesConform() throws IOException {
    for (var kind : new String[] {"transitions", "episodes"}) {
      var golden =
          Path.of("..", "engine", "src", "test", "resources", "golden", "gymnasium")
              .resolve("Pendulum-v1." + kind + ".csv");
      assertThat(Answer.to("conform", "--env", "Pendulum-v1", "--transitions", golden.toString()))
          .extracting(Answer::code)
          .isEqualTo(0);
    }
  }
}
