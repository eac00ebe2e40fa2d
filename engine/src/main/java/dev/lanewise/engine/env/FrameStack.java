package dev.lanewise.engine.env;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * The last k observations side by side, the oldest first, as Gymnasium's FrameStackObservation; an
 * episode begins with k times its first. The final observation is the ended episode's last k.
 */
public final class FrameStack extends WrappedEnv {
  private final EnvSpec spec;
  private final int frames;
  private final int width;
  private final Tensor observation;
  private final Tensor finalObservation;
  private final Plan push;
  private final Plan fill;

  /**
   * @param frames k, at least 1
   * @throws IllegalArgumentException if observations are not a {@link Space.Box}
   */
  public FrameStack(BatchedEnv env, int frames) {
    super(env, "frame_stack");
    if (frames < 1 || frames > 1024) {
      throw new IllegalArgumentException("a stack has 1 to 1024 frames, not " + frames);
    }
    this.frames = frames;
    spec = around(env.spec(), frames);
    width = env.spec().observationSpace().size();
    observation = column("observation", frames * width);
    finalObservation = column("final observation", frames * width);
    push =
        device()
            .record(
                step -> {
                  var kept = observation.columns(width, frames * width);
                  var shifted =
                      frames == 1
                          ? env.finalObservation()
                          : Tensor.concat(Axis.FEATURES, kept, env.finalObservation());
                  step.assign(finalObservation, shifted);
                  step.assign(observation, ended(env).select(first(), finalObservation));
                });
    fill =
        device()
            .record(
                step -> {
                  step.assign(observation, first());
                  step.assign(finalObservation, first());
                });
  }

  /**
   * The spec of a stacked environment.
   *
   * @throws IllegalArgumentException if observations are not a {@link Space.Box}
   */
  public static EnvSpec around(EnvSpec spec, int frames) {
    if (!(spec.observationSpace() instanceof Space.Box box)) {
      throw new IllegalArgumentException(
          "%s observes %s; only a Box can be stacked"
              .formatted(spec.id(), spec.observationSpace()));
    }
    return spec.withObservations(
        new Space.Box(repeated(box.low(), frames), repeated(box.high(), frames)));
  }

  private static float[] repeated(float[] bounds, int times) {
    var all = new float[times * bounds.length];
    for (int k = 0; k < times; k++) {
      System.arraycopy(bounds, 0, all, k * bounds.length, bounds.length);
    }
    return all;
  }

  /** k times the observation of the environment inside. */
  private Tensor first() {
    var copies = new Tensor[frames];
    Arrays.fill(copies, env.observation());
    return Tensor.concat(Axis.FEATURES, copies);
  }

  @Override
  public void step() {
    env.step();
    push.enqueue();
  }

  @Override
  void begun() {
    fill.enqueue();
  }

  @Override
  void begun(int i) {
    for (int j = 0; j < frames * width; j++) {
      observation.set(i, j, env.observation().get(i, j % width));
    }
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
    return Map.of("observation", observation, "final_observation", finalObservation);
  }

  @Override
  public void close() {
    push.close();
    fill.close();
    super.close();
  }
}
