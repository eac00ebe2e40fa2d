// Random numbers by their place in the stream. An item is a block, whose four words go to
// lanes that are sixteen apart in an aligned group of sixty-four.

typedef struct {
  uint4 words;
  long lane; // that word 0 goes to
} Block;

static Block blockOf(
    const ulong seed,
    const ulong stream,
    const ulong counter,
    const long r,
    const long t,
    const int firstRow,
    const int firstLane,
    const long groupsOfRow) {
  const long group = firstLane / 64 + t / 16;
  Block block;
  block.words =
      philox(seed, stream, counter + (ulong)(((firstRow + r) * groupsOfRow + group) * 16 + t % 16));
  block.lane = group * 64 + t % 16 - firstLane;
  return block;
}

#define DRAW                                                                                     \
  PART VIEW(y), const int rows, const int lanes, const ulong seed, const ulong stream,                \
      const ulong counter, const int firstRow, const int firstLane, const long groupsOfRow

#define PUT(word, value)                                                            \
  if (lane + 16 * (word) >= LANES_FROM && lane + 16 * (word) < LANES_TO) {          \
    AT(y, r, lane + 16 * (word)) = value;                                           \
  }

// blocks of a row are counted from that of its first lane on
#ifdef PHASE
#define FIRST_BLOCK(lane) (((firstLane + (lane)) / 64 - firstLane / 64) * 16)
#define EACH_BLOCK                                                                       \
  for (long r = rowFrom; r < rowTo; r++)                                                 \
    for (long t = FIRST_BLOCK(laneFrom) + LOCAL_ID; t < FIRST_BLOCK(laneTo + 63); t += GROUP)
#else
#define EACH_BLOCK                                       \
  const long t = get_global_id(0), r = get_global_id(1); \
  if (r < rows && GOES_ON)
#endif

#define BLOCK                                                            \
  const Block block =                                                    \
      blockOf(seed, stream, counter, r, t, firstRow, firstLane, groupsOfRow); \
  const uint4 words = block.words;                                       \
  const long lane = block.lane;

KERNEL uniform(DRAW) {
  EACH_BLOCK {
    BLOCK
    PUT(0, unit(words.s0))
    PUT(1, unit(words.s1))
    PUT(2, unit(words.s2))
    PUT(3, unit(words.s3))
  }
}

// Box and Muller (1958). With t = 1/2 - v and w = |t| - 1/4, all exact: cos 2 pi v = sin 2 pi w
// and sin 2 pi v = +- sin 2 pi (1/4 - |w|), with the sign of t.
static float2 normalPair(const float u, const float v) {
  const float radius = sqrt(logarithmOfNormal(u) * -2.0f);
  const float t = 0.5f - v;
  const float w = fabs(t) - 0.25f;
  const float turn = 0x1.921fb6p2f;
  return (float2)(
      sineSmall(w * turn) * radius,
      sineSmall((0.25f - fabs(w)) * turn) * (t < 0.0f ? -radius : radius));
}

KERNEL normal(DRAW) {
  EACH_BLOCK {
    BLOCK
    const float2 first = normalPair(unit(words.s0), unit(words.s1));
    const float2 second = normalPair(unit(words.s2), unit(words.s3));
    PUT(0, first.s0)
    PUT(1, first.s1)
    PUT(2, second.s0)
    PUT(3, second.s1)
  }
}

KERNEL integers(DRAW, VIEW(bound)) {
  EACH_BLOCK {
    BLOCK
    const uint below = (uint)AT(bound, 0, 0);
    PUT(0, (float)mul_hi(words.s0, below))
    PUT(1, (float)mul_hi(words.s1, below))
    PUT(2, (float)mul_hi(words.s2, below))
    PUT(3, (float)mul_hi(words.s3, below))
  }
}
