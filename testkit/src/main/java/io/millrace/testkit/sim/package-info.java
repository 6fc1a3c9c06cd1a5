// SPDX-License-Identifier: Apache-2.0

/**
 * A kernel and a network made of one seeded random number generator.
 *
 * <p>A {@link io.millrace.testkit.sim.SimWorld} owns time, chance, sockets and the queue of what
 * will happen. Loops join it through a {@link io.millrace.testkit.sim.SimBackend}, at one of the
 * two boundaries below the loop: as a driver that reports completions, or as a poller and raw
 * sockets under the reactor that ships. Everything runs on the thread of the test, nothing waits:
 * when nobody has anything to do, time jumps to the next event. So an hour of timeouts takes
 * milliseconds, and the seed that found a fault finds it again.
 *
 * <p>What may go wrong is listed in {@link io.millrace.testkit.sim.Fault}; how much of it does, in
 * {@link io.millrace.testkit.sim.FaultProfile}. Each run switches some kinds off and weighs the
 * rest anew, because two faults that always come together hide what either does alone.
 *
 * <p>Three alarms are always on. A wait that nothing could end is a deadlock and fails at once. The
 * number of turns is bounded, so a loop that runs in circles fails instead of hanging. And polls
 * that claimed to be ready but moved nothing are counted, because a spin is invisible to every
 * check of results.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.testkit.sim;

import org.jspecify.annotations.NullMarked;
