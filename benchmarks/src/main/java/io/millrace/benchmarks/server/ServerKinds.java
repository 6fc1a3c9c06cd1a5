// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.benchmarks.millrace.MillraceKind;
import io.millrace.benchmarks.netty.NettyKind;
import io.millrace.benchmarks.netty.NettyTransport;
import io.millrace.benchmarks.plain.Nio2Kind;
import io.millrace.benchmarks.plain.NioKind;
import java.util.ArrayList;
import java.util.List;

/** Every kind of server that this class path has, usable here or not. */
public final class ServerKinds {
    private ServerKinds() {}

    /** Millrace's backends, in the order of its automatic choice. */
    public static List<ServerKind> backends() {
        List<ServerKind> kinds = new ArrayList<>();
        for (BackendInfo backend : Backends.report().backends()) {
            kinds.add(new MillraceKind(backend));
        }
        return kinds;
    }

    /** What Millrace is compared with. */
    public static List<ServerKind> peers() {
        List<ServerKind> kinds = new ArrayList<>();
        for (NettyTransport transport : NettyTransport.values()) {
            kinds.add(new NettyKind(transport));
        }
        kinds.add(new NioKind());
        kinds.add(new Nio2Kind());
        return kinds;
    }

    /** Backends first. */
    public static List<ServerKind> all() {
        List<ServerKind> kinds = new ArrayList<>(backends());
        kinds.addAll(peers());
        return kinds;
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    public static ServerKind usable(String name) {
        for (ServerKind kind : all()) {
            if (kind.name().equals(name)) {
                String refusal = kind.refusal();
                if (refusal != null) {
                    throw new IllegalArgumentException(name + " cannot run here: " + refusal);
                }
                return kind;
            }
        }
        List<String> names = all().stream().map(ServerKind::name).toList();
        throw new IllegalArgumentException(
                "no server is called " + name + "; there are " + String.join(", ", names));
    }
}
