package dev.lanewise.engine.env;

import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Map;

/**
 * Observations in standard deviations from their running mean, held between ±10, as
 * Stable-Baselines3's VecNormalize: while training, the moments first take in the observations of
 * all environments (those that new episodes begin with, where one ended), then normalise them and,
 * alike, the final observations.
 *
 * <p>The moments belong to the policy that is trained on them: {@link #moments} gives them away and
 * takes them back, and lets a policy normalise what it sees elsewhere. They outlive {@link #reset}
 * and are part of {@link #state}.
 */
public final class NormalizeObservation extends WrappedEnv {
  private final EnvSpec spec;
  private final RunningMoments moments;
  private final Tensor observation;
  private final Tensor finalObservation;
  private final Plan learn;
  private final Plan apply;
  private boolean training;

  /** With new moments, training. */
  public NormalizeObservation(BatchedEnv env) {
    this(
        env,
        new RunningMoments(env.observation().device(), env.spec().observationSpace().size()),
        true);
  }

  /**
   * @param moments of as many dimensions as an observation has numbers
   * @param training whether they follow what is observed here
   * @throws IllegalArgumentException if observations are not a {@link Space.Box}, or the moments
   *     have other dimensions
   */
  public NormalizeObservation(BatchedEnv env, RunningMoments moments, boolean training) {
    super(env, "normalize_observation");
    var s = env.spec();
    int d = s.observationSpace().size();
    if (!(s.observationSpace() instanceof Space.Box) || moments.mean().columns() != d) {
      throw new IllegalArgumentException(
          "%s observes %s, which moments of %d numbers do not normalise"
              .formatted(s.id(), s.observationSpace(), moments.mean().columns()));
    }
    spec = s.withObservations(Space.Box.of(d, -RunningMoments.CLIP, RunningMoments.CLIP));
    this.moments = moments;
    this.training = training;
    observation = column("observation", d);
    finalObservation = column("final observation", d);
    learn = plan(true);
    apply = plan(false);
  }

  private Plan plan(boolean update) {
    return device()
        .record(
            step -> {
              if (update) {
                moments.update(step, env.observation());
              }
              step.assign(observation, moments.normalize(env.observation()));
              step.assign(finalObservation, moments.normalize(env.finalObservation()));
            });
  }

  /** The live moments; what is written into their tensors is in force from the next step on. */
  public RunningMoments moments() {
    return moments;
  }

  /** Whether the moments follow what is observed; false freezes them, as for evaluation. */
  public void setTraining(boolean training) {
    this.training = training;
  }

  @Override
  public void step() {
    env.step();
    begun();
  }

  @Override
  void begun() {
    (training ? learn : apply).enqueue();
  }

  /** The moments have had their batch of this step. */
  @Override
  void begun(int i) {
    apply.enqueue();
  }

  @Override
  void restored() {
    apply.enqueue();
  }

  @Override
  public EnvSpec spec() {
    return spec;
  }

  @Override
  public Tensor observation() {
    return observation;
  }

  @Override
  public Tensor finalObservation() {
    return finalObservation;
  }

  @Override
  Map<String, Tensor> tensors() {
    return moments.tensors();
  }

  @Override
  public void close() {
    learn.close();
    apply.close();
    super.close();
  }
}
