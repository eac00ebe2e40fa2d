package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.EnvException;
import dev.lanewise.engine.env.Environments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Drives a {@link Training} to its end: evaluates, logs, keeps the best and the last checkpoint.
 * Everything is in a {@link RunFolder}; nothing that happens to the process loses more than what
 * was done since the last checkpoint, and what is done again is the same bit for bit.
 */
public final class Runner implements AutoCloseable {
  private final RunFolder folder;
  private final RunConfig config;
  private final RunSettings settings;
  private final Training training;
  private final Evaluator evaluator;
  private final MetricsFile metrics;
  private final List<String> notices = new ArrayList<>();

  private RunProgress progress;
  private long savedAt;
  private long startNanos;
  private double secondsBefore;
  private Optional<Evaluation> lastEvaluation = Optional.empty();
  private volatile boolean stopping;

  private Runner(
      RunFolder folder, Checkpoint from, RunSettings settings, Training training, Device device)
      throws IOException {
    this.folder = folder;
    this.config = from.config();
    this.settings = settings;
    this.training = training;
    progress = from.progress();
    savedAt = from.step();
    secondsBefore = progress.elapsedSeconds();
    var wrappers = Wrappers.of(Settings.of(config.settings()));
    evaluator =
        new Evaluator(
            training, wrappers.forEvaluation(config.env(), device, settings.nEvalEpisodes()));
    metrics = openMetrics();
  }

  private MetricsFile openMetrics() throws IOException {
    var columns = List.copyOf(row(Optional.empty()).keySet());
    if (Files.exists(folder.metrics())) {
      return MetricsFile.reopen(folder.metrics(), columns, progress.loggedAt());
    }
    if (progress.loggedAt() > 0) {
      notices.add(folder.metrics() + " is gone; the log begins anew");
    }
    return MetricsFile.create(folder.metrics(), columns);
  }

  /**
   * The exact configuration of a run that is asked for, without beginning it.
   *
   * @param notice takes what the user should know
   * @throws SettingException if a hyperparameter is unknown or impossible
   * @throws IllegalArgumentException if the algorithm or the environment is unknown, or they do not
   *     fit each other
   */
  public static RunConfig config(RunRequest request, Device device, Consumer<String> notice) {
    var given = Settings.of(request.settings());
    var spec = Environments.spec(request.env());
    RunSettings.of(given);
    var training = maker(request.algorithm()).make(given, spec, device, request.seed());
    try {
      given.finish();
      given.notices().forEach(notice);
      return RunConfig.of(request, given, device);
    } finally {
      training.close();
    }
  }

  /**
   * Begins a run in a folder that holds none yet. The folder is only touched if the request is
   * good.
   *
   * @throws IllegalArgumentException if the algorithm, the environment or a hyperparameter is
   *     unknown or impossible, or the folder holds a run already
   * @throws IOException if the folder cannot be written to
   */
  public static Runner begin(Path path, RunRequest request, Device device) throws IOException {
    return begin(path, request, device, maker(request.algorithm()));
  }

  static Runner begin(Path path, RunRequest request, Device device, Algorithms.Factory factory)
      throws IOException {
    var given = Settings.of(request.settings());
    var spec = Environments.spec(request.env());
    var settings = RunSettings.of(given);
    var training = factory.make(given, spec, device, request.seed());
    try {
      given.finish();
      var config = RunConfig.of(request, given, device);
      var start = new Checkpoint(config, 0, RunProgress.NONE, new Snapshot());
      var runner = made(RunFolder.create(path), start, settings, training, device, true);
      runner.notices.addAll(given.notices());
      return runner;
    } catch (IOException | RuntimeException e) {
      training.close();
      throw e;
    }
  }

  /**
   * Goes on with a run, exactly as if it had never stopped.
   *
   * @param totalTimesteps another end than the one it was begun with
   * @throws IllegalArgumentException if the folder holds no run
   * @throws SnapshotException if its checkpoint is damaged or belongs to another run
   */
  public static Runner resume(Path path, OptionalLong totalTimesteps, Device device)
      throws IOException {
    return resume(path, totalTimesteps, device, Optional.empty());
  }

