// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files below a directory over HTTP, and nothing from outside it.
 *
 * <p>File contents go from the page cache to the socket by sendfile(2) and never pass through this
 * process. Looking a file up does block the loop for as long as the disk takes; a server of files
 * that are seldom in the cache would do that in {@code loop.work(...)}.
 */
public final class FileServer implements HttpHandler {
    private static final String INDEX = "index.html";
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** Real, so that what links lead to can be compared with it. */
    private final Path root;

    FileServer(Path root) {
        this.root = root;
    }

    public static void main(String[] arguments) {
        new ServerProgram(
                        "files",
                        ServerProgram.SCALABLE + " --root DIRECTORY",
                        options -> {
                            FileServer server = new FileServer(directory(options));
                            return stream -> HttpConnection.serve(stream, server);
                        })
                .launch(arguments);
    }

    private static Path directory(Options options) throws UsageException {
        String name = options.text("root");
        try {
            Path path = Path.of(name).toRealPath();
            if (Files.isDirectory(path)) {
                return path;
            }
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("--root names no directory that can be read: " + name);
        }
        throw new UsageException("--root is not a directory: " + name);
    }

    @Override
    public void handle(HttpRequest request, HttpConnection connection) {
        if (!request.isReading()) {
            connection.send(HttpStatus.METHOD_NOT_ALLOWED);
            return;
        }
        try {
            Path file = find(request.path());
            if (file == null) {
                connection.send(HttpStatus.NOT_FOUND);
                return;
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            connection.sendFile(file, attributes.size(), headers(file, attributes));
        } catch (IOException unreadable) {
            connection.send(HttpStatus.NOT_FOUND);
        }
    }

    /**
     * The file that a path means, or null: if there is none, and just the same if it is outside of
     * the root, by whatever means.
     */
    private @Nullable Path find(String encodedPath) throws IOException {
        String path = UrlPath.decode(encodedPath);
        if (path == null) {
            return null;
        }
        Path file;
        try {
            file = root.resolve(path.substring(1)).toRealPath();
        } catch (InvalidPathException e) {
            return null;
        }
        if (Files.isDirectory(file)) {
            file = file.resolve(INDEX).toRealPath();
        }
        boolean isInside = file.startsWith(root);
        return isInside && Files.isRegularFile(file) && Files.isReadable(file) ? file : null;
    }

    private static String headers(Path file, BasicFileAttributes attributes) {
        String type = URLConnection.guessContentTypeFromName(file.toString());
        return "Content-Type: "
                + (type == null ? UNKNOWN_TYPE : type)
                + "\r\nLast-Modified: "
                + HttpDate.format(attributes.lastModifiedTime().toInstant())
                + "\r\n";
    }
}
