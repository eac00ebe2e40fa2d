// Gymnasium's MountainCar-v0 and MountainCarContinuous-v0, an item a car.

typedef struct {
  float x, v;
} Car;

static float clipped(const float x, const float low, const float high) {
  return x > high ? high : x < low ? low : x;
}

static Car driven(const float x, const float v, const float push, const float power) {
  Car car;
  car.v = fma(push, power, fma(cosine(x * 3.0f), -0.0025f, v));
  car.v = clipped(car.v, -0.07f, 0.07f);
  car.x = clipped(x + car.v, -1.2f, 0.6f);
  car.v = car.x <= -1.2f && car.v < 0.0f ? 0.0f : car.v;
  return car;
}

#define MOTION                                                                            \
  PART VIEW(hidden), VIEW(action), VIEW(observation), VIEW(finalObservation), VIEW(reward), \
      VIEW(terminated), const int lanes

KERNEL mountainCar(MOTION) {
  EACH_LANE(lanes) {
    const float push = AT(action, 0, i) - 1.0f;
    const Car car = driven(AT(observation, 0, i), AT(observation, 1, i), push, 0.001f);
    AT(observation, 0, i) = AT(finalObservation, 0, i) = car.x;
    AT(observation, 1, i) = AT(finalObservation, 1, i) = car.v;
    AT(reward, 0, i) = -1.0f;
    AT(terminated, 0, i) = car.x >= 0.5f && car.v >= 0.0f ? 1.0f : 0.0f;
  }
}

KERNEL mountainCarContinuous(MOTION) {
  EACH_LANE(lanes) {
    const float a = AT(action, 0, i), push = clipped(a, -1.0f, 1.0f);
    const Car car = driven(AT(observation, 0, i), AT(observation, 1, i), push, 0.0015f);
    const float arrived = car.x >= 0.45f && car.v >= 0.0f ? 1.0f : 0.0f;
    AT(observation, 0, i) = AT(finalObservation, 0, i) = car.x;
    AT(observation, 1, i) = AT(finalObservation, 1, i) = car.v;
    AT(reward, 0, i) = fma(a * a, -0.1f, arrived * 100.0f);
    AT(terminated, 0, i) = arrived;
  }
}
