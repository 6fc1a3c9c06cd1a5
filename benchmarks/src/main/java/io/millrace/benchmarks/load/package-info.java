// SPDX-License-Identifier: Apache-2.0

/**
 * The load that every server gets, whatever it is made of: one thread, one {@link
 * java.nio.channels.Selector}, nothing of Millrace, and no allocation while it runs.
 *
 * <p>A load is a closed loop: it asks for something new when something older was answered. It
 * compares every byte that it receives with what was to come ({@link
 * io.millrace.benchmarks.load.Payload}); a byte that is wrong, lost or added, a connection that
 * breaks and a server that stops answering are each an {@link java.io.IOException}, after which
 * there is no figure.
 */
@NullMarked
package io.millrace.benchmarks.load;

import org.jspecify.annotations.NullMarked;
