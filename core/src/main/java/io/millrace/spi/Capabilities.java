// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * What an engine does natively. These change speed or open extras, never the behaviour of what
 * every engine offers.
 *
 * <p>Made from {@link #NONE} by naming what there is, so that an engine written before a capability
 * was known goes on to compile, and does not have it. Immutable; any thread.
 */
public final class Capabilities {
    /** Nothing beyond what every engine must do, and one segment for each send. */
    public static final Capabilities NONE = new Capabilities(false, false, false, false, false, 1);

    private final boolean descriptors;
    private final boolean balancedReusePort;
    private final boolean abstractUnixNames;
    private final boolean descriptorPassing;
    private final boolean costlyStop;
    private final int maximumGather;

    private Capabilities(
            boolean descriptors,
            boolean balancedReusePort,
            boolean abstractUnixNames,
            boolean descriptorPassing,
            boolean costlyStop,
            int maximumGather) {
        this.descriptors = descriptors;
        this.balancedReusePort = balancedReusePort;
        this.abstractUnixNames = abstractUnixNames;
        this.descriptorPassing = descriptorPassing;
        this.costlyStop = costlyStop;
        this.maximumGather = maximumGather;
    }

    /** Sockets have kernel descriptors, which can be adopted and given away. */
    public boolean descriptors() {
        return descriptors;
    }

    /** See {@link #descriptors()}. */
    public Capabilities withDescriptors(boolean has) {
        return new Capabilities(
                has,
                balancedReusePort,
                abstractUnixNames,
                descriptorPassing,
                costlyStop,
                maximumGather);
    }

    /** Several listeners on one port share its connections evenly. */
    public boolean balancedReusePort() {
        return balancedReusePort;
    }

    /** See {@link #balancedReusePort()}. */
    public Capabilities withBalancedReusePort(boolean has) {
        return new Capabilities(
                descriptors, has, abstractUnixNames, descriptorPassing, costlyStop, maximumGather);
    }

    /** Unix-domain sockets may have names that are no paths: Linux's abstract ones. */
    public boolean abstractUnixNames() {
        return abstractUnixNames;
    }

    /** See {@link #abstractUnixNames()}. */
    public Capabilities withAbstractUnixNames(boolean has) {
        return new Capabilities(
                descriptors, balancedReusePort, has, descriptorPassing, costlyStop, maximumGather);
    }

    /** Descriptors can be passed over Unix-domain connections: SCM_RIGHTS. */
    public boolean descriptorPassing() {
        return descriptorPassing;
    }

    /** See {@link #descriptorPassing()}. */
    public Capabilities withDescriptorPassing(boolean has) {
        return new Capabilities(
                descriptors, balancedReusePort, abstractUnixNames, has, costlyStop, maximumGather);
    }

    /**
     * Stopping a receive costs a system call of its own, so core does it only when bytes come that
     * nobody wants yet.
     */
    public boolean costlyStop() {
        return costlyStop;
    }

    /** See {@link #costlyStop()}. */
    public Capabilities withCostlyStop(boolean is) {
        return new Capabilities(
                descriptors,
                balancedReusePort,
                abstractUnixNames,
                descriptorPassing,
                is,
                maximumGather);
    }

    /** How many segments one send takes, at least 1. */
    public int maximumGather() {
        return maximumGather;
    }

    /**
     * See {@link #maximumGather()}.
     *
     * @throws IllegalArgumentException if there are fewer than 1
     */
    public Capabilities withMaximumGather(int segments) {
        if (segments < 1) {
            throw new IllegalArgumentException("a send takes at least 1 segment, not " + segments);
        }
        return new Capabilities(
                descriptors,
                balancedReusePort,
                abstractUnixNames,
                descriptorPassing,
                costlyStop,
                segments);
    }

    @Override
    public String toString() {
        return "Capabilities[descriptors="
                + descriptors
                + ", balancedReusePort="
                + balancedReusePort
                + ", abstractUnixNames="
                + abstractUnixNames
                + ", descriptorPassing="
                + descriptorPassing
                + ", costlyStop="
                + costlyStop
                + ", maximumGather="
                + maximumGather
                + "]";
    }
}
