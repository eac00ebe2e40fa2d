package dev.lanewise.kernels;

import java.util.List;

/**
 * A place that computes: its memory and its kernels. Addresses count elements, whatever their size.
 */
public interface Backend extends AutoCloseable {

  /** Short name for messages: "cpu", "reference". */
  String name();

  /** One sentence for people: which processor, which vectors. */
  String description();

  Kernels kernels();

  /** Opens a region of memory, to be closed by the caller; the name appears in messages. */
  Region open(String name);

  /** Element at an address. For many at once use {@link #read}. */
  double get(long address);

  /** Sets an element, rounded to the backend's precision. */
  void set(long address, double value);

  /** Copies {@code count} consecutive elements into an array. */
  void read(long address, float[] into, int offset, int count);

  /** Copies {@code count} consecutive elements from an array. */
  void write(long address, float[] from, int offset, int count);

  /**
   * Waits for every call that was run. Calls, and the methods above, are in the order in which one
   * thread runs them, whether a backend waits for its calls or not.
   *
   * @throws NotFiniteException if a check in a {@link #phase} failed, as any of the checks' own
   *     exceptions; phases that were run behind it have done nothing
   */
  default void finish() {}

  /**
   * Workers of its own that share a {@link #phase}; 0 if calls are for the caller's threads to run.
   */
  default int groups() {
    return 0;
  }

  /**
   * Calls as one: each worker runs its shares in this order and waits for no other worker. What
   * fails is heard of at {@link #finish}, or when an element is read.
   *
   * @param shares of as many workers as there are {@link #groups}
   */
  default Call phase(List<Share> shares) {
    throw new UnsupportedOperationException(name() + " leaves its calls to the caller's threads");
  }

  /**
   * Calls one after the other, with as little ado as can be. What a check among them finds may be
   * heard of only at {@link #finish} or when an element is read; what comes behind it has done
   * nothing, unless it is no call of this backend's kernels.
   */
  default Call inOrder(Call... calls) {
    return Call.inOrder(calls);
  }

  /** Bytes of memory that open regions have taken. */
  default long used() {
    return Slab.used();
  }

  /** Bytes of memory that open regions may take. */
  default long limit() {
    return Slab.limit();
  }

  /** Gives back whatever the backend itself holds; no call of it may be run afterwards. */
  @Override
  default void close() {}

  /** Elements are floats that other code may touch in place, at {@link Slab#MEMORY}. */
  default boolean sharesSlab() {
    return false;
  }
}
