package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvException;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What seldom happens, and must not be wrong then. */
class EdgeCasesTest {
  private Device device;

  @BeforeEach
  void open() {
    device = Device.cpu(1);
  }

  @AfterEach
  void close() {
    device.close();
  }

  /** Small; "ppo" rolls 64 samples out. */
  private static Settings settings(String algorithm, String... pairs) {
    var settings = new HashMap<>(Map.of("net_arch", "16", "batch_size", "32"));
    if (algorithm.equals("ppo")) {
      settings.putAll(Map.of("n_steps", "32", "n_envs", "2", "n_epochs", "3"));
    } else {
      settings.putAll(Map.of("buffer_size", "500", "learning_starts", "20"));
    }
    for (var pair : pairs) {
      settings.put(pair.split("=")[0], pair.split("=")[1]);
    }
    return Settings.of(settings);
  }

  private Training training(String algorithm, EnvSpec env, String... pairs) {
    return Algorithms.make(algorithm, settings(algorithm, pairs), env, device, 1);
  }

  private static void advance(Training training, long steps) {
    while (training.steps() < steps) {
      training.advance();
    }
  }

  private static void assertFinite(Training training) {
    for (var block : training.networks()) {
      for (float weight : block.flat().toArray()) {
        assertThat(weight).isFinite();
      }
    }
    assertThat(training.metrics().get("train/n_updates")).isPositive();
  }

