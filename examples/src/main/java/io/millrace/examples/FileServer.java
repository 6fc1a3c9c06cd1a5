// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.DirectoryHandler;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystem;
import io.millrace.file.FileType;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files below a directory over HTTP, and nothing from outside it.
 *
 * <p>Files are looked up, opened and asked without blocking the loop, by io_uring or on work
 * threads; contents go from the page cache to the socket by sendfile(2) and never pass through this
 * process. As {@code serve} it also lists directories that have no index, and tells who asks for
 * {@value ChangeFeed#PATH} what changes.
 */
public final class FileServer implements HttpHandler {
    private static final String INDEX = "index.html";

    /** What the page of a directory shows of it; the rest is not even read. */
    private static final Room PAGE = new Room(10_000, 512 << 10);

    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** Real, so that what links lead to can be compared with it. */
    private final Path root;

    /** What changes; null if nobody may ask, and directories are not listed either. */
    private final @Nullable ChangeFeed changes;

    FileServer(Path root) {
        this(root, null);
    }

    private final Room room;

    FileServer(Path root, @Nullable ChangeFeed changes) {
        this(root, changes, PAGE);
    }

    FileServer(Path root, @Nullable ChangeFeed changes, Room room) {
        this.root = root;
        this.changes = changes;
        this.room = room;
    }

    /** How much of a directory is shown at most. */
    record Room(int names, int characters) {}

    /** {@code files --root DIRECTORY}, or {@code serve DIRECTORY}. */
    public static void main(String[] arguments) {
        new ServerProgram(
                        "files",
                        ServerProgram.SCALABLE + " --root DIRECTORY",
                        options -> {
                            String name = options.text("root");
                            FileServer server = new FileServer(directory("--root", name));
                            return stream -> HttpConnection.serve(stream, server);
                        })
                .launch(arguments);
    }

    /** The real one of this name. */
    static Path directory(String what, String name) throws UsageException {
        try {
            Path path = Path.of(name).toRealPath();
            if (Files.isDirectory(path)) {
                return path;
            }
        } catch (IOException | InvalidPathException e) {
            throw new UsageException(what + " names no directory that can be read: " + name);
        }
        throw new UsageException(what + " is not a directory: " + name);
    }

    @Override
    public void handle(HttpRequest request, HttpConnection connection) {
        if (!request.isReading()) {
            connection.send(HttpStatus.METHOD_NOT_ALLOWED);
            return;
        }
        if (changes != null && request.pathIs(ChangeFeed.PATH_BYTES)) {
            changes.send(connection);
            return;
        }
        String path = UrlPath.decode(request.path());
        Path wanted;
        try {
            wanted = path == null ? null : root.resolve(path.substring(1));
        } catch (InvalidPathException e) {
            wanted = null;
        }
        if (wanted == null) {
            connection.send(HttpStatus.NOT_FOUND);
            return;
        }
        connection.hold();
        new Search(connection).look(wanted, true);
    }

    /** Looks for what one request wants, and answers it. */
    private final class Search {
        private final HttpConnection connection;
        private final FileSystem files;

        Search(HttpConnection connection) {
            this.connection = connection;
            files = FileSystem.of(connection.loop());
        }

        /**
         * Opens the file that a path means, if it is inside of the root, by whatever links.
         *
         * @param orIndex whether a directory stands for its index
         */
        void look(Path wanted, boolean orIndex) {
            files.realPath(wanted)
                    .whenComplete(
                            (real, failure) -> {
                                if (failure != null) {
                                    refuse(failure);
                                } else if (!real.startsWith(root)) {
                                    answer(HttpStatus.NOT_FOUND);
                                } else {
                                    open(wanted, real, orIndex);
                                }
                            });
        }

        private void open(Path wanted, Path real, boolean orIndex) {
            AsyncFile.open(connection.loop(), real)
                    .whenComplete(
                            (file, failure) -> {
                                if (failure == null) {
                                    ask(file, real);
                                } else if (orIndex && codeOf(failure) == ErrorCode.EISDIR) {
                                    lookForIndex(wanted, real);
                                } else {
                                    refuse(failure);
                                }
                            });
        }

        private void lookForIndex(Path wanted, Path directory) {
            if (changes == null) {
                look(directory.resolve(INDEX), false);
                return;
            }
            files.attributes(directory.resolve(INDEX))
                    .whenComplete(
                            (found, failure) -> {
                                if (failure == null) {
                                    look(directory.resolve(INDEX), false);
                                } else {
                                    list(wanted, directory);
                                }
                            });
        }

        private void ask(AsyncFile file, Path path) {
            file.attributes()
                    .whenComplete(
                            (found, failure) -> {
                                if (failure != null) {
                                    refuse(failure);
                                } else if (!connection.isClosing()) {
                                    connection.sendFile(file, found.size(), headers(path, found));
                                    connection.answered();
                                }
                                // It closes when all of it has been sent.
                                file.close();
                            });
        }

        private void list(Path wanted, Path directory) {
            Names names = new Names();
            files.list(directory, names)
                    .whenComplete(
                            (count, failure) -> {
                                if (failure != null) {
                                    refuse(failure);
                                } else if (!connection.isClosing()) {
                                    connection.sendText(
                                            "text/html; charset=utf-8", page(wanted, names));
                                    connection.answered();
                                }
                            });
        }

        private String page(Path directory, Names names) {
            String base = "/" + UrlPath.encode(root.relativize(directory.normalize()).toString());
            StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<ul>\n");
            for (String name : names.sorted) {
                page.append("<li><a href=\"")
                        .append(base.endsWith("/") ? base : base + "/")
                        .append(UrlPath.encode(name))
                        .append("\">")
                        .append(escaped(name))
                        .append("</a>\n");
            }
            page.append("</ul>\n");
            if (names.areMore) {
                page.append("<p>There are more names than the ")
                        .append(names.sorted.size())
                        .append(" that this page has room for.\n");
            }
            byte[] bytes = page.toString().getBytes(StandardCharsets.UTF_8);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** What cannot be served is not there, unless it is the machine that has run out. */
        private void refuse(Throwable failure) {
            ErrorCode code = codeOf(failure);
            boolean isPassing =
                    code == ErrorCode.EMFILE
                            || code == ErrorCode.ENFILE
                            || code == ErrorCode.ENOMEM
                            || code == ErrorCode.EIO;
            answer(isPassing ? HttpStatus.UNAVAILABLE : HttpStatus.NOT_FOUND);
        }

        private void answer(HttpStatus status) {
            if (!connection.isClosing()) {
                connection.send(status);
                connection.answered();
            }
        }
    }

    /** Those that come first, in whatever order the system has them, up to what a page shows. */
    private final class Names implements DirectoryHandler {
        final TreeSet<String> sorted = new TreeSet<>();
        boolean areMore;
        private int characters;

        @Override
        public boolean onEntries(List<DirectoryEntry> batch) {
            for (DirectoryEntry each : batch) {
                String name = each.name() + (each.type() == FileType.DIRECTORY ? "/" : "");
                characters += name.length();
                if (sorted.size() == room.names() || characters > room.characters()) {
                    areMore = true;
                    return false;
                }
                sorted.add(name);
            }
            return true;
        }
    }

    private static ErrorCode codeOf(Throwable failure) {
        return failure instanceof IoException io ? io.errorCode() : ErrorCode.UNKNOWN;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String headers(Path file, FileAttributes attributes) {
        String type =
                URLConnection.guessContentTypeFromName(Objects.toString(file.getFileName(), ""));
        return "Content-Type: "
                + (type == null ? UNKNOWN_TYPE : type)
                + "\r\nLast-Modified: "
                + HttpDate.format(attributes.lastModified())
                + "\r\n";
    }
}
