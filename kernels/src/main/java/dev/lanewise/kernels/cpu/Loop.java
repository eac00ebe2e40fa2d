package dev.lanewise.kernels.cpu;

/** A loop that {@link LoopCode} wrote. */
interface Loop {
  /** Runs it; what each argument means is told where the loop is written. */
  void run(long[] arguments);
}
