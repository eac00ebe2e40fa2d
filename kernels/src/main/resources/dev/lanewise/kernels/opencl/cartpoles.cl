// Gymnasium's CartPole-v1, an item a cart.

KERNEL cartPole(
    PART VIEW(hidden),
    VIEW(action),
    VIEW(observation),
    VIEW(finalObservation),
    VIEW(reward),
    VIEW(terminated),
    const int lanes) {
  EACH_LANE(lanes) {
    float x = AT(observation, 0, i);
    float v = AT(observation, 1, i);
    float theta = AT(observation, 2, i);
    float w = AT(observation, 3, i);
    const float force = fma(AT(action, 0, i), 20.0f, -10.0f);

    const float sine = sineNear(theta), cosine = cosineNear(theta);
    const float push = fma(w * w * sine, 0.05f, force) * 0.909090909f;
    const float torque = sine * 9.8f - cosine * push;
    const float angular = torque / fma(cosine * cosine, -0.0454545455f, 0.666666667f);
    const float linear = fma(angular * cosine, -0.0454545455f, push);
    x = fma(v, 0.02f, x);
    v = fma(linear, 0.02f, v);
    theta = fma(w, 0.02f, theta);
    w = fma(angular, 0.02f, w);

    const float next[4] = {x, v, theta, w};
    for (int j = 0; j < 4; j++) {
      AT(observation, j, i) = next[j];
      AT(finalObservation, j, i) = next[j];
    }
    AT(reward, 0, i) = 1.0f;
    // both limits are the next float above the number itself: "at least" this is "more than" that
    AT(terminated, 0, i) = fabs(x) >= 2.4f || fabs(theta) >= 0x1.aceeap-3f ? 1.0f : 0.0f;
  }
}
