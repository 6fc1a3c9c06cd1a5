// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * The driver's end of a watch. Unlike other ports it owns no descriptor: {@link #close} ends the
 * watching, and leaves the descriptor to whom it belongs.
 */
public interface WatchPort extends Port {
    /**
     * From the next poll on tells of these events of {@link WatchEngine}, as long as they last, at
     * most once a poll; 0 for none. From here on none of the others is told, not even one that was
     * fetched already. What fails is reported.
     */
    void await(int events);
}
