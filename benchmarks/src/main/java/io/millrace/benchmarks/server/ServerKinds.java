// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.benchmarks.millrace.MillraceKind;
import io.millrace.benchmarks.millrace.SlowerKind;
import io.millrace.benchmarks.netty.NettyKind;
import io.millrace.benchmarks.netty.NettyTransport;
import io.millrace.benchmarks.plain.Nio2Kind;
import io.millrace.benchmarks.plain.Nio2PoolKind;
import io.millrace.benchmarks.plain.NioKind;
import io.millrace.benchmarks.plain.SocketKind;
import io.millrace.benchmarks.process.NativeKind;
import io.millrace.benchmarks.smart.SmartSocketKind;
import java.util.ArrayList;
import java.util.List;

/** Every kind of server that this class path has, usable here or not. */
public final class ServerKinds {
    /** What is appended to the name of a server to have it a second time. */
    public static final String AGAIN = "-again";

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
        for (NettyTransport transport : NettyTransport.ownOfNetty()) {
            kinds.add(new NettyKind(transport));
        }
        kinds.add(new NioKind());
        kinds.add(new Nio2Kind());
        kinds.add(new Nio2PoolKind());
        kinds.add(new SocketKind());
        kinds.add(new SmartSocketKind());
        return kinds;
    }

    /** Backends first. */
    public static List<ServerKind> all() {
        List<ServerKind> kinds = new ArrayList<>(backends());
        kinds.addAll(peers());
        return kinds;
    }

    /**
     * The one of this name, which may be followed by {@link #AGAIN}, or if it is one of Millrace's
     * by {@link SlowerKind#SUFFIX}. The servers in C are among them, and Netty's of {@link
     * NettyKind#unlisted}, which are in no list.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    public static ServerKind usable(String name) {
        if (name.endsWith(AGAIN)) {
            return usable(name.substring(0, name.length() - AGAIN.length()));
        }
        boolean slower = name.endsWith(SlowerKind.SUFFIX);
        String plain =
                slower ? name.substring(0, name.length() - SlowerKind.SUFFIX.length()) : name;
        List<ServerKind> known = slower ? backends() : all();
        known.addAll(slower ? List.of() : NativeKind.all());
        known.addAll(slower ? List.of() : NettyKind.unlisted());
        for (ServerKind kind : known) {
            if (kind.name().equals(plain)) {
                String refusal = kind.refusal();
                if (refusal != null) {
                    throw new IllegalArgumentException(name + " cannot run here: " + refusal);
                }
                return slower ? new SlowerKind(kind) : kind;
            }
        }
        List<String> names = all().stream().map(ServerKind::name).toList();
        throw new IllegalArgumentException(
                "no server is called " + name + "; there are " + String.join(", ", names));
    }
}
