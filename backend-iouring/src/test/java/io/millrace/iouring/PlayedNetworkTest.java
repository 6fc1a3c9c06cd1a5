// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.testkit.contract.PlayedNetworkContract;
import io.millrace.testkit.kernel.Interposer;

/** Devices and older kernels, on rings, which send datagrams by system calls. */
class PlayedNetworkTest extends PlayedNetworkContract {
    private final IoUringBackend original = new IoUringBackend();
    private Interposer<SystemCalls> kernel;

    @Override
    protected BackendProvider backend() {
        return new Played();
    }

    @Override
    protected Interposer<?> kernel() {
        kernel = Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
        return kernel;
    }

    private final class Played implements BackendProvider {
        @Override
        public String name() {
            return original.name();
        }

        @Override
        public int rank() {
            return -1;
        }

        @Override
        public Availability probe() {
            return original.probe();
        }

        @Override
        public Driver open(DriverConfig config, LoopContext context) throws IoException {
            return IoUringBackend.open(config, context, kernel.calls());
        }
    }
}
