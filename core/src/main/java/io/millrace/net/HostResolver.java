// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Finds the addresses of hosts without blocking a loop: what connecting by name needs. {@link
 * Resolver} is Millrace's own; anybody may write another, and give it to {@link ConnectOptions}.
 */
@FunctionalInterface
public interface HostResolver {
    /**
     * Begins to look for the addresses of {@code host}. Called on the loop's thread, which it must
     * not block; whatever it throws counts as the failure of the look-up.
     *
     * @param loop whose thread hears of the end
     * @param host a name, or an address as text
     * @param deadline after which it is to fail; zero if it may take as long as it likes
     * @return a look-up whose answer is at least one address, best first, as a list that does not
     *     change any more
     */
    Lookup<List<InetAddress>> addresses(EventLoop loop, String host, Duration deadline);
}
