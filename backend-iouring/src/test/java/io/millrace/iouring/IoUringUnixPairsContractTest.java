// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixPairContract;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Unix-domain sockets with rings at one end and another backend at the other. */
@ParameterizedClass(name = "client {0}, server {1}")
@MethodSource("pairs")
class IoUringUnixPairsContractTest extends UnixPairContract {
    @Parameter(0)
    private String client;

    @Parameter(1)
    private String server;

    static Stream<Arguments> pairs() {
        return Stream.of("epoll", "nio")
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
