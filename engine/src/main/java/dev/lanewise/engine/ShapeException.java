package dev.lanewise.engine;

/** Shapes that do not fit together, found when an expression is built. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }
}
