// SPDX-License-Identifier: Apache-2.0
package io.millrace;

/** Hears of a {@link SignalWatch}. */
@FunctionalInterface
public interface SignalHandler {
    /** The process has got the signal. What it throws closes the watch. */
    void onSignal(SignalWatch watch);
}
