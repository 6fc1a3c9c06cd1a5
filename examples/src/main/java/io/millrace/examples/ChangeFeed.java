// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import io.millrace.net.ByteStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells what changes below a directory, as server-sent events: {@code event: WRITTEN} and {@code
 * data: /path}. Each loop watches while somebody listens on it. Who is too slow misses what there
 * is no room for, and is told {@code OVERFLOW} afterwards.
 */
final class ChangeFeed {
    static final String PATH = "/.changes";
    static final byte[] PATH_BYTES = PATH.getBytes(StandardCharsets.US_ASCII);

    /** An editor's save is several changes. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private final Path root;
    private final Map<EventLoop, Listeners> ofLoops = new ConcurrentHashMap<>();

    ChangeFeed(Path root) {
        this.root = root;
    }

    /** Answers with what changes from now on. */
    void send(HttpConnection connection) {
        Listeners listeners =
                ofLoops.computeIfAbsent(connection.loop(), loop -> new Listeners(loop));
        listeners.add(connection);
    }

    /** Those on one loop, on whose thread everything here happens. */
    private final class Listeners {
        private final EventLoop loop;
        private final List<ByteStream> streams = new ArrayList<>();
        private final Set<ByteStream> slow = new HashSet<>();
        private boolean isOpening;
        private @Nullable DirectoryWatch watch;

        Listeners(EventLoop loop) {
            this.loop = loop;
        }

        void add(HttpConnection connection) {
            ByteStream[] self = new ByteStream[1];
            ByteStream stream =
                    connection.stream(
                            "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n",
                            () -> tellOverflow(self[0]),
                            () -> remove(self[0]));
            self[0] = stream;
            streams.add(stream);
            if (watch != null) {
                tell(stream, "READY", "/");
            } else if (!isOpening) {
                open();
            }
        }

        private void open() {
            isOpening = true;
            DirectoryWatchOptions options =
                    DirectoryWatchOptions.builder().recursive(true).debounce(QUIET).build();
            DirectoryWatch.open(loop, root, options, (same, change) -> changed(change))
                    .whenComplete(
                            (opened, failure) -> {
                                isOpening = false;
                                if (failure != null) {
                                    closeAll("the directory cannot be watched: " + failure);
                                } else {
                                    watch = opened;
                                    tellAll("READY", "/");
                                    closeUnlessWanted();
                                }
                            });
        }

        private void changed(DirectoryChange change) {
            tellAll(change.kind().name(), pathOf(change.path()));
            if (change.kind() == DirectoryChange.Kind.ENDED) {
                watch = null;
                closeAll("the directory is gone");
            }
        }

        private String pathOf(Path path) {
            return "/" + UrlPath.encode(root.relativize(path).toString());
        }

        private void tellAll(String event, String data) {
            for (ByteStream stream : List.copyOf(streams)) {
                tell(stream, event, data);
            }
        }

        private void tell(ByteStream stream, String event, String data) {
            if (slow.contains(stream) || stream.isClosing()) {
                return;
            }
            byte[] bytes =
                    ("event: " + event + "\ndata: " + data + "\n\n")
                            .getBytes(StandardCharsets.US_ASCII);
            if (!stream.write(bytes, 0, bytes.length)) {
                slow.add(stream);
            }
        }

        private void tellOverflow(ByteStream stream) {
            if (slow.remove(stream)) {
                tell(stream, "OVERFLOW", "/");
            }
        }

        private void closeAll(String why) {
            for (ByteStream stream : List.copyOf(streams)) {
                byte[] bytes =
                        (": " + why.replaceAll("\\s", " ") + "\n\n")
                                .getBytes(StandardCharsets.UTF_8);
                stream.write(bytes, 0, bytes.length);
                stream.closeWhenWritten();
            }
        }

        private void remove(ByteStream stream) {
            streams.remove(stream);
            slow.remove(stream);
            closeUnlessWanted();
        }

        private void closeUnlessWanted() {
            DirectoryWatch unwanted = watch;
            if (streams.isEmpty() && unwanted != null) {
                watch = null;
                unwanted.close();
            }
        }
    }
}
