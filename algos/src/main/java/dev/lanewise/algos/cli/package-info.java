/** The command line: what stands between a run and the person at the terminal. */
package dev.lanewise.algos.cli;
