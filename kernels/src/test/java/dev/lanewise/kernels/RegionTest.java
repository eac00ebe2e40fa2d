package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class RegionTest {

  @Test
  void memoryIsZeroAlsoWhenItWasUsedBefore() {
    for (int turn = 0; turn < 3; turn++) {
      try (var region = new Region("net", 4)) {
        for (int size : new int[] {1, 17, 1 << 20}) {
          long address = region.allocate(size, "weights");
          for (long i = 0; i < size; i++) {
            assertThat(get(address + i)).isZero();
            set(address + i, 7);
          }
        }
      }
    }
  }

  @Test
  void piecesBeginOn64ByteBoundariesAndDoNotOverlap() {
    for (int elementBytes : new int[] {4, 8}) {
      try (var region = new Region("net", elementBytes)) {
        long end = -1;
        for (int size : new int[] {1, 15, 16, 17, 0, 1000, 1 << 19, 3}) {
          long address = region.allocate(size, "piece");
          assertThat(address * elementBytes % 64).isZero();
          assertThat(address).isGreaterThan(end);
          end = size == 0 ? end : address + size - 1;
        }
      }
    }
  }

  @Test
  void closingGivesTheMemoryBack() {
    long before = Slab.used();
    var region = new Region("net", 4);
    region.allocate(3 << 20, "weights");
    assertThat(region.bytes()).isEqualTo(12 << 20);
    assertThat(Slab.used()).isEqualTo(before + (12 << 20));
    region.close();
    assertThat(region.isOpen()).isFalse();
    assertThat(Slab.used()).isEqualTo(before);
  }

  /** Ranges given back in any order become one again. */
  @Test
  void freedNeighboursAreJoined() {
    long first;
    try (var probe = new Region("probe", 4)) {
      first = probe.allocate(3 << 20, "all");
    }
    Region[] regions = new Region[3];
    for (int i = 0; i < 3; i++) {
      regions[i] = new Region("region " + i, 4);
      regions[i].allocate(1 << 20, "third");
    }
    for (int i : new int[] {0, 2, 1}) {
      regions[i].close();
    }
    try (var again = new Region("again", 4)) {
      assertThat(again.allocate(3 << 20, "all")).isEqualTo(first);
    }
  }

  @Test
  void aClosedRegionRefuses() {
    var region = new Region("net", 4);
    region.allocate(1, "weight");
    region.close();
    assertThatThrownBy(() -> region.allocate(1, "weight"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("net is closed; no memory can be taken from it");
    assertThatThrownBy(region::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("net is already closed");
  }

  @Test
  void aNegativeSizeIsRefused() {
    try (var region = new Region("net", 4)) {
      assertThatThrownBy(() -> region.allocate(-1, "weights"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("weights cannot have -1 elements");
    }
  }

  @Test
  void canariesTellWhoWroteTooFar() {
    try (var region = new Region("net", 4, Slab.CHUNKS, true)) {
      long weights = region.allocate(20, "weights");
      long bias = region.allocate(16, "bias");
      for (long i = 0; i < 32; i++) { // rounded up to 64 bytes
        set(weights + i, 1);
      }
      region.verify();
      for (long beyond : new long[] {32, 47}) {
        float before = get(weights + beyond);
        set(weights + beyond, 1);
        assertThatThrownBy(region::verify)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("net: something wrote past the end of weights");
        set(weights + beyond, before);
      }
      region.verify();
      set(bias + 16, 0);
      assertThatThrownBy(region::verify).hasMessageEndingWith("past the end of bias");
    }
  }

  @Test
  void withoutGuardNothingLiesBetweenPieces() {
    try (var region = new Region("net", 4, Slab.CHUNKS, false)) {
      long first = region.allocate(16, "first");
      assertThat(region.allocate(16, "second")).isEqualTo(first + 16);
      region.verify();
    }
  }

  @Test
  void tooMuchMemoryIsOneSentence() {
    long before = Slab.used();
    try (var region = new Region("replay", 4)) {
      assertThatThrownBy(() -> region.allocate(1L << 50, "observations"))
          .isInstanceOf(OutOfSlabException.class)
          .hasMessageMatching(
              "replay: observations needs 4\\.0 PiB of memory but .* of .* are left; "
                  + "make it smaller or raise -Dlanewise\\.memory");
      assertThat(Slab.used()).isEqualTo(before);
      region.allocate(10, "something smaller");
    }
  }

  @Test
  void sizesReadAsPeopleWriteThem() {
    assertThat(OutOfSlabException.readable(0)).isEqualTo("0 B");
    assertThat(OutOfSlabException.readable(1023)).isEqualTo("1023 B");
    assertThat(OutOfSlabException.readable(1024)).isEqualTo("1.0 KiB");
    assertThat(OutOfSlabException.readable(1536L << 20)).isEqualTo("1.5 GiB");
    assertThat(OutOfSlabException.readable(1L << 40)).isEqualTo("1.0 TiB");
  }

  private static float get(long address) {
    return Slab.MEMORY.get(ValueLayout.JAVA_FLOAT, address * 4);
  }

  private static void set(long address, float value) {
    Slab.MEMORY.set(ValueLayout.JAVA_FLOAT, address * 4, value);
  }
}
