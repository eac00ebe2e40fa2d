package dev.lanewise.autograd;

import dev.lanewise.engine.Step;
import dev.lanewise.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A rule that moves a block of parameters against the gradient of a loss. It is bound to one block;
 * its state lies in stored tensors, so that it lasts from replay to replay and goes into
 * checkpoints.
 */
public abstract sealed class Optimizer permits Adam, RmsProp, SgdMomentum {
  private final Parameters parameters;
  private final Parameters gradients;
  private final ClipByGlobalNorm clip;
  private final Schedule schedule;
  private final Tensor learningRate;
  private final SequencedMap<String, Tensor> state = new LinkedHashMap<>();

  Optimizer(Parameters parameters, Schedule schedule, ClipByGlobalNorm clip) {
    this.parameters = parameters;
    this.gradients = parameters.zerosLike("gradients of " + parameters.name());
    this.clip = clip;
    this.schedule = schedule;
    learningRate = keepScalar("learning_rate");
    anneal(1);
  }

  /**
   * Records one step that makes a loss smaller: checks that the loss is finite, takes its
   * gradients, checks them, clips them if that is wanted, and updates the parameters. A loss or
   * gradient that is not finite stops the replay with its name, the parameters being as they were.
   *
   * @param loss 1 × 1
   * @param name of the loss, for the message
   */
  public final void minimize(Step step, Tensor loss, String name) {
    step.check(loss, name);
    descend(step, Gradients.of(loss, parameters.tensors()), "the gradient of " + name);
  }

  public final void minimize(Step step, Tensor loss) {
    minimize(step, loss, "the loss of " + parameters.name());
  }

  /**
   * Records one step against given gradients, from the check of the gradients on.
   *
   * @param values one gradient for each parameter, in order
   * @param name of the gradients, for the message
   */
  public final void descend(Step step, List<Tensor> values, String name) {
    var block = gradients.tensors();
    if (values.size() != block.size()) {
      throw new IllegalArgumentException(
          "%d gradients for the %d parameters of %s"
              .formatted(values.size(), block.size(), parameters.name()));
    }
    for (int i = 0; i < block.size(); i++) {
      step.assign(block.get(i), values.get(i));
    }
    var all = gradients.flat();
    step.check(all, name);
    var clipped = clip.clip(all);
    if (clipped != all) {
      step.assign(all, clipped);
    }
    update(step, parameters.flat(), all, learningRate);
  }

  /** Records the update itself; parameter and gradient are one row, the learning rate 1 × 1. */
  abstract void update(Step step, Tensor parameter, Tensor gradient, Tensor learningRate);

  /** The parameters that it moves. */
  public final Parameters parameters() {
    return parameters;
  }

  /** The gradients of the last step, clipped, laid out and named as the parameters are. */
  public final Parameters gradients() {
    return gradients;
  }

  /** α, read at every replay. */
  public final double learningRate() {
    return learningRate.get();
  }

  /**
   * Sets α as its schedule has it, from the next replay on.
   *
   * @param progressRemaining of the run, 1 at the start, 0 at the end
   */
  public final void anneal(double progressRemaining) {
    setLearningRate(schedule.at(progressRemaining));
  }

  /** From the next replay on, until {@link #anneal}. */
  public final void setLearningRate(double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the learning rate of %s is finite and not below 0, not %s"
              .formatted(parameters.name(), value));
    }
    learningRate.set(0, 0, value);
  }

  /** All that a checkpoint needs, by name: moments, the number of steps, the learning rate. */
  public final SequencedMap<String, Tensor> state() {
    return new LinkedHashMap<>(state);
  }

  /** One number for each parameter, kept from step to step, 0 at first. */
  final Tensor keep(String name) {
    return keep(name, Math.toIntExact(parameters.size()));
  }

  /** One number, kept from step to step, 0 at first. */
  final Tensor keepScalar(String name) {
    return keep(name, 1);
  }

  private Tensor keep(String name, int size) {
    var tensor = parameters.device().dense(name + " of " + parameters.name(), 1, size);
    state.put(name, tensor);
    return tensor;
  }
}
