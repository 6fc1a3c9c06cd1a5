// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.loop;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.benchmarks.millrace.MillraceLoopKind;
import io.millrace.benchmarks.netty.NettyLoopKind;
import io.millrace.benchmarks.netty.NettyTransport;
import io.millrace.benchmarks.plain.NioLoopKind;
import java.util.ArrayList;
import java.util.List;

/** Every kind of loop that this class path has, usable here or not. */
public final class LoopKinds {
    private LoopKinds() {}

    /** Millrace's backends first. */
    public static List<LoopKind> all() {
        List<LoopKind> kinds = new ArrayList<>();
        for (BackendInfo backend : Backends.report().backends()) {
            kinds.add(new MillraceLoopKind(backend));
        }
        for (NettyTransport transport : NettyTransport.loops()) {
            kinds.add(new NettyLoopKind(transport));
        }
        kinds.add(new NioLoopKind());
        return kinds;
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here
     */
    public static LoopKind usable(String name) {
        for (LoopKind kind : all()) {
            if (kind.name().equals(name)) {
                String refusal = kind.refusal();
                if (refusal != null) {
                    throw new IllegalArgumentException(name + " cannot run here: " + refusal);
                }
                return kind;
            }
        }
        throw new IllegalArgumentException("no loop is called " + name);
    }
}
