package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.EpisodeEnds;
import dev.lanewise.kernels.Kernels.EpisodeStarts;
import dev.lanewise.kernels.Kernels.Feature;
import dev.lanewise.kernels.Kernels.Interval;
import dev.lanewise.kernels.Philox;

/** The ends and beginnings of episodes, one after another. */
final class Episodes {

  private Episodes() {}

  static void end(EpisodeEnds e) {
    int count = 0;
    for (int i = 0; i < e.reward().lanes(); i++) {
      double running = Doubles.get(e.running(), 0, i) + Doubles.get(e.reward(), 0, i);
      double length = Doubles.get(e.length(), 0, i) + 1;
      boolean cut = e.cutsItself() && Doubles.get(e.truncated(), 0, i) != 0;
      Doubles.set(e.truncated(), 0, i, cut || length >= e.limit() ? 1 : 0);
      if (Doubles.get(e.terminated(), 0, i) != 0 || Doubles.get(e.truncated(), 0, i) != 0) {
        Doubles.set(e.endedReturn(), 0, i, running);
        Doubles.set(e.endedLength(), 0, i, length);
        Doubles.set(e.ended(), 0, count++, i);
        running = 0;
        length = 0;
      }
      Doubles.set(e.running(), 0, i, running);
      Doubles.set(e.length(), 0, i, length);
    }
    Doubles.set(e.count(), 0, 0, count);
  }

  static void begin(EpisodeStarts s) {
    int count = (int) Doubles.get(s.count(), 0, 0);
    for (int k = 0; k < count; k++) {
      int i = (int) Doubles.get(s.lanes(), 0, k);
      long stream = s.random().stream() + s.firstLane() + i;
      for (int j = 0; j < s.hidden().rows(); j++) {
        Doubles.set(s.hidden(), j, i, number(s, stream, j));
      }
      for (int j = 0; j < s.features().size(); j++) {
        Doubles.set(s.observation(), j, i, seen(s, stream, s.features().get(j)));
      }
    }
  }

  /** Number j of a first state. */
  private static float number(EpisodeStarts s, long stream, int j) {
    int bits = Philox.word(s.random().seed(), stream, s.random().counter(), j);
    return within(s.intervals().get(j), (float) Philox.unit(bits));
  }

  private static float within(Interval interval, float unit) {
    return Math.fma(unit, interval.high() - interval.low(), interval.low());
  }

  private static double seen(EpisodeStarts s, long stream, Feature feature) {
    double value = number(s, stream, feature.number());
    return switch (feature.of()) {
      case VALUE -> value;
      case COSINE -> Math.cos(value);
      case SINE -> Math.sin(value);
    };
  }
}
