// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients of HTTP/1.1 that ask again and again on connections that live on. */
final class HttpLoad {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String GREETING = "Hello, world!\n";

    private HttpLoad() {}

    static Tally run(InetSocketAddress server, int connections, int requests)
            throws InterruptedException {
        Tally tally = new Tally();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread client = new Thread(() -> ask(server, requests / connections, tally));
            client.start();
            clients.add(client);
        }
        for (Thread each : clients) {
            each.join();
        }
        return tally;
    }

    private static void ask(InetSocketAddress server, int requests, Tally tally) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server);
            BufferedReader answers =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            for (int i = 0; i < requests; i++) {
                socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                String answer = answer(answers);
                if (answer.equals(GREETING)) {
                    tally.answered(1);
                } else {
                    tally.failed(answer);
                }
            }
        } catch (IOException failure) {
            tally.failed(failure.toString());
        }
    }

    /** The body of an answer that is well, or what is wrong with it. */
    private static String answer(BufferedReader from) throws IOException {
        String status = from.readLine();
        if (status == null || !status.equals("HTTP/1.1 200 OK")) {
            return "status: " + status;
        }
        int length = 0;
        for (String line = from.readLine(); !"".equals(line); line = from.readLine()) {
            if (line == null) {
                return "the connection has ended within a header";
            }
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        char[] body = new char[length];
        int read = 0;
        while (read < length) {
            int part = from.read(body, read, length - read);
            if (part < 0) {
                return "the connection has ended within a body";
            }
            read += part;
        }
        return new String(body);
    }
}
