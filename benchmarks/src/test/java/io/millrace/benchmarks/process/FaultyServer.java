// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Servers that must not be believed: the first argument says in what way, the second is the port.
 */
final class FaultyServer {
    private static final int ENOUGH_BYTES = 5000;

    private FaultyServer() {}

    public static void main(String[] arguments) throws IOException {
        String fault = arguments[0];
        if (fault.equals("quits")) {
            System.out.println("it was not to be");
            System.exit(3);
        }
        int port = Integer.parseInt(arguments[1]);
        try (ServerSocket listener = new ServerSocket(port, 10, InetAddress.getLoopbackAddress())) {
            while (true) {
                try (Socket socket = listener.accept()) {
                    serve(socket, fault);
                }
            }
        }
    }

    private static void serve(Socket socket, String fault) throws IOException {
        byte[] bytes = new byte[1000];
        long total = 0;
        int count = socket.getInputStream().read(bytes);
        while (count > 0) {
            total += count;
            if (total > ENOUGH_BYTES) {
                switch (fault) {
                    case "corrupts" -> bytes[count - 1]++;
                    case "adds" -> socket.getOutputStream().write('x');
                    default -> {
                        System.out.println("something gave way");
                        System.exit(4);
                    }
                }
            }
            socket.getOutputStream().write(bytes, 0, count);
            count = socket.getInputStream().read(bytes);
        }
    }
}
