// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.spi.BackendProvider;
import io.millrace.testkit.contract.PlayedNetworkContract;
import io.millrace.testkit.kernel.Interposer;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices and older kernels, on epoll. */
@ParameterizedClass(name = "edge-triggered {0}")
@ValueSource(booleans = {false, true})
class PlayedNetworkTest extends PlayedNetworkContract {
    @Parameter private boolean edge;

    private InterposedEpoll backend;

    @Override
    protected BackendProvider backend() {
        backend = new InterposedEpoll(edge);
        return backend;
    }

    @Override
    protected Interposer<?> kernel() {
        return backend.kernel;
    }
}
