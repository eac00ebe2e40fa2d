// Updates of parameters in place, an item a parameter.

// 1 - b^t = -(e^(t ln b) - 1), which loses no digits where b^t is close to 1
static float lessPower(const float lnBeta, const float t) { return -expm1(t * lnBeta); }

KERNEL adam(
    PART VIEW(parameter),
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
  const float t = AT(stepCount, 0, 0);
  const float alpha = AT(learningRate, 0, 0);
  const float step = alpha / lessPower(lnBeta1, t);
  const float scale = 1.0f / sqrt(lessPower(lnBeta2, t));
  const float keep = fma(-alpha, weightDecay, 1.0f);
  EACH_LANE(lanes) {
    const float g = AT(gradient, 0, i);
    const float m = fma(AT(firstMoment, 0, i), keep1, g * take1);
    const float v = fma(AT(secondMoment, 0, i), keep2, g * g * take2);
    AT(firstMoment, 0, i) = m;
    AT(secondMoment, 0, i) = v;
    AT(parameter, 0, i) = fma(AT(parameter, 0, i), keep, m * -step / fma(sqrt(v), scale, epsilon));
  }
}

KERNEL rmsProp(
    PART VIEW(parameter),
    VIEW(gradient),
    VIEW(secondMoment),
    VIEW(learningRate),
    const int lanes,
    const float keep,
    const float take,
    const float epsilon) {
  const float alpha = AT(learningRate, 0, 0);
  EACH_LANE(lanes) {
    const float g = AT(gradient, 0, i);
    const float v = fma(AT(secondMoment, 0, i), keep, g * g * take);
    AT(secondMoment, 0, i) = v;
    AT(parameter, 0, i) += g * -alpha / (sqrt(v) + epsilon);
  }
}

KERNEL sgd(
    PART VIEW(parameter),
    VIEW(gradient),
    VIEW(velocity),
    VIEW(learningRate),
    const int lanes,
    const float momentum) {
  const float alpha = AT(learningRate, 0, 0);
  EACH_LANE(lanes) {
    const float v = fma(AT(velocity, 0, i), momentum, AT(gradient, 0, i));
    AT(velocity, 0, i) = v;
    AT(parameter, 0, i) = fma(v, -alpha, AT(parameter, 0, i));
  }
}

KERNEL lerp(PART VIEW(source), VIEW(target), const int rows, const int lanes, const float tau) {
  EACH_ITEM(rows, lanes) {
    const float from = AT(target, r, i);
    AT(target, r, i) = fma(AT(source, r, i) - from, tau, from);
  }
}
