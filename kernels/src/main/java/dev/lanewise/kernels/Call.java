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
    if (calls.length == 1) {
      return calls[0];
    }
    var own = calls.clone();
    return () -> {
      for (var call : own) {
        call.run();
      }
    };
  }
}
