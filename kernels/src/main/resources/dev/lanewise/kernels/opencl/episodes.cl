// The ends and beginnings of episodes.

// everything of a lane but its place among the ended ones
KERNEL end(
    PART VIEW(reward),
    VIEW(terminated),
    VIEW(truncated),
    const int cutsItself,
    VIEW(running),
    VIEW(length),
    VIEW(endedReturn),
    VIEW(endedLength),
    const float limit,
    const int lanes) {
  EACH_LANE(lanes) {
    float total = AT(running, 0, i) + AT(reward, 0, i);
    float steps = AT(length, 0, i) + 1.0f;
    const bool cut = (cutsItself && AT(truncated, 0, i) != 0.0f) || steps >= limit;
    AT(truncated, 0, i) = cut ? 1.0f : 0.0f;
    if (cut || AT(terminated, 0, i) != 0.0f) {
      AT(endedReturn, 0, i) = total;
      AT(endedLength, 0, i) = steps;
      total = 0.0f;
      steps = 0.0f;
    }
    AT(running, 0, i) = total;
    AT(length, 0, i) = steps;
  }
}

// The ended lanes in order, by one work-group: each work-item counts those of a run of lanes, and
// after the sum of all runs before writes them.
#define ENDED(i) (AT(terminated, 0, i) != 0.0f || AT(truncated, 0, i) != 0.0f)

#ifndef PHASE
#define RUNS 64
#define COUNTS __local float shared[RUNS];
#elif GROUP == 1
#define RUNS 1
#define COUNTS float shared[RUNS];
#else
#define RUNS GROUP
#define COUNTS
#endif

#ifdef PHASE
KERNEL listEnded(
#else
__kernel __attribute__((reqd_work_group_size(RUNS, 1, 1))) void listEnded(
#endif
    PART VIEW(terminated), VIEW(truncated), VIEW(ended), VIEW(count), const int lanes) {
  COUNTS
#ifndef PHASE
  STOP_IF_FAILED
#endif
  const int t = LOCAL_ID;
  const long run = ((long)lanes + RUNS - 1) / RUNS;
  const long from = min(t * run, (long)lanes), to = min(from + run, (long)lanes);
  int here = 0;
  for (long i = from; i < to; i++) {
    here += ENDED(i);
  }
  shared[t] = here;
#if RUNS > 1
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  int place = 0;
  for (int before = 0; before < t; before++) {
    place += (int)shared[before];
  }
  for (long i = from; i < to; i++) {
    if (ENDED(i)) {
      AT(ended, 0, place++) = (float)i;
    }
  }
  if (t == RUNS - 1) {
    AT(count, 0, 0) = (float)place;
  }
}

#ifdef PHASE
#define EACH_BEGUN(lanes) for (long k = LOCAL_ID; k < (long)AT(count, 0, 0); k += GROUP)
#else
#define EACH_BEGUN(lanes)          \
  const long k = get_global_id(0); \
  if (k < lanes && k < (long)AT(count, 0, 0) && GOES_ON)
#endif

// First states: four words are enough for four numbers. What is observed of them comes in four bits
// for each row: the function, VALUE, COSINE or SINE, in the high two and the number in the low two.
KERNEL begin(
    PART VIEW(which),
    VIEW(count),
    VIEW(hidden),
    VIEW(observation),
    const int hiddenRows,
    const int seenRows,
    const long features,
    const float4 low,
    const float4 range,
    const ulong seed,
    const ulong firstStream,
    const ulong counter,
    const int lanes) {
  EACH_BEGUN(lanes) {
    const int i = (int)AT(which, 0, k);
    const uint4 words = philox(seed, firstStream + (ulong)i, counter);
    const float numbers[4] = {
        fma(unit(words.s0), range.s0, low.s0),
        fma(unit(words.s1), range.s1, low.s1),
        fma(unit(words.s2), range.s2, low.s2),
        fma(unit(words.s3), range.s3, low.s3)};
    for (int r = 0; r < hiddenRows; r++) {
      AT(hidden, r, i) = numbers[r];
    }
    for (int r = 0; r < seenRows; r++) {
      const int code = (int)(features >> (4 * r)) & 15;
      const float x = numbers[code & 3];
      AT(observation, r, i) = code < 4 ? x : code < 8 ? cosine(x) : sine(x);
    }
  }
}
