// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The prepared answers of one loop. A timer puts the date into them once a second, so that an
 * answer costs neither a look at the clock nor any formatting.
 *
 * <p>Each loop has its own, attached to it, and so nothing here needs a lock.
 */
final class HttpAnswers {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What {@code GET /plaintext} is about. */
    final HttpAnswer plaintext = new HttpAnswer(HttpStatus.OK, "", "Hello, World!");

    private final Map<HttpStatus, HttpAnswer> failures = new EnumMap<>(HttpStatus.class);
    private String date = "";

    private HttpAnswers() {
        for (HttpStatus status : HttpStatus.values()) {
            String headers = status == HttpStatus.METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "";
            failures.put(status, new HttpAnswer(status, headers, status.reason + "\n"));
        }
    }

    static HttpAnswers of(EventLoop loop) {
        if (loop.attachment() instanceof HttpAnswers answers) {
            return answers;
        }
        HttpAnswers answers = new HttpAnswers();
        answers.setDate();
        Timer timer = Timer.open(loop);
        timer.startAtFixedRate(SECOND, SECOND, answers::setDate);
        timer.unref();
        loop.attach(answers);
        return answers;
    }

    /** A status and nothing but its name. */
    HttpAnswer bare(HttpStatus status) {
        return Objects.requireNonNull(failures.get(status));
    }

    String date() {
        return date;
    }

    private void setDate() {
        date = HttpDate.format(Instant.now());
        byte[] bytes = date.getBytes(StandardCharsets.US_ASCII);
        plaintext.date(bytes);
        failures.values().forEach(answer -> answer.date(bytes));
    }
}
