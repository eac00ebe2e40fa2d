package dev.lanewise.algos;

import dev.lanewise.autograd.Schedule;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import java.util.Map;

/**
 * Noise on top of actions in [-1, 1] while exploring. What leaves [-1, 1] is brought back to its
 * border.
 */
public final class ExplorationNoise {
  /** How fast an Ornstein-Uhlenbeck process returns to 0, and its step of time (as in SB3). */
  private static final float THETA = 0.15f, DT = 1e-2f;

  /** The kinds of noise. */
  public enum Kind {
    /** None. */
    NONE,
    /** Independent from step to step: ε ~ N(0, σ²) (Fujimoto et al. 2018). */
    NORMAL,
    /**
     * From step to step x ← x - θ x dt + σ √dt ε, beginning with 0 in every episode (Uhlenbeck and
     * Ornstein 1930; Lillicrap et al. 2016, section 3).
     */
    ORNSTEIN_UHLENBECK
  }

  /**
   * @param std σ, over the run
   */
  public record Config(Kind kind, Schedule std) {

    /** From the settings noise_type (none, normal or ornstein-uhlenbeck) and noise_std. */
    static Config of(Settings settings, String otherwise, float std) {
      var name = settings.oneOf("noise_type", otherwise, "none", "normal", "ornstein-uhlenbeck");
      var kind =
          switch (name) {
            case "none" -> Kind.NONE;
            case "normal" -> Kind.NORMAL;
            default -> Kind.ORNSTEIN_UHLENBECK;
          };
      var config = new Config(kind, settings.schedule("noise_std", std, 0, 10));
      if (kind == Kind.NONE) {
        settings.idle("noise_type=none", "noise_std");
      }
      return config;
    }

    /** The noise of a batch of environments, whose actions are n × d. */
    ExplorationNoise on(Tensor action, RandomStream random) {
      return new ExplorationNoise(this, action, random);
    }
  }

  private final Config config;
  private final RandomStream random;

  /** σ, 1 × 1. */
  private final Tensor std;

  /** x of an Ornstein-Uhlenbeck process, n × d. */
  private final Tensor process;

  private ExplorationNoise(Config config, Tensor action, RandomStream random) {
    this.config = config;
    this.random = random;
    std = action.device().scalar("noise_std", config.std.at(1));
    process = action.device().columns("exploration noise", action.rows(), action.columns());
  }

  /** Records the next noise and gives the noisy actions. */
  public Tensor add(Step step, Tensor unit) {
    return switch (config.kind) {
      case NONE -> unit;
      case NORMAL -> unit.plus(normal().times(std)).clamp(-1, 1);
      case ORNSTEIN_UHLENBECK -> {
        var x =
            process.times(1 - THETA * DT).plus(normal().times(std.times((float) Math.sqrt(DT))));
        step.assign(process, x);
        yield unit.plus(x).clamp(-1, 1);
      }
    };
  }

  /**
   * From the next replay on, σ is that of the progress that remains: 1 at the start, 0 at the end.
   */
  public void anneal(double progressRemaining) {
    std.set(0, 0, config.std.at(progressRemaining));
  }

  private Tensor normal() {
    return Tensor.normal(random.stream("noise"), process.rows(), process.columns());
  }

  /**
   * Records that new episodes begin.
   *
   * @param ended n × 1: where this is not 0
   */
  public void reset(Step step, Tensor ended) {
    if (config.kind == Kind.ORNSTEIN_UHLENBECK) {
      step.assign(process, ended.select(Tensor.constant(0), process));
    }
  }

  /** What is kept from step to step, by name. */
  public Map<String, Tensor> state() {
    return config.kind == Kind.ORNSTEIN_UHLENBECK ? Map.of("process", process) : Map.of();
  }
}
