package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class InterquartileMeanTest {

  @Test
  void upToThreeValuesItIsTheMean() {
    assertThat(InterquartileMean.of(5)).isEqualTo(5);
    assertThat(InterquartileMean.of(1, 4)).isEqualTo(2.5);
    assertThat(InterquartileMean.of(1, 100, 4)).isEqualTo(35);
  }

  /** ⌊n / 4⌋ of each end: one of 4 to 7, two of 8 to 11. */
  @Test
  void wholeValuesFallOffBothEnds() {
    assertThat(InterquartileMean.of(-1000, 3, 7, 1000)).isEqualTo(5);
    assertThat(InterquartileMean.of(1000, 3, 7, -1000, 8)).isEqualTo(6);
    assertThat(InterquartileMean.of(7, 6, 5, 4, 3, 2, 100)).isEqualTo(5);
    assertThat(InterquartileMean.of(0, 0, 1, 2, 3, 10, 50, 60)).isEqualTo(4);
    assertThat(InterquartileMean.of(10, 1, 9, 2, 8, 3, 7, 4, 6, 50))
        .isEqualTo(37.0 / 6, within(1e-12));
  }

  @Test
  void theValuesStayAsTheyAre() {
    var values = new double[] {3, 1, 2};
    InterquartileMean.of(values);
    assertThat(values).containsExactly(3, 1, 2);
  }

  @Test
  void nothingAndNaNAreRefused() {
    assertThatThrownBy(InterquartileMean::of)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("give at least one");
    assertThatThrownBy(() -> InterquartileMean.of(1, Double.NaN, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN among 3 values");
  }
}
