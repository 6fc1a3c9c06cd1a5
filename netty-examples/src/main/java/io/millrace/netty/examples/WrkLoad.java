// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load of wrk, a program of its own, on a server of HTTP. */
final class WrkLoad {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");

    /** What wrk prints only if there were any. */
    private static final Pattern ERRORS =
            Pattern.compile("(Socket errors|Non-2xx or 3xx responses): .*");

    private WrkLoad() {}

    static Tally run(InetSocketAddress server, int connections, int seconds)
            throws IOException, InterruptedException {
        String url = "http://" + server.getHostString() + ":" + server.getPort() + "/";
        Process wrk =
                new ProcessBuilder(
                                "wrk",
                                "-t1",
                                "-c" + connections,
                                "-d" + seconds + "s",
                                "--timeout",
                                "30s",
                                url)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Tally tally = new Tally();
        Matcher requests = REQUESTS.matcher(output);
        if (wrk.waitFor() != 0 || !requests.find()) {
            tally.failed("wrk: " + output);
            return tally;
        }
        tally.answered(Long.parseLong(requests.group(1)));
        Matcher errors = ERRORS.matcher(output);
        while (errors.find()) {
            tally.failed(errors.group());
        }
        return tally;
    }
}
