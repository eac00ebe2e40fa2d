package dev.lanewise.engine.env;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Philox;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * N environments that are stepped at once, in columns: row i of every tensor is environment i. The
 * tensors are stored ones, the same objects all along, overwritten by each step.
 *
 * <p>An episode ends when its environment is <em>terminated</em> (there is no future, a value
 * function is 0 from here) or <em>truncated</em> (the future is only not played: bootstrap from
 * {@link #finalObservation}). It can be both. The next episode begins within the same step: {@link
 * #observation} already belongs to it, {@link #finalObservation} still to the one that ended.
 *
 * <p>The memory is the device's and is given back with it.
 */
public interface BatchedEnv extends AutoCloseable {

  EnvSpec spec();

  /** N, the number of environments. */
  int size();

  /**
   * N × observation size: what the next action answers to. To be read only: an environment may go
   * on from what is written here.
   */
  Tensor observation();

  /**
   * N × action size: written by the caller before each step. Out-of-bounds actions of a box are
   * handed to the environment as they are, which clips them if that is its definition.
   */
  Tensor action();

  /**
   * N × choices of the action space: 1 for what the action that answers to {@link #observation} may
   * be made of, otherwise 0, all choices of all its columns in order. There is one if the {@link
   * EnvSpec} says so.
   */
  default Optional<Tensor> actionMask() {
    return Optional.empty();
  }

  /** Draws an action for environment i, of its space and of what is allowed. */
  default float[] sampleAction(int i, Philox random) {
    var space = spec().actionSpace();
    var action = new float[space.size()];
    if (actionMask().isEmpty()) {
      space.sample(random, action);
    } else {
      var row = actionMask().get();
      var mask = new boolean[row.columns()];
      for (int k = 0; k < mask.length; k++) {
        mask[k] = row.get(i, k) != 0;
      }
      ActionMask.of(space).sample(mask, random, action);
    }
    return action;
  }

  /** N × 1: of the last step. */
  Tensor reward();

  /** N × 1: 1 where the last step ended the episode by the environment's own rules, otherwise 0. */
  Tensor terminated();

  /** N × 1: 1 where the last step was cut off, as by the time limit, otherwise 0. */
  Tensor truncated();

  /**
   * N × observation size: what the last step led to, before any new episode began; equal to {@link
   * #observation} where the episode goes on.
   */
  Tensor finalObservation();

  /** N × 1: sum of the rewards of the episode that the last step ended; valid where one did. */
  Tensor endedReturn();

  /**
   * N × 1: number of steps of the episode that the last step ended, valid where one did; counted up
   * to 2²⁴.
   */
  Tensor endedLength();

  /**
   * Begins a new episode everywhere. What environment i will draw from now on depends on the seed,
   * on i and on the number of steps since, not on N.
   */
  void reset(long seed);

  /**
   * One step everywhere, with the actions in {@link #action}. Allocates nothing, unless a user's
   * own {@link Env} does. On an {@linkplain Device#isAsynchronous asynchronous} device a wrong
   * action is thrown by whatever waits for it next.
   *
   * @throws IllegalStateException if there was no {@link #reset} or {@link #restore} yet
   * @throws dev.lanewise.kernels.NotFiniteException if an action of a box is NaN or infinite;
   *     nothing moved
   * @throws IllegalArgumentException if another action is not in its space, or masked; nothing
   *     moved
   */
  void step();

  /**
   * Cuts off environment i's episode, as part of the last step: it is truncated, {@link
   * #finalObservation} stays, and the next episode begins. Where the last step ended the episode
   * already, it only counts as truncated too.
   */
  void truncate(int i);

  /**
   * Where environment i is, in the words of its physics: a copy of each part by name, such as
   * "state", or "qpos" and "qvel". Right after an episode's end it is where the next one begins.
   *
   * @throws UnsupportedOperationException if the environment does not tell
   */
  SequencedMap<String, double[]> physicalState(int i);

  /**
   * Puts environment i somewhere else within its episode; {@link #observation} follows at once or
   * with the next step.
   *
   * @param parts all that {@link #physicalState} has, by the same names
   * @throws IllegalArgumentException if a part is missing, unknown, of another length or not finite
   * @throws UnsupportedOperationException if the environment's state cannot be set
   */
  void setPhysicalState(int i, Map<String, double[]> parts);

  /**
   * From now on shows environment i to a viewer, who replaces the one before: at the beginning of
   * each episode, and after each step what it led to. A step that ends an episode shows both, first
   * the end. What happens does not depend on whether somebody looks.
   *
   * @param viewer called by any worker of the device
   */
  void watch(int i, Consumer<Scene> viewer);

  /** Everything a run needs to be resumed bit for bit; the action is not part of it. */
  State state();

  /**
   * The second half of resuming: to be called after the tensors of {@link #state} were written.
   *
   * @param counters as saved from {@link State#counters}
   * @return whether the episodes go on; otherwise new ones have begun, as those of an {@link Env}
   *     without a state do
   */
  boolean restore(Map<String, long[]> counters);

  /** No step is possible afterwards. */
  @Override
  void close();

  /**
   * What a checkpoint keeps.
   *
   * @param tensors the environment's own stored tensors by name: read when saving, written when
   *     resuming
   * @param counters copies, by name, for {@link BatchedEnv#restore}; none before the first reset
   */
  record State(Map<String, Tensor> tensors, Map<String, long[]> counters) {}

  /**
   * Environments of a user's own, shared among the device's workers: different objects are reset
   * and stepped at the same time by different threads, one object never by two at once, though not
   * always by the same. Objects that share what changes, such as a static field or a connection,
   * need a device of one worker, {@code Device.cpu(1)}.
   *
   * @param supplier makes one environment, called n times by the calling thread
   * @throws EnvException when reset or stepped, if an environment throws something, or answers with
   *     the wrong number of values or one that is not a finite float; it names the environment and
   *     the step since the reset. If several do in one step, it is the lowest-numbered worker's,
   *     whose environments come first; the batch needs a {@link #reset} before it goes on
   */
  static BatchedEnv of(Supplier<? extends Env> supplier, int n, Device device) {
    return ScalarEnvs.make(supplier, n, device);
  }
}
