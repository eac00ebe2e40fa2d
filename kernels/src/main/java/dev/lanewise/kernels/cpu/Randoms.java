package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.put;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox4x32-10 in vectors. A group is 64 elements: the four words of sixteen blocks, word 0 of all
 * blocks first. Groups are drawn whole into an array, turned into the numbers that are wanted, and
 * the part that the view covers is copied out.
 */
final class Randoms {
  private static final int GROUP = 64;

  /** Blocks of a group. */
  private static final int BLOCKS = 16;

  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, F.vectorShape());
  private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());
  private static final LongVector EVEN = LongVector.zero(L).addIndex(2);

  private static final long LOW = 0xFFFF_FFFFL;
  private static final long MULTIPLIER_0 = Philox.MULTIPLIER_0 & LOW;
  private static final long MULTIPLIER_1 = Philox.MULTIPLIER_1 & LOW;

  /** Turns the words of a group, bits in the place of floats, into numbers. */
  private interface Change {
    void group(float[] words);
  }

  private Randoms() {}

  static Call uniform(Draw draw, View y) {
    return call(draw, Randoms::uniform, y);
  }

  static Call normal(Draw draw, View y) {
    return call(draw, Randoms::normal, y);
  }

  static Call integers(Draw draw, View bound, View y) {
    long below = bytes(bound.address());
    return call(draw, words -> integers(words, (long) get(below)), y);
  }

  private static Call call(Draw draw, Change change, View y) {
    var words = new float[GROUP];
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), start = draw.firstLane(), end = start + y.lanes();
    long seed = draw.stream().seed(), stream = draw.stream().stream();
    return () -> {
      for (int r = 0; r < rows; r++) {
        for (int group = start & -GROUP; group < end; group += GROUP) {
          draw(seed, stream, draw.counter(r + draw.firstRow(), group), words);
          change.group(words);
          int from = Math.max(start, group), to = Math.min(end, group + GROUP);
          copy(words, from - group, y0 + r * yRow + bytes(from - start), to - from);
        }
      }
    };
  }

  private static void copy(float[] from, int offset, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      if (n - i >= COUNT) {
        put(FloatVector.fromArray(F, from, offset + i), y, i);
      } else {
        var rest = first(n - i);
        put(FloatVector.fromArray(F, from, offset + i, rest), y, i, rest);
      }
    }
  }

  /**
   * Words are the low halves of longs, since that is what the processor multiplies: blocks with
   * even numbers in one set of vectors and odd ones in another, so that shifting these by 32 bits
   * puts them in between. The high halves hold anything.
   */
  private static void draw(long seed, long stream, long counter, float[] words) {
    for (int block = 0; block < BLOCKS; block += COUNT) {
      LongVector a0 = EVEN.add(counter + block), b0 = a0.add(1);
      LongVector a1 = high(a0), b1 = high(b0);
      LongVector a2 = LongVector.broadcast(L, stream), b2 = a2;
      LongVector a3 = high(a2), b3 = a3;
      long k0 = seed, k1 = seed >>> 32;
      for (int round = 0; round < Philox.ROUNDS; round++) {
        LongVector p = a0.and(LOW).mul(MULTIPLIER_0), q = a2.and(LOW).mul(MULTIPLIER_1);
        a0 = high(q).lanewise(VectorOperators.XOR, a1).lanewise(VectorOperators.XOR, k0);
        a2 = high(p).lanewise(VectorOperators.XOR, a3).lanewise(VectorOperators.XOR, k1);
        a1 = q;
        a3 = p;
        LongVector s = b0.and(LOW).mul(MULTIPLIER_0), t = b2.and(LOW).mul(MULTIPLIER_1);
        b0 = high(t).lanewise(VectorOperators.XOR, b1).lanewise(VectorOperators.XOR, k0);
        b2 = high(s).lanewise(VectorOperators.XOR, b3).lanewise(VectorOperators.XOR, k1);
        b1 = t;
        b3 = s;
        k0 += Philox.WEYL_0;
        k1 += Philox.WEYL_1;
      }
      merged(a0, b0).intoArray(words, block);
      merged(a1, b1).intoArray(words, BLOCKS + block);
      merged(a2, b2).intoArray(words, 2 * BLOCKS + block);
      merged(a3, b3).intoArray(words, 3 * BLOCKS + block);
    }
  }

  private static LongVector high(LongVector v) {
    return v.lanewise(VectorOperators.LSHR, 32);
  }

  private static FloatVector merged(LongVector even, LongVector odd) {
    return even.and(LOW).or(odd.lanewise(VectorOperators.LSHL, 32)).reinterpretAsFloats();
  }

  private static void uniform(float[] words) {
    for (int i = 0; i < GROUP; i += COUNT) {
      unit(words, i).intoArray(words, i);
    }
  }

  /** {@link Philox#unit} */
  private static FloatVector unit(float[] words, int i) {
    var bits = FloatVector.fromArray(F, words, i).reinterpretAsInts();
    var number = bits.lanewise(VectorOperators.LSHR, 9).convertShape(VectorOperators.I2F, F, 0);
    return ((FloatVector) number).fma(all(0x1p-23f), all(0x1p-24f));
  }

  private static void normal(float[] words) {
    for (int i = 0; i < GROUP; i += i % (2 * BLOCKS) == BLOCKS - COUNT ? BLOCKS + COUNT : COUNT) {
      var radius = Functions.log(unit(words, i)).mul(-2).sqrt();
      var turn = unit(words, i + BLOCKS);
      radius.mul(cosOfTurn(turn)).intoArray(words, i);
      radius.mul(sinOfTurn(turn)).intoArray(words, i + BLOCKS);
    }
  }

  private static FloatVector cosOfTurn(FloatVector turn) {
    return Functions.cos(turn.mul((float) (2 * Math.PI)));
  }

  private static FloatVector sinOfTurn(FloatVector turn) {
    return Functions.sin(turn.mul((float) (2 * Math.PI)));
  }

  /** ⌊word · bound / 2³²⌋, in longs as above. */
  private static void integers(float[] words, long bound) {
    for (int i = 0; i < GROUP; i += COUNT) {
      var both = FloatVector.fromArray(F, words, i).reinterpretAsLongs();
      var even = both.and(LOW).mul(bound);
      var odd = high(both).mul(bound);
      var number = high(even).or(odd.and(~LOW)).reinterpretAsInts();
      ((FloatVector) number.convertShape(VectorOperators.I2F, F, 0)).intoArray(words, i);
    }
  }
}
