package dev.lanewise.engine.env;

import dev.lanewise.kernels.Philox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Plays a user's {@link Env} at random, within its action mask if it has one, and says in sentences
 * where it breaks its contract: what it answers (length, finite, within its spaces), that
 * everything random comes from the seed alone, that instances do not share anything nor keep the
 * action's array, that a state can be gone back to, that episodes end.
 *
 * <p>Every tenth action of a box lies outside its bounds on purpose. That an observation's array is
 * used again for the next one is allowed, and so not looked at.
 */
public final class EnvChecker {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final int LONGEST_EPISODE = 100_000;
  private static final Duration SLOW = Duration.ofSeconds(10);

  /**
   * @param violation whether the contract is broken; otherwise it is only suspicious
   */
  public record Finding(boolean violation, String sentence) {}

  /** Nothing that follows would be worth looking at. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What one step, or a reset (step 0, no action), led to. */
  private record Moment(
      long seed,
      int step,
      float[] observation,
      double reward,
      boolean terminated,
      boolean cut,
      boolean[] mask) {
    boolean ended() {
      return terminated || cut;
    }
  }

  private final Supplier<? extends Env> supplier;
  private final long seed;
  private final int steps;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Env> opened = new ArrayList<>();
  private EnvSpec spec;
  private volatile String circumstances = "";

  /** What a user's code does now, and since when. */
  private volatile String call = "";

  private volatile long since;

  private EnvChecker(Supplier<? extends Env> supplier, long seed, int steps) {
    this.supplier = supplier;
    this.seed = seed;
    this.steps = steps;
  }

  /**
   * Checks an environment.
   *
   * @param supplier makes a new instance each time
   * @param seed of its episodes and of the actions
   * @param steps how many to play in each of the checks, at least 1
   * @return what was found, nothing for a sound environment; it stops at the first answer that
   *     makes all others meaningless
   */
  public static List<Finding> check(Supplier<? extends Env> supplier, long seed, int steps) {
    return check(supplier, seed, steps, SLOW, sentence -> {});
  }

  /**
   * As {@link #check(Supplier, long, int)}, which does not come to an end where a call does not.
   *
   * @param slow is told of every call that has not returned after some seconds; on a thread of its
   *     own
   */
  public static List<Finding> check(
      Supplier<? extends Env> supplier, long seed, int steps, Consumer<String> slow) {
    return check(supplier, seed, steps, SLOW, slow);
  }

  static List<Finding> check(
      Supplier<? extends Env> supplier,
      long seed,
      int steps,
      Duration patience,
      Consumer<String> slow) {
    var checker = new EnvChecker(supplier, seed, steps);
    var watch = Thread.ofPlatform().daemon().start(() -> checker.watch(patience, slow));
    try {
      return checker.findings();
    } finally {
      watch.interrupt();
    }
  }

  private void watch(Duration patience, Consumer<String> slow) {
    long told = 0;
    try {
      while (true) {
        Thread.sleep(patience.dividedBy(4));
        var now = call; // before since, which is written before it
        long begun = since;
        boolean isSlow = System.nanoTime() - begun > patience.toNanos();
        if (isSlow && !now.isEmpty() && begun != told) {
          told = begun;
          slow.accept(
              "%s%s has not returned for %d s; is there an endless loop?"
                  .formatted(circumstances, now, patience.toSeconds()));
        }
      }
    } catch (InterruptedException e) {
      // done
    }
  }

  private List<Finding> findings() {
    untilFound(this::checkAll);
    circumstances = "";
    opened.forEach(env -> untilFound(() -> close(env)));
    return List.copyOf(findings);
  }

  private void untilFound(Runnable check) {
    try {
      check.run();
    } catch (Stop e) {
      assert !findings.isEmpty();
    }
  }

  private void checkAll() {
    var env = instance();
    var moments = play(env, steps, false);
    var again = play(instance(), steps, false);
    same(moments, again, "two instances differ", "draw everything random from reset's seed");
    same(
        moments,
        play(env, steps, false),
        "an instance that was used before differs from a new one",
        "let reset put back everything that steps change");
    same(
        moments,
        play(instance(), steps, true),
        "it changes when the caller's action array does",
        "copy the action to keep it, the array is used again");
    checkInstancesAreApart(moments);
    checkState();
    checkEnds(moments);
    checkAfterTheEnd();
  }

  private Env instance() {
    var env = guarded("making an instance", supplier::get);
    if (env == null) {
      throw stop("making an instance gave null");
    }
    opened.add(env);
    var made = guarded("spec()", env::spec);
    if (made == null) {
      throw stop("spec() is null; it says what is observed and done");
    }
    var asked = guarded("spec()", env::spec);
    if (!made.equals(asked)) {
      throw stop("spec() is not the same at every call: %s and %s".formatted(made, asked));
    }
    if (spec != null && !spec.equals(made)) {
      throw stop("spec() is not the same for every instance: %s and %s".formatted(spec, made));
    }
    spec = made;
    return env;
  }

  private void close(Env env) {
    guarded(
        "close()",
        () -> {
          env.close();
          return true;
        });
  }

  // --- playing

