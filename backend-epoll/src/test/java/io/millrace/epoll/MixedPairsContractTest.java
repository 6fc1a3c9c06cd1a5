// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PairContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What has two ends, with the client on one backend and the server on every other. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class MixedPairsContractTest extends PairContract {
    private static final List<String> BACKENDS =
            List.of("nio", "select", "poll", "epoll", "epoll-et");

    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return BACKENDS.stream()
                .flatMap(
                        client ->
                                BACKENDS.stream()
                                        .filter(server -> !server.equals(client))
                                        .map(server -> Arguments.of(client, server)));
    }

    @Override
    protected BackendPair backends() {
        return BackendPair.of(client, server);
    }
}
