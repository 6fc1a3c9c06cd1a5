// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKinds;
import java.io.IOException;

/**
 * A process with one of the kinds of server of this jar, named by its first argument, which speaks
 * the {@link Protocol} that its second names. It says where it listens, and where it says how much
 * it has allocated, and ends when its standard input does, so that it does not outlive whoever
 * started it.
 */
public final class JarServer {
    private JarServer() {}

    @SuppressWarnings("SystemOut") // The lines are for the parent.
    public static void main(String[] arguments) throws IOException {
        try (AllocationTeller teller = AllocationTeller.start();
                RunningServer server =
                        Protocol.named(arguments[1]).start(ServerKinds.usable(arguments[0]))) {
            System.out.println(ServerProcess.ALLOCATION_ANNOUNCEMENT + teller.port());
            System.out.println(ServerProcess.ANNOUNCEMENT + server.address().getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        } catch (IOException | IllegalArgumentException | UsageException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
    }
}
