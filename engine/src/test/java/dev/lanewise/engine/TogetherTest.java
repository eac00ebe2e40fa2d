package dev.lanewise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.kernels.Call;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TogetherTest {

  private static Call failing(String why, AtomicInteger tries) {
    return () -> {
      tries.incrementAndGet();
      throw new IllegalStateException(why);
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aPhaseBeginsWhenTheOneBeforeIsDone(int workers) {
    try (var device = Device.cpu(workers)) {
      var first = new int[workers];
      var seen = new int[workers];
      var one = new Call[workers];
      var two = new Call[workers];
      for (int w = 0; w < workers; w++) {
        int me = w;
        one[w] = () -> first[me]++;
        two[w] = () -> seen[me] = first[workers - 1 - me];
      }
      var together = device.together(one, two);
      for (int i = 1; i <= 1000; i++) {
        together.run();
        assertThat(seen).containsOnly(i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void afterAFailureItsPhaseIsFinishedAndNoOtherBegins(int workers) {
    try (var device = Device.cpu(workers)) {
      var failures = new AtomicInteger();
      var later = new AtomicInteger();
      var one = new Call[workers];
      for (int w = 0; w < workers; w++) {
        one[w] = failing("worker " + w, failures);
      }
      var together = device.together(one, new Call[] {later::incrementAndGet});
      for (int i = 1; i <= 100; i++) {
        assertThatThrownBy(together::run).hasMessage("worker 0");
        assertThat(failures).hasValue(workers * i);
      }
      assertThat(later).hasValue(0);
    }
  }

  @Test
  void whatFailedOnceCanBeRunAgain() {
    try (var device = Device.cpu(2)) {
      var fails = new AtomicInteger(1);
      var done = new AtomicInteger();
      Call maybe =
          () -> {
            if (fails.getAndDecrement() > 0) {
              throw new IllegalArgumentException("once");
            }
          };
      var together =
          device.together(
              new Call[] {Call.NOTHING, maybe},
              new Call[] {done::incrementAndGet, done::incrementAndGet});
      assertThatThrownBy(together::run).hasMessage("once");
      assertThat(done).hasValue(0);
      together.run();
      assertThat(done).hasValue(2);
    }
  }

  @Test
  void moreCallsThanWorkersAreRefused() {
    try (var device = Device.cpu(2)) {
      assertThatThrownBy(() -> device.together(new Call[] {Call.NOTHING}, new Call[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 calls cannot run at the same time on 2 workers");
    }
  }
}
