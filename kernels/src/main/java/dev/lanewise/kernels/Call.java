package dev.lanewise.kernels;

/**
 * A kernel with its arguments set, ready to run any number of times. Running it allocates nothing.
 */
@FunctionalInterface
public interface Call {
  /** Nothing to do. */
  Call NOTHING = () -> {};

  void run();

  /** One after the other. */
  static Call inOrder(Call... calls) {
    return calls.length == 1 ? calls[0] : new InOrder(calls);
  }
}
