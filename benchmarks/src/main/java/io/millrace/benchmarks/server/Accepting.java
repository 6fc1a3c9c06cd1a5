// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

/** The three ways to spread connections over loops. */
public enum Accepting {
    /** One loop listens and serves. */
    ONE_LOOP("one-loop"),
    /** One loop accepts, and hands connections to {@link #LOOPS} others. */
    ACCEPTOR("acceptor"),
    /** Each of {@link #LOOPS} loops listens on the same port (SO_REUSEPORT). */
    LISTENER_PER_LOOP("listener-per-loop");

    /** As many as the smallest machine of interest can run at once. */
    public static final int LOOPS = 2;

    private final String label;

    Accepting(String label) {
        this.label = label;
    }

    /** As it is called in parameters and reports. */
    public String label() {
        return label;
    }

    public static Accepting labelled(String label) {
        for (Accepting accepting : values()) {
            if (accepting.label.equals(label)) {
                return accepting;
            }
        }
        throw new IllegalArgumentException("no way of accepting is called " + label);
    }
}
