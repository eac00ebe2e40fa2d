package dev.lanewise.kernels;

/** A number that had to be finite is NaN or infinite. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private final String name;

  public NotFiniteException(String name, double value) {
    super(name + " is " + value);
    this.name = name;
  }

  /**
   * @param origin what made the first number that is not finite
   */
  public NotFiniteException(String name, double value, String origin) {
    super(name + " is " + value + "; the first such number came from " + origin);
    this.name = name;
  }

  /** What was not finite. */
  public String name() {
    return name;
  }
}
