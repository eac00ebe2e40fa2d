package dev.lanewise.engine.env;

/**
 * An {@link Env} answered with what cannot be, or threw something; the message says which, at which
 * step, and what.
 */
public final class EnvException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public EnvException(String message) {
    super(message);
  }

  EnvException(String message, Throwable cause) {
    super(message, cause);
  }
}
