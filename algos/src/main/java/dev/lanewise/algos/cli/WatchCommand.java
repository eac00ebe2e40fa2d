package dev.lanewise.algos.cli;

import dev.lanewise.algos.Checkpoint;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.TrainedPolicy;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.Philox;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** {@code lanewise watch} */
final class WatchCommand {
  /** Files of longer episodes would be too large to look at. */
  private static final int MOST_STEPS = 5000;

  private final ParseResult parsed;
  private final PrintStream out;

  private final Scenes scenes = new Scenes();

  private WatchCommand(ParseResult parsed, PrintStream out) {
    this.parsed = parsed;
    this.out = out;
  }

  static int run(ParseResult parsed, PrintStream out) throws IOException {
    var watch = new WatchCommand(parsed, out);
    try (var device = Device.cpu(1)) {
      if (parsed.hasMatchedPositional(0)) {
        watch.trained(device);
      } else {
        watch.random(device);
      }
    }
    return Main.DONE;
  }

  private void trained(Device device) throws IOException {
    for (var option : List.of("--env", "--random")) {
      if (parsed.hasMatchedOption(option)) {
        throw new IllegalArgumentException(
            "a run plays its own environment with its own policy; leave out " + option);
      }
    }
    var folder = RunFolder.reading(Path.of(parsed.matchedPositionalValue(0, "")));
    var file = EvalCommand.file(folder, last(), "--checkpoint last");
    NamedEnv.register(Checkpoint.head(file).config(), parsed);
    try (var policy = TrainedPolicy.load(file, device);
        var env = policy.environment(1);
        var plan = policy.policy(env)) {
      play(env, plan::run, folder.path().resolve("episode.gif"));
    }
  }

  private boolean last() {
    String which = parsed.matchedOptionValue("--checkpoint", "best");
    if (!List.of("best", "last").contains(which)) {
      throw new IllegalArgumentException("--checkpoint %s is not best or last".formatted(which));
    }
    return which.equals("last");
  }

  private void random(Device device) throws IOException {
    if (!parsed.hasMatchedOption("--env") || !parsed.hasMatchedOption("--random")) {
      throw new IllegalArgumentException(
          "name the folder of a run, or an environment by --env ID --random");
    }
    if (parsed.hasMatchedOption("--checkpoint")) {
      throw new IllegalArgumentException("random actions have no --checkpoint; leave it out");
    }
    var id = NamedEnv.of(parsed.matchedOptionValue("--env", ""), parsed).register();
    try (var env = Environments.make(id, device, 1)) {
      var random = new Philox(seed(), -1);
      play(env, () -> env.action().writeRow(0, env.sampleAction(0, random)), Path.of(id + ".gif"));
    }
  }

  private long seed() {
    return parsed.matchedOptionValue("--seed", 1L);
  }

  /** The environment's own observation is the last of what may be several frames. */
  private Moment moment(BatchedEnv env, Tensor observation, float[] action, boolean ended) {
    var all = new float[observation.columns()];
    observation.readRow(0, all);
    int size = Environments.spec(env.spec().id()).observationSpace().size();
    var last = Arrays.copyOfRange(all, all.length - size, all.length);
    return new Moment(last, action, scenes.last(ended));
  }

  private void play(BatchedEnv env, Runnable act, Path otherwise) throws IOException {
    var picture = Pictures.of(env.spec().id());
    int episodes = Commands.within(parsed, "--episodes", 1, 1, 100);
    var file = Path.of(parsed.matchedOptionValue("--out", otherwise.toString()));
    var frames = Optional.ofNullable(parsed.<String>matchedOptionValue("--frames", null));
    var film = new Film(picture, frames.map(Path::of));
    env.watch(0, scenes);
    env.reset(seed());
    for (int k = 1; k <= episodes; k++) {
      episode(env, act, film);
    }
    int size = film.write(file);
    out.printf(
        Locale.ROOT, "picture   %s, %d frames, %d kB%n", file, film.frames(), (size + 999) / 1000);
  }

  private void episode(BatchedEnv env, Runnable act, Film film) throws IOException {
    var action = new float[env.action().columns()];
    film.add(moment(env, env.observation(), new float[0], false), 0, 0, false);
    double sum = 0;
    boolean ended = false;
    int step = 0;
    while (!ended && step < MOST_STEPS) {
      act.run();
      env.step();
      step++;
      sum += env.reward().get(0, 0);
      ended = env.terminated().get(0, 0) != 0 || env.truncated().get(0, 0) != 0;
      env.action().readRow(0, action);
      var now = moment(env, env.finalObservation(), action, ended);
      film.add(now, step, sum, ended || step == MOST_STEPS);
    }
    out.printf(
        Locale.ROOT,
        "return    %.2f, %s after %.0f steps%n",
        sum,
        env.terminated().get(0, 0) != 0 ? "terminated" : ended ? "truncated" : "not over",
        ended ? env.endedLength().get(0, 0) : step);
    if (!ended) {
      out.printf("note      pictures end after %d steps%n", MOST_STEPS);
      env.truncate(0);
    }
  }
}
