package dev.lanewise.algos;

/** A hyperparameter that does not exist or has an impossible value; the message is for the user. */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SettingException(String message) {
    super(message);
  }
}
