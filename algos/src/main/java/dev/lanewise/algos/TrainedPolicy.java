package dev.lanewise.algos;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
import java.nio.file.Path;

/** The policy of a {@link Checkpoint}, to be used: {@code last.safetensors} or {@code best}. */
public final class TrainedPolicy implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final Training training;
  private final Device device;

  private TrainedPolicy(Checkpoint checkpoint, Training training, Device device) {
    this.checkpoint = checkpoint;
    this.training = training;
    this.device = device;
  }

  /**
   * @throws SnapshotException if the file is damaged, or not a checkpoint of Lanewise
   */
  public static TrainedPolicy load(Path file, Device device) {
    var checkpoint = Checkpoint.read(file);
    var config = checkpoint.config();
    var settings = Settings.of(config.settings());
    RunSettings.of(settings);
    var training =
        Algorithms.make(
            config.algorithm(), settings, Environments.spec(config.env()), device, config.seed());
    try {
      settings.finish();
      checkpoint.restore(training.networks());
      return new TrainedPolicy(checkpoint, training, device);
    } catch (SnapshotException e) {
      training.close();
      throw new SnapshotException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (RuntimeException e) {
      training.close();
      throw e;
    }
  }

  public RunConfig config() {
    return checkpoint.config();
  }

  /** Environment steps of the training behind it. */
  public long step() {
    return checkpoint.step();
  }

  /** Records the policy: writes {@code action} for each row of {@code observation}, no noise. */
  public Plan policy(Tensor observation, Tensor action) {
    return training.policy(observation, action);
  }

  /** The same for all environments of a batch, within their action masks. */
  public Plan policy(BatchedEnv env) {
    return training.policy(env);
  }

  /** A batch of n of the environment it was trained on, in its wrappers, rewards as they are. */
  public BatchedEnv environment(int n) {
    return Wrappers.of(Settings.of(config().settings())).forEvaluation(config().env(), device, n);
  }

  /** Plays the environment it was trained on. */
  public Evaluation evaluate(int episodes, long seed) {
    try (var evaluator = new Evaluator(training, environment(episodes))) {
      return evaluator.evaluate(seed);
    }
  }

  @Override
  public void close() {
    training.close();
  }
}
