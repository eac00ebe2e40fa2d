// Gymnasium's Pendulum-v1, an item a pendulum.

static float clipped(const float x, const float limit) {
  return x > limit ? limit : x < -limit ? -limit : x;
}

// x - 2 pi floor(x / 2 pi + 1/2)
static float wrapped(const float x) {
  const float turns = floor(fma(x, 0x1.45f306p-3f, 0.5f));
  return fma(turns, 0x1.777a5cp-23f, fma(turns, -0x1.921fb6p2f, x));
}

KERNEL pendulum(
    PART VIEW(hidden),
    VIEW(action),
    VIEW(observation),
    VIEW(finalObservation),
    VIEW(reward),
    const int lanes) {
  EACH_LANE(lanes) {
    float theta = AT(hidden, 0, i);
    float speed = AT(observation, 2, i);
    const float u = clipped(AT(action, 0, i), 2.0f);
    const float angle = wrapped(theta);
    AT(reward, 0, i) = -fma(angle, angle, fma(speed * speed, 0.1f, u * u * 0.001f));

    const float acceleration = fma(AT(observation, 1, i), 15.0f, u * 3.0f);
    speed = clipped(fma(acceleration, 0.05f, speed), 8.0f);
    theta = fma(speed, 0.05f, theta);
    AT(hidden, 0, i) = theta;
    const float seen[3] = {cosine(theta), sine(theta), speed};
    for (int j = 0; j < 3; j++) {
      AT(observation, j, i) = seen[j];
      AT(finalObservation, j, i) = seen[j];
    }
  }
}
