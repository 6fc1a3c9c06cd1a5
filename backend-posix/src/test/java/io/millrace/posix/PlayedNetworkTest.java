// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.contract.PlayedNetworkContract;
import io.millrace.testkit.kernel.Interposer;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices and older kernels, on poll and select. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "what is played is Linux")
@ParameterizedClass(name = "{0}")
@MethodSource("backends")
class PlayedNetworkTest extends PlayedNetworkContract {
    private final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());

    @Parameter private DescriptorBackend original;

    static Stream<DescriptorBackend> backends() {
        return Stream.of(new PollBackend(), new SelectBackend());
    }

    @Override
    protected BackendProvider backend() {
        return new Played();
    }

    @Override
    protected Interposer<?> kernel() {
        return kernel;
    }

    private final class Played extends DescriptorBackend {
        @Override
        public String name() {
            return "played-" + original.name();
        }

        @Override
        public int rank() {
            return -1;
        }

        @Override
        protected SystemCalls systemCalls() {
            return kernel.calls();
        }

        @Override
        protected DescriptorLimit descriptorLimit() {
            return original.descriptorLimit();
        }

        @Override
        protected Poller openPoller(SystemCalls calls, Platform platform, LoopContext context)
                throws IoException {
            return original.openPoller(calls, platform, context);
        }
    }
}
