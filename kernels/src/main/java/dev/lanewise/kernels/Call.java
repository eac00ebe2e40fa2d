package dev.lanewise.kernels;

/**
 * A kernel with its arguments set, ready to run any number of times. Running it allocates nothing.
 */
@FunctionalInterface
public interface Call {
  void run();
}
