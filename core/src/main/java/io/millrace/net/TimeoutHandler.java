// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/** Hears that a stream was silent for too long; most close it. */
@FunctionalInterface
public interface TimeoutHandler {
    void onTimeout(ByteStream stream);
}
