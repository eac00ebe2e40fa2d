package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Draw;
import dev.lanewise.kernels.Philox;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox4x32-10 in vectors. A group is 64 elements: the four words of sixteen blocks, word 0 of all
 * blocks first. Groups are drawn whole into an array, turned into the numbers that are wanted in
 * another, and the part that the view covers is copied out.
 */
final class Randoms {
  private static final int GROUP = 64;

  /** Blocks of a group. */
  private static final int BLOCKS = 16;

  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
  private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());

  private static final LongVector EVEN = LongVector.zero(L).addIndex(2);
  private static final long LOW = 0xFFFF_FFFFL;
  private static final LongVector LOWER = LongVector.broadcast(L, LOW);
  private static final LongVector HIGH = LongVector.broadcast(L, ~LOW);
  private static final LongVector MULTIPLIER_0 = low(Philox.MULTIPLIER_0);
  private static final LongVector MULTIPLIER_1 = low(Philox.MULTIPLIER_1);
  private static final LongVector WEYL_0 = low(Philox.WEYL_0);
  private static final LongVector WEYL_1 = low(Philox.WEYL_1);

  private static final FloatVector UNIT = all(0x1p-23f);
  private static final FloatVector HALF_UNIT = all(0x1p-24f);

  /** Turns the words of a group into numbers. */
  interface Change {
    void group(int[] words, float[] numbers);
  }

  private Randoms() {}

  static Call uniform(Draw draw, View y) {
    return call(draw, y, Randoms::uniform);
  }

  static Call normal(Draw draw, View y) {
    return call(draw, y, Normals.changes());
  }

  static Call integers(Draw draw, View bound, View y) {
    long below = bytes(bound.address());
    return call(draw, y, (words, numbers) -> integers(words, numbers, (long) get(below)));
  }

  private static Call call(Draw draw, View y, Change... changes) {
    var words = new int[GROUP];
    var numbers = new float[GROUP];
    long y0 = bytes(y.address()), yRow = bytes(y.rowStride());
    int rows = y.rows(), start = draw.firstLane(), end = start + y.lanes();
    long seed = draw.stream().seed(), stream = draw.stream().stream();
    return () -> {
      for (int r = 0; r < rows; r++) {
        for (int group = start & -GROUP; group < end; group += GROUP) {
          draw(seed, stream, draw.counter(r + draw.firstRow(), group), words);
          for (var change : changes) {
            change.group(words, numbers);
          }
          int from = Math.max(start, group), to = Math.min(end, group + GROUP);
          copy(numbers, from - group, y0 + r * yRow + bytes(from - start), to - from);
        }
      }
    };
  }

  private static void copy(float[] from, int offset, long y, int n) {
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      FloatVector.fromArray(F, from, offset + i).intoMemorySegment(MEMORY, y + 4L * i, ORDER);
    }
    var rest = first(n - i);
    FloatVector.fromArray(F, from, offset + i, rest)
        .intoMemorySegment(MEMORY, y + 4L * i, ORDER, rest);
  }

  /**
   * Words are the low halves of longs, since that is what the processor multiplies: blocks with
   * even numbers in the vectors a and odd ones in b, so that shifting b by 32 bits puts them in
   * between. The high halves hold anything.
   */
  private static void draw(long seed, long stream, long counter, int[] words) {
    LongVector m0 = MULTIPLIER_0.and(LOW), m1 = MULTIPLIER_1.and(LOW);
    for (int block = 0; block < BLOCKS; block += COUNT) {
      LongVector a0 = EVEN.add(counter + block), b0 = a0.add(1);
      LongVector a1 = a0.lanewise(LSHR, 32), b1 = b0.lanewise(LSHR, 32);
      LongVector a2 = LongVector.broadcast(L, stream), b2 = a2;
      LongVector a3 = LongVector.broadcast(L, stream >>> 32), b3 = a3;
      LongVector k0 = LongVector.broadcast(L, seed), k1 = LongVector.broadcast(L, seed >>> 32);
      for (int round = 0; round < Philox.ROUNDS; round++) {
        LongVector p = LOWER.and(a0).mul(m0), q = LOWER.and(a2).mul(m1);
        a0 = q.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
        a2 = p.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
        a1 = q;
        a3 = p;
        LongVector s = LOWER.and(b0).mul(m0), t = LOWER.and(b2).mul(m1);
        b0 = t.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
        b2 = s.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
        b1 = t;
        b3 = s;
        k0 = WEYL_0.add(k0);
        k1 = WEYL_1.add(k1);
      }
      // written out four times: by here the compiler's budget for inlining is spent
      LOWER.and(a0).or(b0.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block);
      LOWER.and(a1).or(b1.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block + 16);
      LOWER.and(a2).or(b2.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block + 32);
      LOWER.and(a3).or(b3.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block + 48);
    }
  }

  /**
   * One block of each of n streams, numbers {@code first + streams[k]}: word w of stream k goes to
   * {@code words[w · streams.length + k]}. As above, with the streams in place of the counters; up
   * to a vector more is drawn.
   */
  static void draw(long seed, long first, int[] streams, int n, long counter, int[] words) {
    LongVector m0 = MULTIPLIER_0.and(LOW), m1 = MULTIPLIER_1.and(LOW);
    int length = streams.length;
    for (int block = 0; block < n; block += COUNT) {
      var both = IntVector.fromArray(I, streams, block).reinterpretAsLongs();
      LongVector a2 = both.and(LOW).add(first), b2 = both.lanewise(LSHR, 32).add(first);
      LongVector a3 = a2.lanewise(LSHR, 32), b3 = b2.lanewise(LSHR, 32);
      LongVector a0 = LongVector.broadcast(L, counter), b0 = a0;
      LongVector a1 = LongVector.broadcast(L, counter >>> 32), b1 = a1;
      LongVector k0 = LongVector.broadcast(L, seed), k1 = LongVector.broadcast(L, seed >>> 32);
      for (int round = 0; round < Philox.ROUNDS; round++) {
        LongVector p = LOWER.and(a0).mul(m0), q = LOWER.and(a2).mul(m1);
        a0 = q.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
        a2 = p.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
        a1 = q;
        a3 = p;
        LongVector s = LOWER.and(b0).mul(m0), t = LOWER.and(b2).mul(m1);
        b0 = t.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
        b2 = s.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
        b1 = t;
        b3 = s;
        k0 = WEYL_0.add(k0);
        k1 = WEYL_1.add(k1);
      }
      LOWER.and(a0).or(b0.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block);
      LOWER.and(a1).or(b1.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(words, block + length);
      LOWER
          .and(a2)
          .or(b2.lanewise(LSHL, 32))
          .reinterpretAsInts()
          .intoArray(words, block + 2 * length);
      LOWER
          .and(a3)
          .or(b3.lanewise(LSHL, 32))
          .reinterpretAsInts()
          .intoArray(words, block + 3 * length);
    }
  }

  private static void uniform(int[] words, float[] numbers) {
    for (int i = 0; i < GROUP; i += COUNT) {
      unit(words, i).intoArray(numbers, i);
    }
  }

  /** {@link Philox#unit} */
  static FloatVector unit(int[] words, int i) {
    var bits = IntVector.fromArray(I, words, i).lanewise(LSHR, 9);
    return ((FloatVector) bits.convertShape(I2F, F, 0)).fma(UNIT, HALF_UNIT);
  }

  /** ⌊word · bound / 2³²⌋, in longs as above. */
  private static void integers(int[] words, float[] numbers, long bound) {
    var factor = LongVector.broadcast(L, bound).and(LOW);
    for (int i = 0; i < GROUP; i += COUNT) {
      var both = IntVector.fromArray(I, words, i).reinterpretAsLongs();
      var even = both.and(LOW).mul(factor).lanewise(LSHR, 32);
      var odd = both.lanewise(LSHR, 32).mul(factor).and(HIGH);
      var number = even.or(odd).reinterpretAsInts().convertShape(I2F, F, 0);
      ((FloatVector) number).intoArray(numbers, i);
    }
  }

  private static LongVector low(int word) {
    return LongVector.broadcast(L, word & LOW);
  }
}
