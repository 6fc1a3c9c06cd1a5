// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** An answer of a server as a client sees it; header names without regard to case. */
record HttpReply(int status, Map<String, String> headers, byte[] body) {
    static HttpReply to(Client client) throws IOException {
        HttpReply head = head(client);
        int length = Integer.parseInt(head.header("Content-Length"));
        return new HttpReply(head.status, head.headers, client.read(length));
    }

    /** An answer to HEAD, which has no body whatever it says. */
    static HttpReply head(Client client) throws IOException {
        String[] first = client.readLine().split(" ", 3);
        if (!first[0].equals("HTTP/1.1")) {
            throw new IOException("not an answer of HTTP: " + String.join(" ", first));
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = client.readLine(); !line.isEmpty(); line = client.readLine()) {
            String[] header = line.split(": ", 2);
            if (headers.put(header[0], header[1]) != null) {
                throw new IOException("twice: " + header[0]);
            }
        }
        return new HttpReply(Integer.parseInt(first[1]), headers, new byte[0]);
    }

    /** The value, or "none". */
    String header(String name) {
        return headers.getOrDefault(name, "none");
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