  @Test
  void episodesCanBeLongerThanARollout() {
    try (var training = training("ppo", Environments.spec("Pendulum-v1"), "n_steps=16")) {
      advance(training, 2 * 192);
      assertThat(training.metrics()).containsEntry("time/episodes", 0.0);
      advance(training, 2 * 208);
      assertThat(training.metrics())
          .containsEntry("time/episodes", 2.0)
          .containsEntry("rollout/ep_len_mean", 200.0);
      assertFinite(training);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddpg", "td3", "sac", "ppo"})
  void episodesCanEndOnTheirFirstStep(String algorithm) {
    try (var training = training(algorithm, Probes.Kind.ONE.with(Probes.BOX))) {
      advance(training, 64);
      assertThat(training.metrics())
          .containsEntry("time/episodes", 64.0)
          .containsEntry("rollout/ep_len_mean", 1.0)
          .containsEntry("rollout/ep_rew_mean", 1.0);
      assertFinite(training);
    }
  }

  /** Notes the actions that reach it. */
  private static final class Bounds implements Env {
    private static final Space.Box BOX =
        new Space.Box(
            new float[] {-1, -0.1f, 5, -300, 1e-3f}, new float[] {2, 0.3f, 7.3f, -100, 2e-3f});
    private static final EnvSpec SPEC =
        Probes.register(EnvSpec.of("Bounds-v0", Space.Box.of(1), BOX), Bounds::new);
    private static final float[] LEAST = new float[5], MOST = new float[5];

    static void forget() {
      Arrays.fill(LEAST, Float.POSITIVE_INFINITY);
      Arrays.fill(MOST, Float.NEGATIVE_INFINITY);
    }

    @Override
    public EnvSpec spec() {
      return SPEC;
    }

    @Override
    public float[] reset(long seed) {
      return new float[1];
    }

    @Override
    public Outcome step(float[] action) {
      for (int j = 0; j < action.length; j++) {
        LEAST[j] = Math.min(LEAST[j], action[j]);
        MOST[j] = Math.max(MOST[j], action[j]);
      }
      return new Outcome(new float[1], 0, true, false);
    }
  }

  /** Squashed actions come as near as they are drawn, the others to the bound itself. */
  @ParameterizedTest
  @CsvSource({
    "ddpg, noise_std=5, 1e-6",
    "td3, noise_std=5, 1e-6",
    "sac, learning_starts=500, 0.02",
    "ppo, log_std_init=8, 0"
  })
  void actionsReachTheBoundsOfEachDimensionAndStayWithin(
      String algorithm, String setting, double near) {
    var env = Bounds.SPEC;
    Bounds.forget();
    try (var training = training(algorithm, env, setting)) {
      advance(training, 512);
    }
    for (int j = 0; j < Bounds.LEAST.length; j++) {
      float low = Bounds.BOX.low(j), high = Bounds.BOX.high(j);
      float most = (float) near * Math.max(high - low, Math.max(Math.abs(low), Math.abs(high)));
      assertThat(Bounds.LEAST[j]).isGreaterThanOrEqualTo(low).isCloseTo(low, within(most));
      assertThat(Bounds.MOST[j]).isLessThanOrEqualTo(high).isCloseTo(high, within(most));
    }
  }

  /** 64 samples: batches of 48 and 16, of 63 and 1, one of 64. */
  @ParameterizedTest
  @CsvSource({"48, 2", "63, 2", "64, 1", "1000, 1", "1, 64"})
  void aRolloutNeedNotBeAMultipleOfTheBatch(int batchSize, int updatesAnEpoch) {
    try (var training =
        training("ppo", Environments.spec("Pendulum-v1"), "batch_size=" + batchSize)) {
      advance(training, 128);
      assertThat(training.metrics()).containsEntry("train/n_updates", 2.0 * 3 * updatesAnEpoch);
      assertFinite(training);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddpg", "td3", "sac"})
  void aBatchCanBeLargerThanWhatIsRemembered(String algorithm) {
    try (var training =
        training(algorithm, Environments.spec("Pendulum-v1"), "batch_size=256", "buffer_size=40")) {
      advance(training, 60);
      assertFinite(training);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ddpg, 1",
    "ddpg, 256",
    "td3, 1",
    "td3, 256",
    "sac, 1",
    "sac, 256",
    "ppo, 1",
    "ppo, 256"
  })
  void oneEnvironmentOrMany(String algorithm, int envs) {
    try (var training =
        training(algorithm, Probes.Kind.ACT_ON_SIGHT.with(Probes.BOX), "n_envs=" + envs)) {
      int rounds = algorithm.equals("ppo") ? 32 : 1;
      training.advance();
      assertThat(training.steps()).isEqualTo(envs * rounds);
      advance(training, 100);
      assertThat(training.metrics())
          .containsEntry("time/episodes", (double) training.steps())
          .containsEntry("rollout/ep_len_mean", 1.0);
      assertFinite(training);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddpg", "td3", "sac"})
  void asManyUpdatesAsStepsIfAskedFor(String algorithm) {
    try (var training =
        training(
            algorithm,
            Probes.Kind.ACT.with(Probes.BOX),
            "n_envs=4",
            "train_freq=3",
            "gradient_steps=-1")) {
      advance(training, 60);
      // Rounds end at 12, 24, 36, 48 and 60 steps, the first before learning starts.
      assertThat(training.metrics()).containsEntry("train/n_updates", 48.0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ddpg, ZERO",
    "ddpg, MILLION",
    "td3, ZERO",
    "td3, MILLION",
    "sac, ZERO",
    "sac, MILLION",
    "ppo, ZERO",
    "ppo, MILLION"
  })
  void rewardsCanBeNothingOrHuge(String algorithm, Probes.Kind kind) {
    for (var actions : List.of(Probes.BOX, Probes.DISCRETE)) {
      boolean fits = actions == Probes.BOX || List.of("sac", "ppo").contains(algorithm);
      if (fits) {
        try (var training = training(algorithm, kind.with(actions), "learning_rate=1e-2")) {
          advance(training, 320);
          assertFinite(training);
        }
      }
    }
  }

  /** The first batch is learnt from by the policy that acted: its divergence is 0. */
  @Test
  void targetKlEndsLearningEarly() {
    var env = Environments.spec("Pendulum-v1");
    try (var free = training("ppo", env, "learning_rate=1e-2");
        var strict = training("ppo", env, "learning_rate=1e-2", "target_kl=1e-6");
        var lax = training("ppo", env, "learning_rate=1e-2", "target_kl=1e6")) {
      free.advance();
      strict.advance();
      lax.advance();
      assertThat(free.metrics()).containsEntry("train/n_updates", 6.0);
      assertThat(lax.metrics()).isEqualTo(free.metrics());
      assertThat(strict.metrics()).containsEntry("train/n_updates", 1.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddpg", "td3", "sac", "ppo"})
  void schedulesReachTheirEndAlsoAfterResuming(String algorithm) {
    var env = Probes.Kind.ACT.with(Probes.BOX);
    String[] linear = {"learning_rate=lin_1e-3", "clip_range=lin_0.2", "total_timesteps=384"};
    var snapshot = new Snapshot();
    try (var training = training(algorithm, env, linear)) {
      assertThat(training.metrics()).containsEntry("train/learning_rate", (double) 1e-3f);
      advance(training, 192);
      assertRate(training, 0.5);
      training.save(snapshot);
    }
    try (var training = training(algorithm, env, linear)) {
      training.load(snapshot);
      assertRate(training, 0.5);
      advance(training, 384);
      assertRate(training, 0);
      if (algorithm.equals("ppo")) {
        assertThat(training.metrics()).containsEntry("train/clip_range", 0.0);
      }
    }
  }

  private static void assertRate(Training training, double ofFirst) {
    assertThat(training.metrics().get("train/learning_rate"))
        .isCloseTo(1e-3 * ofFirst, within(1e-9));
  }

  /** The second of a batch answers with something impossible at its 30th step. */
  private static final class Faulty implements Env {
    private static final AtomicInteger MADE = new AtomicInteger();
    private final EnvSpec spec;
    private final boolean isSecond = MADE.incrementAndGet() == 2;
    private int step;

    private Faulty(String fault) {
      spec = spec(fault);
    }

    static EnvSpec spec(String fault) {
      return EnvSpec.of(fault + "-v0", Space.Box.of(1), Space.Box.of(1, -1, 1), 10);
    }

    static EnvSpec register(String fault) {
      MADE.set(0);
      return Probes.register(spec(fault), () -> new Faulty(fault));
    }

    @Override
    public EnvSpec spec() {
      return spec;
    }

    private boolean isNow(String fault) {
      return isSecond && step == 30 && spec.id().startsWith(fault);
    }

    @Override
    public float[] reset(long seed) {
      return new float[] {isNow("First") ? Float.NEGATIVE_INFINITY : 0};
    }

    @Override
    public Outcome step(float[] action) {
      step++;
      var observation = new float[] {isNow("Observation") ? Float.NaN : 0};
      return new Outcome(observation, isNow("Reward") ? 1e300 : 1, false, false);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sac, Observation, number 0 of the observation is NaN",
    "sac, Reward, the reward is 1.0E300",
    "sac, First, number 0 of the first observation of an episode is -Infinity",
    "ppo, Observation, number 0 of the observation is NaN",
    "ppo, Reward, the reward is 1.0E300",
    "ppo, First, number 0 of the first observation of an episode is -Infinity"
  })
  void whatIsNotFiniteEndsTheRunAndIsNamed(
      String algorithm, String fault, String what, @TempDir Path temporary) throws IOException {
    var env = Faulty.register(fault);
    var settings = new HashMap<>(Map.of("n_envs", "2", "save_freq", "20", "eval_freq", "1000"));
    settings.putAll(Map.of("total_timesteps", "100", "n_eval_episodes", "1", "net_arch", "8"));
    if (algorithm.equals("ppo")) {
      settings.put("n_steps", "8");
    }
    var request = new RunRequest(algorithm, env.id(), 1, settings);
    try (var runner = Runner.begin(temporary.resolve("run"), request, device)) {
      assertThatThrownBy(() -> runner.run(new RunListener() {}))
          .isInstanceOf(EnvException.class)
          .hasMessageStartingWith(fault + "-v0, environment 1, step 30: " + what)
          .message()
          .hasLineCount(1);
      long saved = algorithm.equals("ppo") ? 48 : 40;
      assertThat(runner.savedAt()).isEqualTo(saved);
      assertThat(Checkpoint.read(runner.folder().last()).step()).isEqualTo(saved);
    }
  }
}
