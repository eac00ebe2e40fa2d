package dev.lanewise.kernels;

/**
 * Where a backend's regions take their memory from: ranges of bytes in one space of addresses that
 * is the backend's own. Safe for use by several threads.
 */
public interface Chunks {

  /** So many bytes from an offset on; no view lies in two of them. */
  record Chunk(long offset, long bytes) {}

  /**
   * Takes zeroed memory of at least this many bytes.
   *
   * @param forWhom begins the message where there is too little
   */
  Chunk take(long bytes, String forWhom);

  void giveBack(Chunk chunk);

  /** Eight bytes at an offset. */
  long get(long offset);

  void set(long offset, long value);
}