  static Runner resume(
      Path path, OptionalLong totalTimesteps, Device device, Optional<Algorithms.Factory> factory)
      throws IOException {
    var folder = RunFolder.open(path);
    try {
      return resume(folder, totalTimesteps, device, factory);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static Runner resume(
      RunFolder folder,
      OptionalLong totalTimesteps,
      Device device,
      Optional<Algorithms.Factory> factory)
      throws IOException {
    var saved = Checkpoint.read(folder.last());
    checkSameRun(folder, saved.config());
    var from = totalTimesteps.isEmpty() ? saved : extended(saved, totalTimesteps.getAsLong());
    var config = from.config();
    var given = Settings.of(config.settings());
    var settings = RunSettings.of(given);
    var training =
        factory
            .orElseGet(() -> maker(config.algorithm()))
            .make(given, Environments.spec(config.env()), device, config.seed());
    try {
      given.finish();
      from.restore(training.networks());
      boolean goesOn = training.load(from.snapshot());
      boolean changed = !config.equals(saved.config());
      var runner = made(folder, from, settings, training, device, changed);
      if (changed && config.settings().values().stream().anyMatch(v -> v.startsWith("lin_"))) {
        runner.notices.add(
            "what falls with the run (lin_) goes by total_timesteps=%d from here on; a run begun with that many differs"
                .formatted(config.totalTimesteps()));
      }
      if (!goesOn && from.step() > 0) {
        runner.notices.add(
            "%s does not tell its state, so new episodes begin here; a run without the interruption differs"
                .formatted(config.env()));
      }
      return runner;
    } catch (SnapshotException e) {
      training.close();
      throw new SnapshotException("%s: %s".formatted(folder.last(), e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      training.close();
      throw e;
    }
  }

  /** With a new configuration, config.json waits for the checkpoint that belongs to it. */
  private static Runner made(
      RunFolder folder,
      Checkpoint from,
      RunSettings settings,
      Training training,
      Device device,
      boolean save)
      throws IOException {
    try {
      var runner = new Runner(folder, from, settings, training, device);
      if (save) {
        Files.deleteIfExists(folder.config());
        runner.save();
      }
      runner.writeConfig();
      return runner;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static Algorithms.Factory maker(String algorithm) {
    return (settings, env, device, seed) -> Algorithms.make(algorithm, settings, env, device, seed);
  }

  private static void checkSameRun(RunFolder folder, RunConfig saved) throws IOException {
    if (Files.exists(folder.config())
        && !Files.readString(folder.config()).equals(saved.toJson())) {
      throw new SnapshotException(
          ("%s does not say what %s was made with: %s on %s, seed %d;"
                  + " put the right one back, or delete it to go on with the checkpoint")
              .formatted(
                  folder.config(),
                  folder.last().getFileName(),
                  saved.algorithm(),
                  saved.env(),
                  saved.seed()));
    }
  }

  private static Checkpoint extended(Checkpoint from, long total) {
    if (total < from.step()) {
      throw new IllegalArgumentException(
          "the run is already at step %d, beyond %d".formatted(from.step(), total));
    }
    return new Checkpoint(
        from.config().withTotalTimesteps(total), from.step(), from.progress(), from.snapshot());
  }

  private void writeConfig() throws IOException {
    RunFolder.write(folder.config(), config.toJson().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Runs until the end, or until {@link #stop}. Either way the last checkpoint is of the step where
   * it ended.
   *
   * @return whether the end was reached
   * @throws dev.lanewise.kernels.NotFiniteException if a loss is not finite; the last checkpoint
   *     stays as it was
   * @throws dev.lanewise.engine.env.EnvException if a user's environment answers with what cannot
   *     be; the same
   */
  public boolean run(RunListener listener) throws IOException {
    notices.forEach(listener::notice);
    startNanos = System.nanoTime();
    while (true) {
      try {
        evaluateAndLog(listener);
      } catch (EnvException e) {
        save(); // the training itself is sound
        throw e;
      }
      boolean end = training.steps() >= settings.totalTimesteps();
      boolean stop = stopping;
      if (end || stop || isDue(settings.saveFreq(), savedAt)) {
        save();
        listener.saved(folder);
      }
      if (end || stop) {
        return end && progress.evaluatedAt() == training.steps();
      }
      training.advance();
      listener.advanced(training);
    }
  }

  /** Asks a run to end as soon as it can; from any thread. */
  public void stop() {
    stopping = true;
  }

  /** Whether a multiple of so many steps was reached since then. */
  private boolean isDue(long frequency, long since) {
    return training.steps() / frequency > since / frequency;
  }

  /** An evaluation that is stopped is made up for after resuming, and its row with it. */
  private void evaluateAndLog(RunListener listener) throws IOException {
    long step = training.steps();
    boolean last = step >= settings.totalTimesteps() && progress.evaluatedAt() < step;
    boolean evaluate = last || isDue(settings.evalFreq(), progress.evaluatedAt());
    if (!evaluate && !isDue(settings.logFreq(), progress.loggedAt())) {
      return;
    }
    var evaluation =
        evaluate
            ? evaluator.evaluate(seed(config.seed(), step), () -> stopping)
            : Optional.<Evaluation>empty();
    if (evaluate && evaluation.isEmpty()) {
      return;
    }
    var row = row(evaluation);
    metrics.append(row);
    progress =
        new RunProgress(
            evaluate ? step : progress.evaluatedAt(),
            step,
            progress.bestReward(),
            progress.bestAt(),
            elapsed());
    if (evaluation.isPresent()) {
      lastEvaluation = evaluation;
      keepIfBest(evaluation.get());
    }
    listener.logged(row);
  }

  private void keepIfBest(Evaluation evaluation) throws IOException {
    if (!(evaluation.meanReward() > progress.bestReward())) {
      return;
    }
    progress =
        new RunProgress(
            progress.evaluatedAt(),
            progress.loggedAt(),
            evaluation.meanReward(),
            training.steps(),
            elapsed());
    new Checkpoint(config, training.steps(), progress, Checkpoint.networks(training.networks()))
        .write(folder.best());
  }

  private void save() throws IOException {
    metrics.force();
    progress =
        new RunProgress(
            progress.evaluatedAt(),
            progress.loggedAt(),
            progress.bestReward(),
            progress.bestAt(),
            elapsed());
    var snapshot = new Snapshot(Checkpoint.pieces(folder.last()));
    training.save(snapshot);
    new Checkpoint(config, training.steps(), progress, snapshot).write(folder.last());
    savedAt = training.steps();
  }

  private SequencedMap<String, Double> row(Optional<Evaluation> evaluation) {
    var row = new LinkedHashMap<String, Double>();
    row.put("time/total_timesteps", (double) training.steps());
    row.put("time/time_elapsed", elapsed());
    row.put("time/fps", elapsed() > 0 ? training.steps() / elapsed() : Double.NaN);
    row.putAll(training.metrics());
    row.put("eval/mean_reward", evaluation.map(Evaluation::meanReward).orElse(Double.NaN));
    row.put("eval/std_reward", evaluation.map(Evaluation::stdReward).orElse(Double.NaN));
    row.put("eval/mean_ep_length", evaluation.map(Evaluation::meanEpLength).orElse(Double.NaN));
    return row;
  }

  private double elapsed() {
    return startNanos == 0 ? secondsBefore : secondsBefore + (System.nanoTime() - startNanos) / 1e9;
  }

  /**
   * Other episodes at every evaluation, the same ones in every repetition of the run: SplitMix64
   * (Steele, Lea, Flood 2014) of seed and step.
   */
  private static long seed(long seed, long step) {
    long z = seed + (step + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  public RunFolder folder() {
    return folder;
  }

  public RunConfig config() {
    return config;
  }

  public RunSettings settings() {
    return settings;
  }

  public Training training() {
    return training;
  }

  public RunProgress progress() {
    return progress;
  }

  /** Step of the last checkpoint. */
  public long savedAt() {
    return savedAt;
  }

  /** The latest evaluation since the run was begun or resumed. */
  public Optional<Evaluation> lastEvaluation() {
    return lastEvaluation;
  }

  @Override
  public void close() throws IOException {
    evaluator.close();
    training.close();
    metrics.close();
    folder.close();
  }
}
