// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;

/**
 * A process that serves echo with one of the kinds of server of this jar, named by its argument. It
 * says where it listens, and ends when its standard input does, so that it does not outlive whoever
 * started it.
 */
public final class EchoProcess {
    private EchoProcess() {}

    @SuppressWarnings("SystemOut") // The line is for the parent.
    public static void main(String[] arguments) throws IOException {
        try (RunningServer server =
                ServerKinds.usable(arguments[0]).start(Service.ECHO, Accepting.ONE_LOOP)) {
            System.out.println(ServerProcess.ANNOUNCEMENT + server.address().getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        } catch (IOException | IllegalArgumentException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
    }
}
