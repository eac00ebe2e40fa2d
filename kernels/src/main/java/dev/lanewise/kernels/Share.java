package dev.lanewise.kernels;

/**
 * A call as part of a phase, in which workers do not wait for each other.
 *
 * @param call all of the work, from the kernels of the backend that the phase is for
 * @param cut of the call's rows or lanes: {@link Cut#at} says which are whose
 * @param worker who does it, if it is not cut
 */
public record Share(Call call, Cut cut, int worker) {}
