package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PhiloxTest {

  /** The vectors for philox4x32-10 of Random123 1.14, tests/kat_vectors. */
  @Test
  void knownAnswers() {
    assertBlock(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertBlock(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertBlock(
        0x299f31d0_a4093822L,
        0x03707344_13198a2eL,
        0x85a308d3_243f6a88L,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertBlock(long seed, long stream, long counter, int... words) {
    for (int word = 0; word < 4; word++) {
      assertThat(Philox.word(seed, stream, counter, word)).isEqualTo(words[word]);
    }
  }

  @Test
  void unitIsOpenAndExactInFloat() {
    for (int bits : new int[] {0, -1, 511, 512, 0x7FFFFFFF, 0x80000000}) {
      double unit = Philox.unit(bits);
      assertThat(unit).isGreaterThan(0).isLessThan(1).isEqualTo((double) (float) unit);
    }
    assertThat(Philox.unit(0)).isEqualTo(0x1p-24);
    assertThat(Philox.unit(-1)).isEqualTo(1 - 0x1p-24);
    assertThat(Philox.unit(0x80000000)).isEqualTo(0.5 + 0x1p-24);
  }

  @Test
  void theCounterIsTheState() {
    var stream = new Philox(1, 2);
    stream.advance(10);
    stream.advance(5);
    assertThat(stream.counter()).isEqualTo(15);
    stream.seek(3);
    assertThat(stream.counter()).isEqualTo(3);
  }

  @Test
  void aBlockHasFourWords() {
    assertThatThrownBy(() -> Philox.word(0, 0, 0, 4)).hasMessage("word 4 of a block of four");
  }

  /** No two elements of an array, nor of one drawn after it, share a word. */
  @Test
  void everyElementHasAWordOfItsOwn() {
    var stream = new Philox(0, 0);
    var seen = new java.util.HashSet<Long>();
    int rows = 3, lanes = 130, draws = 2;
    for (int n = 0; n < draws; n++) {
      var draw = new Draw(stream, 0, lanes, 0, 0);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < lanes; i++) {
          long word = draw.counter(r, i) * 4 + i % 64 / 16;
          assertThat(seen.add(word)).as("element (%d, %d)", r, i).isTrue();
        }
      }
      stream.advance(Draw.blocks(rows, lanes));
    }
    assertThat(seen).hasSize(draws * rows * lanes);
  }
}
