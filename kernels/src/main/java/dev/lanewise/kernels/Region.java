package dev.lanewise.kernels;

import dev.lanewise.kernels.Chunks.Chunk;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that is taken piece by piece and given back all at once. Pieces are zero when taken and
 * lie on 64-byte boundaries.
 *
 * <p>With {@code -Dlanewise.guard=true} every piece is followed by a canary that {@link #verify}
 * checks. Not safe for use by several threads at once.
 */
public final class Region implements AutoCloseable {
  /** Whether canaries lie between pieces. */
  public static final boolean GUARD = Boolean.getBoolean("lanewise.guard");

  private static final long ALIGNMENT = 64;
  private static final long CANARY = 0xDEAD_C0DE_CA4A_21E5L;

  private record Piece(String name, long end) {}

  private final String name;
  private final int elementBytes;
  private final Chunks memory;
  private final boolean guard;
  private final List<Chunk> chunks = new ArrayList<>();
  private final List<Piece> guarded = new ArrayList<>();
  private long next;
  private long end;
  private boolean closed;

  /**
   * A region of the slab.
   *
   * @param name for messages
   * @param elementBytes size of an element: addresses are slab offsets divided by it
   */
  public Region(String name, int elementBytes) {
    this(name, elementBytes, Slab.CHUNKS);
  }

  /**
   * @param name for messages
   * @param elementBytes size of an element: addresses are offsets in the memory divided by it
   * @param memory where the region's pieces lie
   */
  public Region(String name, int elementBytes, Chunks memory) {
    this(name, elementBytes, memory, GUARD);
  }

  Region(String name, int elementBytes, Chunks memory, boolean guard) {
    this.name = name;
    this.elementBytes = elementBytes;
    this.memory = memory;
    this.guard = guard;
  }

  /**
   * Takes so many zeroed elements.
   *
   * @param piece what they are for, for messages
   * @return the address of the first
   */
  public long allocate(long elements, String piece) {
    if (closed) {
      throw new IllegalStateException(name + " is closed; no memory can be taken from it");
    }
    if (elements < 0) {
      throw new IllegalArgumentException(piece + " cannot have " + elements + " elements");
    }
    long bytes = Math.ceilDiv(Math.multiplyExact(elements, elementBytes), ALIGNMENT) * ALIGNMENT;
    long canary = guard ? ALIGNMENT : 0;
    if (bytes + canary > end - next) {
      var chunk = memory.take(bytes + canary, name + ": " + piece);
      next = chunk.offset();
      end = next + chunk.bytes();
      chunks.add(chunk);
    }
    long offset = next;
    next += bytes + canary;
    if (guard) {
      guarded.add(new Piece(piece, offset + bytes));
      for (long i = 0; i < ALIGNMENT; i += Long.BYTES) {
        memory.set(offset + bytes + i, CANARY);
      }
    }
    return offset / elementBytes;
  }

  /** Throws if something was written past the end of a piece; checks nothing without guards. */
  public void verify() {
    for (var piece : guarded) {
      for (long i = 0; i < ALIGNMENT; i += Long.BYTES) {
        if (memory.get(piece.end + i) != CANARY) {
          throw new IllegalStateException(
              "%s: something wrote past the end of %s".formatted(name, piece.name));
        }
      }
    }
  }

  /** Bytes taken from the memory. */
  public long bytes() {
    return chunks.stream().mapToLong(Chunk::bytes).sum();
  }

  public boolean isOpen() {
    return !closed;
  }

  /** Gives everything back. */
  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException(name + " is already closed");
    }
    closed = true;
    chunks.forEach(memory::giveBack);
    chunks.clear();
    guarded.clear();
  }
}
