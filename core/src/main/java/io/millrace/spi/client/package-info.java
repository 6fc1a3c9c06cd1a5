// SPDX-License-Identifier: Apache-2.0
/**
 * For those who use drivers without an event loop of Millrace's around them, such as a transport
 * for somebody else's loop: how to come by a driver, and what addresses have to be for it.
 *
 * <p>A client of this kind stands where core stands, and keeps what core keeps: the driver belongs
 * to the thread that polls it, sinks throw nothing, and what package {@link io.millrace.spi} lists
 * holds on both sides. The referee of the test kit ({@code io.millrace.testkit.referee.Referee})
 * watches any client: give its provider in {@link io.millrace.LoopOptions.Builder#provider}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.spi.client;

import org.jspecify.annotations.NullMarked;
