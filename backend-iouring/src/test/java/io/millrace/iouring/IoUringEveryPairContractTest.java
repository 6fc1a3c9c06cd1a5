// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.EveryPairContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of handle, between a ring and every other backend. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class IoUringEveryPairContractTest extends EveryPairContract {
    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return pairsWith("io_uring", List.of("nio", "select", "poll", "epoll", "epoll-et"))
                .map(names -> Arguments.of(names[0], names[1]));
    }

    @Override
    protected BackendPair backends() {
        return BackendPair.of(client, server);
    }
}
