// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;

/** What every two backends can have to do with each other; see {@link MeetingContract}. */
public abstract class EveryPairContract extends ContractSuite {
    /** Every two of these that are not the same, in both orders: names of client and server. */
    public static Stream<String[]> pairsAmong(List<String> backends) {
        return backends.stream()
                .flatMap(
                        client ->
                                backends.stream()
                                        .filter(server -> !server.equals(client))
                                        .map(server -> new String[] {client, server}));
    }

    /** One of them and each of the others, in both orders. */
    public static Stream<String[]> pairsWith(String one, List<String> others) {
        return others.stream()
                .flatMap(other -> Stream.of(new String[] {one, other}, new String[] {other, one}));
    }

    @Nested
    class Meetings extends MeetingContract {}
}
