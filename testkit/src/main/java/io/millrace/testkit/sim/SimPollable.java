// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

/** What a simulated poller needs of a raw socket. */
interface SimPollable {
    SimDescriptor simDescriptor();

    /** Told by the poller, so that closing a socket that is still registered is found out. */
    void registered(boolean registered);
}
