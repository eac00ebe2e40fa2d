// Gymnasium's Acrobot-v1, an item an acrobot. The accelerations solve M a = b with
// M = (d1, d2; d2, 1.25) by one division by det M; the method of Runge and Kutta is in Nystroem's
// form, as the derivative of an angle is its speed.

#define H 0.2f

// accelerations of both joints, of which sin q1, sin(q1 + q2), sin q2 and cos q2 are known
static float2 accelerations(const float4 known, const float2 speed, const float torque) {
  const float cos2 = known.s3;
  const float arm = known.s2 * 0.5f;
  const float phi2 = known.s1 * 4.9f;
  const float phi1 =
      fma(known.s0, 14.7f, phi2) - arm * speed.s1 * fma(speed.s0, 2.0f, speed.s1);
  const float b = torque - phi2 - arm * speed.s0 * speed.s0;
  const float d2 = fma(cos2, 0.5f, 1.25f);
  const float inverse = 1.0f / fma(cos2 * cos2, -0.25f, 2.8125f);
  return (float2)(
      -(fma(phi1, 1.25f, d2 * b) * inverse), fma(cos2 + 3.5f, b, d2 * phi1) * inverse);
}

static float4 known(const float2 angle) {
  return (float4)(
      sineNear(angle.s0), sineNear(angle.s0 + angle.s1), sineNear(angle.s1), cosineNear(angle.s1));
}

static float wrapped(const float x) {
  const float turns = fma(x, 0x1.45f306p-3f, ROUND) - ROUND;
  return fma(turns, 0x1.777a5cp-23f, fma(turns, -0x1.921fb6p2f, x));
}

static float clipped(const float x, const float limit) {
  return x > limit ? limit : x < -limit ? -limit : x;
}

KERNEL acrobot(
    PART VIEW(hidden),
    VIEW(action),
    VIEW(observation),
    VIEW(finalObservation),
    VIEW(reward),
    VIEW(terminated),
    const int lanes) {
  EACH_LANE(lanes) {
    const float2 q = (float2)(AT(hidden, 0, i), AT(hidden, 1, i));
    const float2 w = (float2)(AT(observation, 4, i), AT(observation, 5, i));
    const float4 now = (float4)(
        AT(observation, 1, i), sineNear(q.s0 + q.s1), AT(observation, 3, i), AT(observation, 2, i));
    const float torque = AT(action, 0, i) - 1.0f;
    const float2 h = H, halfH = H / 2, two = 2.0f;
    const float2 quarterSquare = 0.01f, halfSquare = 0.02f;

    const float2 a1 = accelerations(now, w, torque);
    const float2 a2 = accelerations(known(fma(w, halfH, q)), fma(a1, halfH, w), torque);
    const float2 a3 =
        accelerations(known(fma(a1, quarterSquare, fma(w, halfH, q))), fma(a2, halfH, w), torque);
    const float2 a4 =
        accelerations(known(fma(a2, halfSquare, fma(w, h, q))), fma(a3, h, w), torque);
    const float2 turned = fma(a1 + a2 + a3, (float2)(0.00666666667f), fma(w, h, q));
    const float2 faster = fma(fma(a2 + a3, two, a1 + a4), (float2)(0.0333333333f), w);

    const float angle1 = wrapped(turned.s0), angle2 = wrapped(turned.s1);
    const float speed1 = clipped(faster.s0, 0x1.921fb6p3f);
    const float speed2 = clipped(faster.s1, 0x1.c463acp4f);
    AT(hidden, 0, i) = angle1;
    AT(hidden, 1, i) = angle2;
    const float cos1 = cosineNear(angle1), sin1 = sineNear(angle1);
    const float cos2 = cosineNear(angle2), sin2 = sineNear(angle2);
    const float seen[6] = {cos1, sin1, cos2, sin2, speed1, speed2};
    for (int j = 0; j < 6; j++) {
      AT(observation, j, i) = seen[j];
      AT(finalObservation, j, i) = seen[j];
    }
    // cos(q1 + q2) = cos q1 cos q2 - sin q1 sin q2
    const bool high = sin1 * sin2 - fma(cos1, cos2, cos1) > 1.0f;
    AT(reward, 0, i) = high ? 0.0f : -1.0f;
    AT(terminated, 0, i) = high ? 1.0f : 0.0f;
  }
}
