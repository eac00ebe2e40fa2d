/** Reinforcement learning: an algorithm is one file, what several share is named by what it is. */
package dev.lanewise.algos;
