package dev.lanewise.kernels;

import java.util.List;
import java.util.stream.Stream;

/** Calls one after the other, which a backend can see into: {@link Backend#inOrder}. */
public record InOrder(List<Call> calls) implements Call {
  public InOrder {
    calls = List.copyOf(calls);
  }

  /** All calls of a sequence, also those of the sequences in it. */
  public static List<Call> parts(Call... calls) {
    return Stream.of(calls)
        .flatMap(
            call ->
                call instanceof InOrder(var own)
                    ? parts(own.toArray(Call[]::new)).stream()
                    : Stream.of(call))
        .toList();
  }

  @Override
  public void run() {
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).run();
    }
  }
}
