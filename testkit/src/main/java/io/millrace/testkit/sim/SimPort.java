// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;

/**
 * What the ports of the completion boundary have in common: the simulated socket behind, a step of
 * service that is on the agenda once at most, a close that ends later, and no commands after it.
 */
abstract class SimPort implements SocketPort {
    final SimDriver driver;
    final SimWorld world;
    boolean closed;

    private final SimDescriptor descriptor;

    /** As faults call it. */
    private final String name;

    private boolean scheduled;

    SimPort(SimDriver driver, SimDescriptor descriptor, String name) {
        this.driver = driver;
        this.descriptor = descriptor;
        this.name = name;
        world = driver.world();
        driver.opened();
        descriptor.watch(mask -> schedule());
    }

    final void schedule() {
        if (!scheduled) {
            scheduled = true;
            driver.later(
                    () -> {
                        scheduled = false;
                        serve();
                    });
        }
    }

    /** Does what it is asked for and can, also shortly after the close. */
    abstract void serve();

    /** Reports what is left, and that it is closed. */
    abstract void finishClose();

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            driver.commanded();
            driver.later(this::finishClose);
        }
    }

    @Override
    public final int setOption(PortOption option, int value) {
        command();
        return descriptor.setOption(option, value);
    }

    @Override
    public final int getOption(PortOption option) {
        question();
        return descriptor.getOption(option);
    }

    @Override
    public final int descriptor() {
        question();
        return -1;
    }

    /** Core asks for something. */
    final void command() {
        question();
        driver.commanded();
    }

    /** Core wants to know something. */
    final void question() {
        if (closed) {
            throw driver.error("command on a closed " + name);
        }
    }
}
