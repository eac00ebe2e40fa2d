/**
 * Reverse-mode derivatives of recorded tensors; parameters, layers, distributions, losses and
 * optimizers written with them. This room knows derivatives and nothing of memory, workers or
 * reinforcement learning.
 */
package dev.lanewise.autograd;
