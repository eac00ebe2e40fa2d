package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;
import java.util.function.UnaryOperator;

/** How the gradient of a tensor comes to one of the inputs that it was made of. */
sealed interface Derivative {

  /**
   * The gradient g of the output gives the gradient of the input, in the input's shape or in the
   * output's shape where the input was stretched to it.
   */
  record Flows(UnaryOperator<Tensor> pullback) implements Derivative {}

  /** The output is the part [from, to) of the input: g there, zero elsewhere. */
  record Part(Axis axis, int from, int to) implements Derivative {}

  /** The output is constant, or constant piece by piece: nothing flows. */
  record Zero() implements Derivative {}

  /** A derivative exists or is meant to, but is not defined here: a mistake if one is needed. */
  record Missing(String why) implements Derivative {}
}
