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
    var parts = InOrder.parts(calls);
    return switch (parts.size()) {
      case 0 -> NOTHING;
      case 1 -> parts.getFirst();
      default -> new InOrder(parts);
    };
  }
}
