// The loop that MujocoStepping is compared with: 16 HalfCheetahs on one thread of C, the same model,
// library, actions, time limit and numbers read. Prints nanoseconds to a step of all 16.
//
// apt-get install libmujoco-dev
// gcc -O3 bench/src/main/c/half_cheetah.c -lmujoco -lm -o /tmp/half_cheetah
// /tmp/half_cheetah engine/src/main/resources/dev/lanewise/engine/env/mujoco/half_cheetah.xml
#include <math.h>
#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ENVS = 16, FRAME_SKIP = 5, TIME_LIMIT = 1000, STEPS = 3000, ROUNDS = 5 };

static mjModel* model;
static mjData* data[ENVS];
static float observation[17][ENVS], reward[ENVS];

static double uniform(double scale) { return scale * (2.0 * rand() / RAND_MAX - 1); }

static void reset(int i) {
  mj_resetData(model, data[i]);
  for (int j = 0; j < model->nq; j++) data[i]->qpos[j] += uniform(0.1);
  for (int j = 0; j < model->nv; j++) data[i]->qvel[j] += uniform(0.17);
  mj_forward(model, data[i]);
}

static void step(int i) {
  mjData* d = data[i];
  double before = d->qpos[0], effort = 0;
  for (int j = 0; j < model->nu; j++) {
    d->ctrl[j] = (float)sin(7 * i + j);
    effort += d->ctrl[j] * d->ctrl[j];
  }
  for (int frame = 0; frame < FRAME_SKIP; frame++) mj_step(model, d);
  reward[i] = (d->qpos[0] - before) / (FRAME_SKIP * model->opt.timestep) - 0.1 * effort;
  for (int j = 1; j < model->nq; j++) observation[j - 1][i] = d->qpos[j];
  for (int j = 0; j < model->nv; j++) observation[8 + j][i] = d->qvel[j];
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * t.tv_sec + t.tv_nsec;
}

int main(int argc, char** argv) {
  char error[1000] = "";
  if (argc != 2 || !(model = mj_loadXML(argv[1], NULL, error, sizeof error))) {
    fprintf(stderr, "half_cheetah MODEL.xml: %s\n", error);
    return 1;
  }
  for (int i = 0; i < ENVS; i++) data[i] = mj_makeData(model);
  for (int round = 0; round < ROUNDS; round++) {
    double start = now();
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < ENVS; i++) {
        if (t % TIME_LIMIT == 0) reset(i);
        step(i);
      }
    }
    printf("%.0f ns\n", (now() - start) / STEPS);
  }
  return 0;
}
