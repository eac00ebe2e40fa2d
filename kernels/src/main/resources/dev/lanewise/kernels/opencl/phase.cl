// What the kernel of a phase is made of, which is written for each phase: see Phase.

// where a worker's part begins, in units of several lanes or rows: Cut.at
#define CUT(length, units, unit, worker) \
  min((long)(length), (long)(units) * (worker) / GROUPS * (unit))

#if GROUP == 1
#define MINE rowFrom, rowTo, laneFrom, laneTo
#define NEXT
#define STOP_IF_FAILED    \
  if (failed[0] != -1) { \
    return;               \
  }
#define BEGIN                             \
  const long worker = get_group_id(0); \
  STOP_IF_FAILED
#else
#define MINE rowFrom, rowTo, laneFrom, laneTo, shared
#define NEXT barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE);
// one work-item looks for all, or some might go on
#define STOP_IF_FAILED            \
  if (get_local_id(0) == 0) {     \
    stopped = failed[0] != -1;    \
  }                               \
  barrier(CLK_LOCAL_MEM_FENCE);   \
  if (stopped) {                  \
    return;                       \
  }
#define BEGIN                          \
  __local float shared[SHARED];        \
  __local int stopped;                 \
  const long worker = get_group_id(0); \
  STOP_IF_FAILED
#endif