  /** So many steps, in as many episodes as it takes. */
  private List<Moment> play(Env env, int count, boolean scribble) {
    var random = new Philox(seed, 0);
    var moments = new ArrayList<Moment>();
    moments.add(reset(env, seed));
    var kept = new float[spec.actionSpace().size()];
    for (int k = 1; k <= count; k++) {
      var last = moments.getLast();
      if (last.ended()) {
        moments.add(reset(env, last.seed + 1));
        last = moments.getLast();
      }
      var action = scribble ? kept : new float[kept.length];
      draw(random, last, k, action);
      moments.add(step(env, last, action));
      if (scribble) {
        Arrays.fill(kept, Float.NaN);
      }
    }
    return moments;
  }

  /** An action that may follow a moment. */
  private float[] draw(Philox random, Moment last) {
    var space = spec.actionSpace();
    var action = new float[space.size()];
    if (spec.masksActions()) {
      ActionMask.of(space).sample(last.mask, random, action);
    } else {
      space.sample(random, action);
    }
    return action;
  }

  private void draw(Philox random, Moment last, int step, float[] into) {
    var action = draw(random, last);
    System.arraycopy(action, 0, into, 0, into.length);
    if (spec.actionSpace() instanceof Space.Box box && step % 10 == 0) {
      for (int j = 0; j < into.length; j++) {
        float beyond = into[j] + 1.5f * (box.high(j) - box.low(j));
        into[j] = Float.isFinite(beyond) ? beyond : into[j];
      }
    }
  }

  private Moment reset(Env env, long episode) {
    var where = "reset with seed " + episode;
    var observation = guarded(where, () -> env.reset(episode));
    var seen = checked(where, observation);
    return new Moment(episode, 0, seen, 0, false, false, mask(where, env, false));
  }

  private Moment step(Env env, Moment last, float[] action) {
    int number = last.step + 1;
    var where =
        "step %d of the episode with seed %d, action %s"
            .formatted(number, last.seed, Arrays.toString(action));
    var outcome = guarded(where, () -> env.step(action));
    if (outcome == null) {
      throw stop(where + ": the outcome is null");
    }
    var observation = checked(where, outcome.observation());
    if (!Float.isFinite((float) outcome.reward())) {
      throw stop("%s: the reward is %s, not a finite float".formatted(where, outcome.reward()));
    }
    boolean over = outcome.terminated() || outcome.truncated();
    return new Moment(
        last.seed,
        number,
        observation,
        outcome.reward(),
        outcome.terminated(),
        outcome.truncated() || number == spec.maxEpisodeSteps(),
        mask(where, env, over));
  }

  /** A copy of a good mask; empty where there is none. */
  private boolean[] mask(String where, Env env, boolean over) {
    if (over || !spec.masksActions()) {
      return new boolean[0];
    }
    var mask = guarded(where + ": actionMask()", env::actionMask);
    var fault = ActionMask.of(spec.actionSpace()).fault(mask);
    if (!fault.isEmpty()) {
      throw stop(where + ": " + fault);
    }
    return mask.clone();
  }

  /** A copy of a good observation. */
  private float[] checked(String where, float[] observation) {
    var space = spec.observationSpace();
    if (observation == null) {
      throw stop(where + ": the observation is null");
    }
    if (observation.length != space.size()) {
      throw stop(
          "%s: the observation has %d numbers, but %s has %d"
              .formatted(where, observation.length, space, space.size()));
    }
    for (int j = 0; j < observation.length; j++) {
      if (!Float.isFinite(observation[j])) {
        throw stop(
            "%s: number %d of the observation is %s, not finite"
                .formatted(where, j, observation[j]));
      }
    }
    if (!space.contains(observation)) {
      throw stop(
          "%s: %s is not in the observation space %s"
              .formatted(where, outside(space, observation), space));
    }
    return observation.clone();
  }

  private static String outside(Space space, float[] observation) {
    if (space instanceof Space.Box box) {
      for (int j = 0; j < observation.length; j++) {
        if (!(observation[j] >= box.low(j) && observation[j] <= box.high(j))) {
          return "number %d of the observation, %s,".formatted(j, observation[j]);
        }
      }
    }
    return "the observation " + Arrays.toString(observation);
  }

  // --- comparing

  private void same(List<Moment> expected, List<Moment> actual, String what, String remedy) {
    for (int k = 0; k < expected.size(); k++) {
      var difference = difference(expected.get(k), actual.get(k));
      if (!difference.isEmpty()) {
        throw stop(
            "%s, at step %d of the episode with seed %d, after the same actions: %s; %s"
                .formatted(what, expected.get(k).step, expected.get(k).seed, difference, remedy));
      }
    }
  }

  private static String difference(Moment a, Moment b) {
    for (int j = 0; j < a.observation.length; j++) {
      if (a.observation[j] != b.observation[j]) {
        return "number %d of the observation is %s and %s"
            .formatted(j, a.observation[j], b.observation[j]);
      }
    }
    if (a.reward != b.reward) {
      return "the reward is %s and %s".formatted(a.reward, b.reward);
    }
    if (a.terminated != b.terminated) {
      return "terminated is %s and %s".formatted(a.terminated, b.terminated);
    }
    if (a.cut != b.cut) {
      return "truncated is %s and %s".formatted(a.cut, b.cut);
    }
    return Arrays.equals(a.mask, b.mask)
        ? ""
        : "the action mask is %s and %s"
            .formatted(Arrays.toString(a.mask), Arrays.toString(b.mask));
  }

