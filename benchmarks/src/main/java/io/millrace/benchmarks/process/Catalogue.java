// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.netty.NettyKind;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.spi.Spelling;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All servers that can be asked for by name: those in C, Millrace's backends, and the peers. */
final class Catalogue {
    /** Makes a candidate when it is wanted, for which there may be something to compile. */
    private interface Recipe {
        Candidate prepare() throws IOException;
    }

    private final Map<String, Recipe> recipes = new LinkedHashMap<>();

    /** Those that are measured only if they are asked for. */
    private final Map<String, Recipe> unlisted = new LinkedHashMap<>();

    /** Those that speak {@code protocol}. */
    Catalogue(Protocol protocol, List<ServerCommand> commands) throws UsageException {
        if (protocol == Protocol.ECHO) {
            for (NativeServer server : NativeServer.values()) {
                recipes.put(
                        server.label(),
                        () -> server.build(Layout.nativeSources(), Layout.nativePrograms()));
            }
        }
        addKinds(recipes, protocol, ServerKinds.all());
        addKinds(unlisted, protocol, NettyKind.unlisted());
        for (ServerCommand command : commands) {
            if (recipes.put(command.name(), command::candidate) != null) {
                throw new UsageException(
                        "--server-command: there is another server called " + command.name());
            }
        }
    }

    private static void addKinds(
            Map<String, Recipe> recipes, Protocol protocol, List<ServerKind> kinds) {
        for (ServerKind kind : kinds) {
            if (protocol.isSpokenBy(kind)) {
                recipes.put(kind.name(), () -> ofThisJar(protocol, kind));
            }
        }
    }

    List<String> names() {
        return List.copyOf(recipes.keySet());
    }

    void require(String name) throws UsageException {
        if (!recipes.containsKey(name) && !unlisted.containsKey(name)) {
            throw new UsageException(
                    "no server is called "
                            + name
                            + "; there are "
                            + String.join(", ", names())
                            + Spelling.hint(name, names()));
        }
    }

    /** The server of a {@link #require required} name. */
    Candidate prepare(String name) throws IOException {
        Recipe recipe = recipes.getOrDefault(name, unlisted.get(name));
        if (recipe == null) {
            throw new IllegalArgumentException(name);
        }
        return recipe.prepare();
    }

    private static Candidate ofThisJar(Protocol protocol, ServerKind kind) {
        String refusal = kind.refusal();
        if (refusal != null) {
            return Candidate.unusable(kind.name(), kind.description(), refusal);
        }
        return new Candidate(
                kind.name(),
                kind.description(),
                Jvm.command(Jvm.serverOptions(), JarServer.class, kind.name(), protocol.label()),
                connections(kind),
                null);
    }

    /** A kind counts both ends of a connection; here the client's end is in another process. */
    private static int connections(ServerKind kind) {
        return (int) Math.min(2L * kind.mostConnections(), Integer.MAX_VALUE);
    }
}
