// Updates of parameters in place, one work-item a parameter.

#define EACH(lanes)                \
  const long i = get_global_id(0); \
  if (i >= (lanes)) {              \
    return;                        \
  }

// 1 - b^t = -(e^(t ln b) - 1), which loses no digits where b^t is close to 1
static float lessPower(const float lnBeta, const float t) { return -expm1(t * lnBeta); }

__kernel void adam(
    VIEW(parameter),
    VIEW(gradient),
    VIEW(firstMoment),
    VIEW(secondMoment),
    VIEW(stepCount),
    VIEW(learningRate),
    const int lanes,
    const float keep1,
    const float take1,
    const float lnBeta1,
    const float keep2,
    const float take2,
    const float lnBeta2,
    const float epsilon,
    const float weightDecay) {
  EACH(lanes)
  const float t = AT(stepCount, 0, 0);
  const float alpha = AT(learningRate, 0, 0);
  const float step = alpha / lessPower(lnBeta1, t);
  const float scale = 1.0f / sqrt(lessPower(lnBeta2, t));
  const float keep = fma(-alpha, weightDecay, 1.0f);
  const float g = AT(gradient, 0, i);
  const float m = fma(AT(firstMoment, 0, i), keep1, g * take1);
  const float v = fma(AT(secondMoment, 0, i), keep2, g * g * take2);
  AT(firstMoment, 0, i) = m;
  AT(secondMoment, 0, i) = v;
  AT(parameter, 0, i) = fma(AT(parameter, 0, i), keep, m * -step / fma(sqrt(v), scale, epsilon));
}

__kernel void rmsProp(
    VIEW(parameter),
    VIEW(gradient),
    VIEW(secondMoment),
    VIEW(learningRate),
    const int lanes,
    const float keep,
    const float take,
    const float epsilon) {
  EACH(lanes)
  const float g = AT(gradient, 0, i);
  const float v = fma(AT(secondMoment, 0, i), keep, g * g * take);
  AT(secondMoment, 0, i) = v;
  AT(parameter, 0, i) += g * -AT(learningRate, 0, 0) / (sqrt(v) + epsilon);
}

__kernel void sgd(
    VIEW(parameter),
    VIEW(gradient),
    VIEW(velocity),
    VIEW(learningRate),
    const int lanes,
    const float momentum) {
  EACH(lanes)
  const float v = fma(AT(velocity, 0, i), momentum, AT(gradient, 0, i));
  AT(velocity, 0, i) = v;
  AT(parameter, 0, i) = fma(v, -AT(learningRate, 0, 0), AT(parameter, 0, i));
}

__kernel void lerp(VIEW(source), VIEW(target), const int rows, const int lanes, const float tau) {
  EACH(lanes)
  const long r = get_global_id(1);
  if (r < rows) {
    const float from = AT(target, r, i);
    AT(target, r, i) = fma(AT(source, r, i) - from, tau, from);
  }
}
