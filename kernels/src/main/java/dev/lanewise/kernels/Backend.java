package dev.lanewise.kernels;

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
   */
  default void finish() {}

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
