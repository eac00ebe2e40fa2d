package dev.lanewise.engine.env;

/** An {@link Env} answered with what cannot be; the message says which, at which step, and what. */
public final class EnvException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public EnvException(String message) {
    super(message);
  }
}
