package dev.lanewise.kernels;

import java.util.List;
import java.util.stream.Stream;

/** Calls one after the other, which a backend can see into: {@link Backend#inOrder}. */
public final class InOrder implements Call {
  private final Call[] calls;

  InOrder(List<Call> calls) {
    this.calls = calls.toArray(Call[]::new);
  }

  /** All calls in this order, also those of the sequences among them, but for those of nothing. */
  public static List<Call> parts(Call... calls) {
    return Stream.of(calls)
        .flatMap(call -> call instanceof InOrder some ? Stream.of(some.calls) : Stream.of(call))
        .filter(call -> call != Call.NOTHING)
        .toList();
  }

  @Override
  public void run() {
    for (var call : calls) {
      call.run();
    }
  }
}
