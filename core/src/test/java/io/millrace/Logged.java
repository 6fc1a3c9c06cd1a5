// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a logger is told meanwhile, which then goes nowhere else. */
final class Logged implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord message) {
                    lines.add(message.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private final Logger logger;

    private Logged(Logger logger) {
        this.logger = logger;
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    static Logged during(String name) {
        return new Logged(Logger.getLogger(name));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }
}
