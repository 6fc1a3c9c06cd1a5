// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.EveryPairContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of handle, between kqueue and every other backend of this machine. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class KqueueEveryPairContractTest extends EveryPairContract {
    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return pairsWith(
                        "kqueue-like-freebsd",
                        List.of("nio", "select", "poll", "epoll", "epoll-et", "io_uring"))
                .map(names -> Arguments.of(names[0], names[1]));
    }

    @Override
    protected BackendPair backends() {
        return BackendPair.of(client, server);
    }
}
