// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixPairContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Unix-domain sockets with each backend at one end, and the one after it at the other. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class MixedUnixPairsContractTest extends UnixPairContract {
    private static final List<String> BACKENDS =
            List.of("nio", "epoll", "select", "epoll-et", "poll");

    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return Stream.iterate(0, i -> i < BACKENDS.size(), i -> i + 1)
                .map(i -> Arguments.of(BACKENDS.get(i), BACKENDS.get((i + 1) % BACKENDS.size())));
    }

    @Override
    protected BackendPair backends() {
        return BackendPair.of(client, server);
    }
}
