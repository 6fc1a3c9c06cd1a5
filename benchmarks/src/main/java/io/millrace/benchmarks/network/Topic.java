// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured together: servers, the loads that all of them get, and who is held against whom.
 *
 * @param load the program in C that asks
 * @param source of the server in C, or null if there is none
 * @param servers their names; the first one is what the others are compared with
 * @param shapes peers, bytes of a message and messages in flight, and what else the load is told
 * @param unit what the load counts
 */
record Topic(
        String name,
        String load,
        @Nullable String source,
        List<String> servers,
        List<Shape> shapes,
        String unit) {
    /** As many segments of a bulk answer as the receive buffer of a socket has room for. */
    static final int BULK_BYTES = 40 * NetworkServer.SEGMENT_BYTES;

    static final String C = "c";
    static final String NETTY = "netty";
    static final String WHOLE = "GSO";
    static final String EACH = "each";

    /** Peers, bytes and messages in flight, and the bytes of an answer that is not an echo. */
    record Shape(int peers, int bytes, int inFlight, int answer) {
        @Override
        public String toString() {
            String text = peers + "/" + bytes + "/" + inFlight;
            return answer == 0 ? text : text + " answered with " + answer;
        }
    }

    static final List<Topic> ALL =
            List.of(
                    new Topic(
                            "udp",
                            "load_udp",
                            "echo_udp",
                            List.of(C, "epoll", "io_uring", "nio", NETTY),
                            List.of(new Shape(64, 64, 1, 0), new Shape(64, 1200, 1, 0)),
                            "echo"),
                    new Topic(
                            "bulk",
                            "load_udp",
                            null,
                            List.of(EACH, WHOLE),
                            List.of(new Shape(16, 16, 1, BULK_BYTES)),
                            "answer"),
                    new Topic(
                            "unix",
                            "load_unix",
                            "echo_epoll",
                            List.of(C, "epoll", "io_uring"),
                            List.of(new Shape(64, 64, 1, 0), new Shape(64, 4096, 1, 0)),
                            "echo"));

    /** Of a server that is not in C: what {@link NetworkServer} is told. */
    List<String> arguments(String server, Path folder) {
        if (name.equals("bulk")) {
            String how = server.equals(WHOLE) ? "whole" : "each";
            return List.of(name, "epoll", Integer.toString(BULK_BYTES), how);
        }
        return name.equals("unix")
                ? List.of(name, server, path(server, folder))
                : List.of(name, server);
    }

    /** Where one that is not asked by a port listens. */
    static String path(String server, Path folder) {
        return folder.resolve(server + ".sock").toString();
    }

    /** Those whose figures are compared: each with the first, and what the limits speak of. */
    List<List<String>> pairs() {
        List<List<String>> pairs = new ArrayList<>();
        for (String server : servers.subList(1, servers.size())) {
            pairs.add(List.of(server, servers.get(0)));
        }
        if (servers.contains("io_uring")) {
            pairs.add(List.of("io_uring", "epoll"));
        }
        if (servers.contains(NETTY)) {
            pairs.add(List.of("epoll", NETTY));
        }
        return pairs;
    }
}
