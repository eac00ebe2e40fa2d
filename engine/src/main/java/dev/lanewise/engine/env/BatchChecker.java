package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Plays a {@link BatchedEnv} at random and says in sentences where it breaks its contract: what it
 * answers is finite and within its spaces, depends on the seed and the environment's number alone,
 * and the final observation is the observation where an episode goes on.
 */
public final class BatchChecker {
  private static final int MANY = 5;

  private final Environments.Factory factory;
  private final Device device;
  private final long seed;
  private final int steps;
  private final List<EnvChecker.Finding> findings = new ArrayList<>();
  private boolean someEnded;

  private BatchChecker(Environments.Factory factory, Device device, long seed, int steps) {
    this.factory = factory;
    this.device = device;
    this.seed = seed;
    this.steps = steps;
  }

  /**
   * Checks an environment.
   *
   * @param factory makes a batch: {@code (device, n) -> Environments.make(id, device, n)}
   * @param seed of its episodes and of the actions
   * @param steps how many to play in each of the checks, at least 1
   * @return what was found, nothing for a sound environment
   */
  public static List<EnvChecker.Finding> check(
      Environments.Factory factory, Device device, long seed, int steps) {
    var checker = new BatchChecker(factory, device, seed, steps);
    checker.guarded(checker::checkBatches);
    return List.copyOf(checker.findings);
  }

  /**
   * Plays one environment from each of many seeds and looks at all that it answers: whether it is
   * finite and within its spaces. Of every hundred actions the first eighty are drawn from the
   * space; the others are all the same, in a box one of its corners. Where actions are masked all
   * are drawn.
   *
   * @param factory makes a batch: {@code (device, n) -> Environments.make(id, device, n)}
   * @param first of the seeds, which follow each other
   * @param steps how many to play from each, at least 1
   * @param played is told how many seeds have been played, after each
   * @return what was found from the first seed on that something was found with, or nothing
   */
  public static List<EnvChecker.Finding> checkSeeds(
      Environments.Factory factory,
      Device device,
      long first,
      int seeds,
      int steps,
      IntConsumer played) {
    try (var env = factory.make(device, 1)) {
      for (int k = 0; k < seeds; k++) {
        var checker = new BatchChecker(factory, device, first + k, steps);
        checker.guarded(() -> checker.playToCorners(env));
        if (!checker.findings.isEmpty()) {
          return List.copyOf(checker.findings);
        }
        played.accept(k + 1);
      }
    }
    return List.of();
  }

  private void playToCorners(BatchedEnv env) {
    var space = env.spec().actionSpace();
    var action = new float[space.size()];
    var random = new Philox(seed, -1);
    env.reset(seed);
    check(env, 0);
    for (int t = 1; t <= steps && findings.isEmpty(); t++) {
      if (t % 100 <= 80 || env.spec().masksActions()) {
        action = env.sampleAction(0, random);
      }
      if (t % 100 == 80 && space instanceof Space.Box box) {
        toCorner(box, action);
      }
      env.action().writeRow(0, action);
      env.step();
      check(env, t);
    }
  }

  /** The nearest. */
  private static void toCorner(Space.Box box, float[] action) {
    for (int j = 0; j < action.length; j++) {
      float low = box.low(j), high = box.high(j);
      float bound = action[j] - low < high - action[j] ? low : high;
      action[j] = Float.isFinite(bound) ? bound : action[j];
    }
  }

  private void guarded(Runnable check) {
    try {
      check.run();
    } catch (MissingLibraryException e) {
      throw e;
    } catch (EnvException e) {
      violation("seed %d: %s".formatted(seed, e.getMessage()));
    } catch (RuntimeException e) {
      violation("seed %d: it threw %s".formatted(seed, e));
    }
  }

  private void checkBatches() {
    try (var env = factory.make(device, MANY);
        var twin = factory.make(device, MANY);
        var single = factory.make(device, 1)) {
      var played = play(env);
      same(played, play(twin), "two batches differ");
      same(played, play(env), "a batch that was reset differs from a new one");
      same(played, play(single), "environment 0 is another one in a batch of another size");
      if (findings.isEmpty() && !someEnded && env.spec().maxEpisodeSteps() == 0) {
        findings.add(
            new EnvChecker.Finding(
                false,
                "no episode ended within %d random steps, and there is no time limit"
                    .formatted(steps)));
      }
    }
  }

  /** What environment 0 answered, step by step. */
  private List<float[]> play(BatchedEnv env) {
    var answers = new ArrayList<float[]>();
    var random = IntStream.range(0, env.size()).mapToObj(i -> new Philox(seed, -1 - i)).toList();
    env.reset(seed);
    check(env, 0);
    answers.add(answer(env));
    for (int t = 1; t <= steps && findings.isEmpty(); t++) {
      for (int i = 0; i < env.size(); i++) {
        env.action().writeRow(i, env.sampleAction(i, random.get(i)));
      }
      env.step();
      check(env, t);
      answers.add(answer(env));
    }
    return answers;
  }

  private static float[] answer(BatchedEnv env) {
    int d = env.observation().columns();
    var answer = new float[2 * d + 3];
    for (int j = 0; j < d; j++) {
      answer[j] = (float) env.observation().get(0, j);
      answer[d + j] = (float) env.finalObservation().get(0, j);
    }
    answer[2 * d] = (float) env.reward().get(0, 0);
    answer[2 * d + 1] = (float) env.terminated().get(0, 0);
    answer[2 * d + 2] = (float) env.truncated().get(0, 0);
    return answer;
  }

  private void check(BatchedEnv env, int t) {
    var space = env.spec().observationSpace();
    var observation = new float[space.size()];
    var last = new float[space.size()];
    for (int i = 0; i < env.size() && findings.isEmpty(); i++) {
      env.observation().readRow(i, observation);
      env.finalObservation().readRow(i, last);
      var wrong = wrong(env, i, observation, last);
      if (!wrong.isEmpty()) {
        violation(
            "environment %d, step %d after reset with seed %d: %s".formatted(i, t, seed, wrong));
      }
    }
  }

  /** What is wrong with the answer of environment i, or nothing. */
  private String wrong(BatchedEnv env, int i, float[] observation, float[] last) {
    double terminated = env.terminated().get(i, 0), truncated = env.truncated().get(i, 0);
    double reward = env.reward().get(i, 0);
    if (terminated != 0 && terminated != 1) {
      return "terminated is " + terminated + " instead of 0 or 1";
    }
    if (truncated != 0 && truncated != 1) {
      return "truncated is " + truncated + " instead of 0 or 1";
    }
    var space = env.spec().observationSpace();
    for (var answered : List.of(observation, last)) {
      for (int j = 0; j < answered.length; j++) {
        if (!Float.isFinite(answered[j])) {
          return "number %d of the observation is %s".formatted(j, answered[j]);
        }
      }
      if (!space.contains(answered)) {
        return "the observation %s is not in %s".formatted(Arrays.toString(answered), space);
      }
    }
    boolean ended = terminated + truncated > 0;
    someEnded |= ended;
    if (!ended && !Arrays.equals(observation, last)) {
      return "the final observation is another although the episode goes on";
    }
    return Double.isFinite(reward) ? "" : "the reward is " + reward;
  }

  private void same(List<float[]> expected, List<float[]> actual, String what) {
    for (int t = 0; t < expected.size() && findings.isEmpty(); t++) {
      if (!Arrays.equals(expected.get(t), actual.get(t))) {
        violation("%s, at step %d after reset with seed %d".formatted(what, t, seed));
      }
    }
  }

  private void violation(String sentence) {
    findings.add(new EnvChecker.Finding(true, sentence));
  }
}