  /** Plays another instance with another seed in between. */
  private void checkInstancesAreApart(List<Moment> alone) {
    var env = instance();
    var other = instance();
    var random = new Philox(seed, 0);
    var elsewhere = new Philox(seed, 1);
    var together = new ArrayList<Moment>();
    circumstances = "while another instance is played in turn, ";
    together.add(reset(env, seed));
    var disturbing = reset(other, seed + 1_000_003);
    for (int k = 1; k <= steps; k++) {
      var last = together.getLast();
      if (last.ended()) {
        together.add(reset(env, last.seed + 1));
        last = together.getLast();
      }
      disturbing = disturbing.ended() ? reset(other, disturbing.seed + 1) : disturbing;
      disturbing = step(other, disturbing, draw(elsewhere, disturbing));
      var action = new float[spec.actionSpace().size()];
      draw(random, last, k, action);
      together.add(step(env, last, action));
    }
    same(
        alone,
        together,
        "it differs from when it is alone",
        "share nothing that changes, such as a static field");
    circumstances = "";
  }

  /** Saves in the middle of an episode, and goes on from there with another instance. */
  private void checkState() {
    var env = instance();
    var random = new Philox(seed, 2);
    var last = reset(env, seed);
    for (int k = 0; k < 5; k++) {
      var next = step(env, last, draw(random, last));
      last = next.ended() ? reset(env, seed) : next;
    }
    var state = guarded("state()", env::state);
    if (state == null) {
      throw stop("state() is null; without a state it is Optional.empty()");
    }
    if (state.isEmpty()) {
      return;
    }
    var saved = state.get().clone();
    var resumed = instance();
    guarded(
        "restore of a state()",
        () -> {
          resumed.restore(saved.clone());
          return true;
        });
    var expected = last;
    var actual = last;
    if (!Arrays.equals(mask("restore of a state()", resumed, false), last.mask)) {
      throw stop(
          "an instance that took over a state() has another action mask than the one that gave it");
    }
    for (int k = 0; k < steps && !expected.ended(); k++) {
      var action = draw(random, expected);
      expected = step(env, expected, action.clone());
      actual = step(resumed, actual, action.clone());
      same(
          List.of(expected),
          List.of(actual),
          "an instance that took over a state() differs from the one that gave it",
          "state() must hold everything that steps depend on");
    }
    if (!Arrays.equals(saved, state.get())) {
      throw stop("the array of state() changes afterwards; give away a copy");
    }
  }

  // --- ends

  private void checkEnds(List<Moment> played) {
    if (spec.maxEpisodeSteps() > 0 || played.stream().anyMatch(Moment::ended)) {
      return;
    }
    var env = instance();
    var random = new Philox(seed, 3);
    var last = reset(env, seed);
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (last.step < LONGEST_EPISODE && System.nanoTime() < giveUp) {
      last = step(env, last, draw(random, last));
      if (last.ended()) {
        return;
      }
    }
    findings.add(
        new Finding(
            false,
            ("the episode with seed %d did not end within %d random steps, and there is no time"
                    + " limit; if terminated was not forgotten, give the spec maxEpisodeSteps")
                .formatted(seed, last.step)));
  }

  /** Lanewise never does it, but whoever does by mistake should notice. */
  private void checkAfterTheEnd() {
    var env = instance();
    var random = new Philox(seed, 4);
    var last = reset(env, seed);
    for (int k = 0; k < steps && !last.terminated; k++) {
      if (last.cut) {
        last = reset(env, last.seed + 1);
      }
      last = step(env, last, draw(random, last));
    }
    if (!last.terminated) {
      return;
    }
    if (plainlyGoesOn(env, random)) {
      findings.add(
          new Finding(
              false,
              ("stepped once more after it terminated (step %d of the episode with seed %d), it"
                      + " goes on as if it had not; an IllegalStateException would be safer")
                  .formatted(last.step, last.seed)));
    }
  }

  /** To refuse, by whatever exception, is right. */
  private boolean plainlyGoesOn(Env env, Philox random) {
    try {
      var beyond = env.step(spec.actionSpace().sample(random));
      return beyond != null && !beyond.terminated();
    } catch (RuntimeException refused) {
      return false;
    }
  }

  // --- finding

  /** Whatever a user's code throws is a finding, but that there is no more memory. */
  private <T> T guarded(String where, Supplier<? extends T> call) {
    since = System.nanoTime();
    this.call = where;
    try {
      return call.get();
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw stop("%s threw %s".formatted(where, e));
    } finally {
      this.call = "";
    }
  }

  private Stop stop(String sentence) {
    var finding = new Finding(true, circumstances + sentence);
    if (!findings.contains(finding)) {
      findings.add(finding);
    }
    return new Stop();
  }
}
