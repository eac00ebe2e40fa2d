package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.algos.MetricsFile;
import dev.lanewise.autograd.Safetensors;
import dev.lanewise.autograd.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String[] SMALL = {
    "--workers", "1", "--set", "net_arch=16,16", "--set", "learning_starts=50"
  };

  @TempDir private Path temporary;

  private static Answer lanewise(String... args) {
    return Answer.to(args);
  }

  private static Answer small(String... args) {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of(SMALL));
    return lanewise(all.toArray(String[]::new));
  }

  private Path run(String name, String... more) {
    var folder = temporary.resolve(name);
    var args =
        new ArrayList<>(
            List.of("train", "sac", "--env", "Pendulum-v1", "--out", folder.toString()));
    args.addAll(List.of(more));
    small(args.toArray(String[]::new)).assertDone();
    return folder;
  }

  // --- help

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "help",
        "train --help",
        "help train",
        "eval -h",
        "envs --help",
        "watch --help",
        "check-env --help",
        "conform --help",
        "benchmark -h"
      })
  void helps(String args) {
    var answer = lanewise(args.split(" ")).assertDone();
    assertThat(answer.out()).startsWith("Usage: lanewise").contains("--help");
    assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(lanewise("train", "--help").out())
        .contains(
            "--env", "--steps", "--seed", "--out", "--workers", "--set", "--resume", "--config");
    assertThat(lanewise("eval", "--help").out())
        .contains("--episodes", "--seed", "--json", "--last");
    assertThat(lanewise("watch", "--help").out())
        .contains("--env", "--random", "--episodes", "--seed", "--checkpoint", "--out", "--frames");
    assertThat(lanewise("check-env", "--help").out()).contains("--class-path", "--seed", "--steps");
    assertThat(lanewise("conform", "--help").out())
        .contains("--env", "--transitions", "--tolerance", "--device", "--class-path");
    assertThat(lanewise("--help").out())
        .contains("train", "eval", "watch", "envs", "check-env", "conform", "--version", "--debug");
  }

  @Test
  void saysItsVersion() {
    assertThat(lanewise("--version").assertDone().out()).startsWith("Lanewise ").contains("Java 2");
  }

  @Test
  void withoutACommandSaysHowItIsUsed() {
    var answer = lanewise();
    assertThat(answer.code()).isEqualTo(2);
    assertThat(answer.err()).startsWith("Usage: lanewise");
  }

  @Test
  void listsTheEnvironments() {
    assertThat(lanewise("envs").assertDone().out()).contains("Pendulum-v1", "at most 200 steps");
  }

  // --- mistakes

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian sac | unknown command 'trian'; did you mean train?",
        "help evel | unknown command 'evel'; did you mean eval?",
        "train sacc --env Pendulum-v1 | unknown algorithm 'sacc'; did you mean sac?",
        "train sac --env Pendulum-v0 | unknown environment 'Pendulum-v0'; did you mean"
            + " Pendulum-v1?",
        "train sac --env Pendulum-v1 --stps 5 | unknown option '--stps'; did you mean --steps?",
        "train sac --env | Missing required parameter for option '--env' (ID)",
        "train sac | name an environment with --env",
        "train --env Pendulum-v1 | name an algorithm (ddpg, ppo, sac, td3",
        "train sac td3 --env Pendulum-v1 | 'td3' is one argument too many",
        "train sac --env Pendulum-v1 --steps 0 | --steps 0 is not a whole number of steps",
        "train sac --env Pendulum-v1 --steps many | --steps many is not a whole number of steps",
        "train sac --env Pendulum-v1 --seed x | Invalid value for option '--seed'",
        "train sac --env Pendulum-v1 --workers 0 | 1 to 1024 workers, not 0",
        "train sac --env Pendulum-v1 --workers two | 'two' is not a whole number",
        "train sac --env Pendulum-v1 --set gamma | --set gamma has no name and value",
        "train sac --env Pendulum-v1 --set gama=1 | did you mean gamma?",
        "train sac --env Pendulum-v1 --set gamma=1.5 | gamma=1.5 is not a number from",
        "train sac --env Pendulum-v1 --set gamma=.9 --set gamma=.8 | gamma is set twice",
        "train sac --env Pendulum-v1 --steps 5 --set total_timesteps=6 | total_timesteps is set"
            + " twice",
        "train sac --resume runs/x | leave out 'sac'",
        "train --resume runs/x --seed 2 | leave out --seed",
        "train --resume runs/x --config a.json | leave out --config",
        "train --resume runs/x --preset none | leave out --preset",
        "train --config a.json --preset none | leave out --preset",
        "train ppo --env Pendulum-v1 --preset fujimoto2018 | unknown preset of ppo"
            + " 'fujimoto2018'; there is schulman2017, none",
        "train sac --config a.json | are those of a.json; leave out 'sac'",
        "train --config a.json --env Pendulum-v1 | leave out --env",
        "train --config a.json | there is no file a.json; name the config.json of a run",
        "train --config . | . is a folder; name the config.json of a run",
        "train --resume no/such/folder | there is no folder no/such/folder",
        "benchmark --algo sacc | unknown algorithm 'sacc'; did you mean sac?",
        "benchmark --algo sac,sac | --algo names sac twice",
        "benchmark --env Pendulum-v0 | unknown environment 'Pendulum-v0'; did you mean"
            + " Pendulum-v1?",
        "benchmark --seeds 0 | --seeds 0 is neither a number from 1",
        "benchmark --seeds 1,two | --seeds 1,two is neither a number from 1",
        "benchmark --seeds 1,1 | --seeds names 1 twice",
        "benchmark --jobs 0 | --jobs 0 is not a number from 1",
        "benchmark --episodes 0 | --episodes 0 is not a number from 1",
        "benchmark --steps 0 | --steps 0 is not a whole number of steps",
        "benchmark --algo sac --env Pendulum-v1 --set gama=1 | sac on Pendulum-v1: unknown"
            + " hyperparameter 'gama'; did you mean gamma?",
        "benchmark --algo ddpg --env CartPole-v1 | none of the algorithms fits",
        "eval | Missing required parameter: 'DIR'",
        "eval no/such/folder | there is no folder no/such/folder",
        "eval . --episodes 0 | --episodes 0 is not a number from 1",
      })
  void aMistakeIsOneSentence(String args, String sentence) {
    lanewise(args.split(" ")).assertOneSentence(2, sentence);
  }

  @Test
  void aBadRequestLeavesNothingBehind() {
    var folder = temporary.resolve("run");
    small(
            "train",
            "sac",
            "--env",
            "Pendulum-v1",
            "--out",
            folder.toString(),
            "--set",
            "batch_size=0")
        .assertOneSentence(2, "batch_size=0");
    assertThat(folder).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeMade() throws IOException {
    var file = Files.writeString(temporary.resolve("file"), "precious");
    var below = file.resolve("run").toString();
    small("train", "sac", "--env", "Pendulum-v1", "--out", below)
        .assertOneSentence(1, "cannot make the folder " + below);
    assertThat(file).hasContent("precious");
  }

  @Test
  void tooLittleMemoryForTheReplay() {
    small("train", "sac", "--env", "Big-v0", "--out", temporary.resolve("run").toString())
        .assertOneSentence(2, "unknown environment 'Big-v0'");
    BigEnv.register();
    small("train", "sac", "--env", BigEnv.ID, "--out", temporary.resolve("run").toString())
        .assertOneSentence(1, "buffer_size", "needs", "make it smaller");
  }

  @Test
  void debugShowsWhereItCameFrom() {
    var answer = lanewise("train", "sac", "--env", "Pendulum-v0", "--debug");
    assertThat(answer.code()).isEqualTo(2);
    assertThat(answer.err()).contains("did you mean Pendulum-v1?", "\tat dev.lanewise");
  }

  // --- whole runs

  @Test
  void trainsAndEvaluates() throws IOException {
    var folder = temporary.resolve("run");
    var answer =
        small(
                "train",
                "sac",
                "--env",
                "Pendulum-v1",
                "--steps",
                "300",
                "--seed",
                "5",
                "--out",
                folder.toString(),
                "--set",
                "eval_freq=100")
            .assertDone();
    assertThat(answer.out())
        .contains("sac on Pendulum-v1, seed 5, 300 steps")
        .contains("preset    for Pendulum-v1: learning_rate=1e-3")
        .contains("step 100 of 300:", "step 300 of 300:", "steps/s")
        .contains("done      at step 300")
        .contains("lanewise eval " + folder);

    var log = MetricsFile.read(folder.resolve("metrics.csv"));
    assertThat(log.get("time/total_timesteps")).containsExactly(100, 200, 300);
    assertThat(Arrays.stream(log.get("eval/mean_reward"))).allMatch(r -> r < 0 && r > -2000);
    assertThat(log.keySet())
        .contains("rollout/ep_rew_mean", "rollout/ep_len_mean", "train/actor_loss", "time/fps");
    assertThat(folder.resolve("config.json")).content().contains("\"gamma\": 0.99", "\"seed\": 5");
    var picture = ImageIO.read(folder.resolve("learning_curve.png").toFile());
    assertThat(picture.getWidth()).isGreaterThan(500);
    try (var best = Safetensors.open(folder.resolve("best.safetensors"))) {
      assertThat(best.names()).anyMatch(name -> name.startsWith("actor."));
    }
    try (var last = Safetensors.open(folder.resolve("last.safetensors"))) {
      assertThat(last.names()).anyMatch(name -> name.startsWith("actor."));
    }

    evaluates(folder);
    neverOverwrites(folder);
    refusesDamage(folder);
  }

  private static void evaluates(Path folder) {
    var json =
        lanewise("eval", folder.toString(), "--episodes", "3", "--seed", "9", "--json")
            .assertDone();
    assertThat(json.out().lines()).hasSize(1);
    assertThat(json.out())
        .matches(
            Pattern.compile(
                "\\{\"mean_reward\": -[0-9.]+, \"std_reward\": [0-9.]+, \"episodes\": 3,"
                    + " \"mean_ep_length\": 200.0, .*\"env\": \"Pendulum-v1\", \"algo\":"
                    + " \"sac\"}\\R",
                Pattern.DOTALL));
    var again =
        lanewise("eval", folder.toString(), "--episodes", "3", "--seed", "9", "--workers", "1");
    assertThat(again.assertDone().out()).contains("± ").contains("over 3 episodes");
    var last = lanewise("eval", folder.toString(), "--last", "--json", "--episodes", "3");
    assertThat(last.assertDone().out()).contains("\"episodes\": 3");
  }

  private static void neverOverwrites(Path folder) {
    small("train", "sac", "--env", "Pendulum-v1", "--out", folder.toString())
        .assertOneSentence(2, folder + " holds a run already", "--resume " + folder);
  }

  private static void refusesDamage(Path folder) throws IOException {
    var last = folder.resolve("last.safetensors");
    var bytes = Files.readAllBytes(last);
    Files.write(last, Arrays.copyOf(bytes, bytes.length / 2));
    lanewise("train", "--resume", folder.toString())
        .assertOneSentence(
            1, last + " is cut off", "best policy so far is still in", "best.safetensors");
    new SafetensorsWriter().add("actor.0.weight", List.of(1), 1f).write(last);
    lanewise("train", "--resume", folder.toString())
        .assertOneSentence(1, last + " is not a checkpoint of Lanewise");
    lanewise("eval", folder.toString(), "--last")
        .assertOneSentence(1, last + " is not a checkpoint of Lanewise");
  }

  @Test
  void aLossThatIsNotFiniteEndsTheRunWithItsCheckpointIntact() {
    HugeEnv.register();
    var folder = temporary.resolve("run");
    var args = "train sac --env Huge-v0 --steps 1000 --set save_freq=60 --out " + folder;
    small(args.split(" "))
        .assertOneSentence(
            1,
            "train/critic_loss is",
            "came from",
            folder + "/last.safetensors still holds step 60");
    lanewise("train", "--resume", folder.toString(), "--workers", "1")
        .assertOneSentence(1, "train/critic_loss is");
  }

  @Test
  void theSameSeedIsTheSameRunForAnyWorkersAndAcrossResume() throws IOException {
    var one = run("one", "--steps", "200", "--set", "save_freq=60");
    var two = temporary.resolve("two");
    lanewise(
            "train",
            "sac",
            "--env",
            "Pendulum-v1",
            "--out",
            two.toString(),
            "--steps",
            "110",
            "--workers",
            "2",
            "--set",
            "net_arch=16,16",
            "--set",
            "learning_starts=50",
            "--set",
            "save_freq=60")
        .assertDone();
    lanewise("train", "--resume", two.toString(), "--steps", "200", "--workers", "1").assertDone();
    var other = run("other", "--steps", "200", "--set", "save_freq=60", "--seed", "2");
    assertThat(tensors(two)).isEqualTo(tensors(one));
    assertThat(tensors(other)).isNotEqualTo(tensors(one));
  }

  @Test
  void aConfigurationIsARun() throws IOException {
    var one = run("one", "--steps", "200", "--seed", "3", "--set", "learning_rate=lin_1e-3");
    var config = one.resolve("config.json").toString();
    var again = temporary.resolve("again");
    var answer = lanewise("train", "--config", config, "--out", again.toString()).assertDone();
    assertThat(answer.out()).contains("seed 3, 200 steps").doesNotContain("preset", "note ");
    assertThat(tensors(again)).isEqualTo(tensors(one));
    assertThat(settings(again)).isEqualTo(settings(one));

    var other = temporary.resolve("other");
    lanewise("train", "--config", config, "--out=" + other, "--seed=4", "--set=gamma=0.5")
        .assertDone();
    assertThat(Files.readString(other.resolve("config.json")))
        .contains("\"seed\": 4", "\"gamma\": 0.5", "\"learning_rate\": \"lin_0.001\"");
    assertThat(tensors(other)).isNotEqualTo(tensors(one));
  }

  /** What config.json says but for where it came from. */
  private static String settings(Path folder) throws IOException {
    return Files.readString(folder.resolve("config.json")).replaceAll("(?s)\"origin\".*", "");
  }

  private static Answer ddpg(Path folder, String preset) {
    return lanewise(
            "train",
            "ddpg",
            "--env=Pendulum-v1",
            "--preset=" + preset,
            "--steps=40",
            "--set=buffer_size=100",
            "--out=" + folder)
        .assertDone();
  }

  @Test
  void aPresetByNameComesInsteadOfTheEnvironments() throws IOException {
    var paper = temporary.resolve("paper");
    var answer = ddpg(paper, "lillicrap2016");
    assertThat(answer.out())
        .contains("preset    lillicrap2016: learning_rate=1e-3 actor_learning_rate=1e-4")
        .doesNotContain("gamma=0.98");
    assertThat(settings(paper)).contains("\"tau\": 0.001", "\"learning_starts\": 100,");

    var none = temporary.resolve("none");
    answer = ddpg(none, "none");
    assertThat(answer.out()).doesNotContain("preset ");
    assertThat(settings(none)).contains("\"tau\": 0.005", "\"gamma\": 0.99,");
  }

  @Test
  void anOlderConfigurationIsFilledUpAloud() throws IOException {
    var one = run("one", "--steps", "60");
    var config = one.resolve("config.json");
    var older = temporary.resolve("older.json");
    var lines = Files.readAllLines(config);
    lines.removeIf(line -> line.contains("\"tau\"") || line.contains("\"n_steps\""));
    Files.write(older, lines);
    var again = temporary.resolve("again");
    var answer = lanewise("train", "--config=" + older, "--out=" + again).assertDone();
    assertThat(answer.out())
        .contains("note      %s does not say tau=0.005 n_steps=1".formatted(older));
    assertThat(tensors(again)).isEqualTo(tensors(one));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'algo': 'sac'} | is not the configuration of a run: it lacks env, seed, settings",
        "{'algo': 'sac', 'en': 'x'} | unknown field 'en'; did you mean env?",
        "[1] | it is not an object",
        "{'algo': 'sac', 'env': 'Pendulum-v1', 'seed': 1.5, 'settings': {}} | its seed is not a",
        "{'algo': {}, 'env': 'Pendulum-v1', 'seed': 1, 'settings': {}} | its algo is neither text",
        "{'algo': 'sac', 'env': 'Pendulum-v1', 'seed': 1, 'settings': 5} | its settings are not",
        "{'algo': 'sac', 'env': 'Pendulum-v1', 'seed': 1, 'settings': {'gama': 1}} | did you mean"
            + " gamma?",
        "{'algo': 'sac', 'env': 'Pendulum-v1', 'seed': 1, 'settings': {'gamma': 2}} | gamma=2 is",
        "{'algo': 'sac', 'env': 'Pendulum-v0', 'seed': 1, 'settings': {}} | unknown environment",
        "{'algo': 'sac | it ends too early",
        "{'algo': true} | a number, text, list or object was expected at character 9",
      })
  void aWrongConfigurationIsOneSentence(String json, String sentence) throws IOException {
    var file = temporary.resolve("config.json");
    Files.writeString(file, json.replace('\'', '"'));
    lanewise("train", "--config=" + file, "--out=" + temporary.resolve("run"))
        .assertOneSentence(2, sentence);
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  /** Every tensor of the last checkpoint, bit for bit. */
  private static List<String> tensors(Path folder) throws IOException {
    var tensors = new ArrayList<String>();
    try (var file = Safetensors.open(folder.resolve("last.safetensors"))) {
      for (var name : file.names()) {
        var bits = new StringBuilder(name + file.shape(name));
        for (float value : file.floats(name)) {
          bits.append(' ').append(Integer.toHexString(Float.floatToRawIntBits(value)));
        }
        tensors.add(bits.toString());
      }
    }
    return tensors;
  }

  @Test
  void aRunThatWasNotEvaluatedYetSaysSo() throws IOException {
    var folder = run("run", "--steps", "1");
    Files.delete(folder.resolve("best.safetensors"));
    lanewise("eval", folder.toString()).assertOneSentence(2, "was not evaluated yet", "--last");
    lanewise("eval", temporary.toString()).assertOneSentence(2, "is not the folder of a run");
  }
}
