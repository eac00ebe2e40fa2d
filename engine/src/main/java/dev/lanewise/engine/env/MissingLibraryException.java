package dev.lanewise.engine.env;

/**
 * An environment needs a library that is not installed; the message says which, and how to install
 * it.
 */
public final class MissingLibraryException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public MissingLibraryException(String message) {
    super(message);
  }
}
