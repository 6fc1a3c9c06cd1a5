// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PairContract;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What has two ends, with rings at one end and each other backend at the other. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class IoUringPairsContractTest extends PairContract {
    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return Stream.of("epoll", "epoll-et", "poll", "select", "nio")
                .flatMap(
                        other ->
                                Stream.of(
                                        Arguments.of("io_uring", other),
                                        Arguments.of(other, "io_uring")));
    }

    @Override
    protected BackendPair backends() {
        return BackendPair.of(client, server);
    }
}
