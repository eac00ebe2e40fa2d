package dev.lanewise.algos;

/** A checkpoint that cannot be used: damaged, foreign, or of another configuration. */
public final class SnapshotException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SnapshotException(String message) {
    super(message);
  }

  public SnapshotException(String message, Throwable cause) {
    super(message, cause);
  }
}
