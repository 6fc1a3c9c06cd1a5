// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * In which order servers are asked: as they were given, but those last that were silent a short
 * while ago, so that a dead one costs one question in a while its patience, and not each. Any
 * thread.
 */
final class Servers {
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long NEVER = 0;

    private final List<InetSocketAddress> all;

    /** When each was found silent; {@link #NEVER} if it has answered since. */
    private final AtomicLongArray silentAt;

    Servers(List<InetSocketAddress> all) {
        this.all = all;
        silentAt = new AtomicLongArray(all.size());
    }

    List<InetSocketAddress> inOrder() {
        List<InetSocketAddress> order = new ArrayList<>(all.size());
        List<InetSocketAddress> last = new ArrayList<>();
        long now = System.nanoTime();
        for (int i = 0; i < all.size(); i++) {
            long since = silentAt.get(i);
            (since == NEVER || now - since > REST_NANOS ? order : last).add(all.get(i));
        }
        order.addAll(last);
        return order;
    }

    void answered(InetSocketAddress server) {
        set(server, NEVER);
    }

    void wasSilent(InetSocketAddress server) {
        set(server, System.nanoTime() | 1);
    }

    private void set(InetSocketAddress server, long value) {
        int index = all.indexOf(server);
        if (silentAt.get(index) != value) {
            silentAt.set(index, value);
        }
    }
}
