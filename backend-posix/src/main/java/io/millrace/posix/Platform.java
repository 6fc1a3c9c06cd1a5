// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Everything that differs between the systems this package runs on, as values.
 *
 * <p>Immutable, made once for the running system; tests make those of other systems and check them
 * anywhere.
 */
public record Platform(
        OperatingSystem system,
        Processor processor,
        SocketConstants constants,
        SocketAddressLayout addresses,
        MessageLayout messages,
        ErrnoTable errors) {

    private static final class Current {
        static final Platform ONLY = of(OperatingSystem.current(), Processor.current());
    }

    /**
     * The running system's.
     *
     * @throws UnsupportedOperationException if its numbers are not known
     */
    public static Platform current() {
        return Current.ONLY;
    }

    /**
     * Any system's.
     *
     * @throws UnsupportedOperationException if its numbers are not known
     */
    public static Platform of(OperatingSystem system, Processor processor) {
        SocketConstants constants = new SocketConstants(system, processor);
        return new Platform(
                system,
                processor,
                constants,
                SocketAddressLayout.of(system, constants),
                MessageLayout.of(system),
                ErrnoTable.of(system, processor));
    }
}
