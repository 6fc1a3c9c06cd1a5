// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.spi.Log;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix-domain socket that was bound to it, which no kernel removes with the socket.
 * Blocks as long as calls on its directory do, as bind(2) does as well.
 *
 * <p>What is removed is what was seen before, by device and number, and nothing else that may have
 * come to the path meanwhile. As long as a socket is open the kernel gives its file's number to
 * nobody else. Between the last look and the removal somebody could still put something else there:
 * there is no call that removes a file by what it is.
 */
final class UnixFile {
    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_SOCKET = 0140000;

    private final UnixDomainSocketAddress address;

    /** What was bound; null if there is nothing to remove. */
    private @Nullable Object bound;

    UnixFile(UnixDomainSocketAddress address) {
        this.address = address;
    }

    private Path path() {
        return address.getPath();
    }

    /** Whether nothing is at the path. */
    boolean isAbsent() {
        return !Files.exists(path(), LinkOption.NOFOLLOW_LINKS);
    }

    /** A socket of ours has just been bound there. */
    void bound() {
        bound = key();
    }

    /** The socket is about to close: removes its file, if it is still there. */
    void release() {
        Object mine = bound;
        bound = null;
        if (mine != null) {
            remove(mine);
        }
    }

    private void remove(Object expected) {
        try {
            if (expected.equals(key())) {
                Files.deleteIfExists(path());
            }
        } catch (IOException failure) {
            // The socket closes all the same; the next one there has to be told of it.
            Log.CORE.report(
                    System.Logger.Level.WARNING,
                    () -> "cannot remove the file of a closed Unix-domain socket, " + path(),
                    failure);
        }
    }

    /**
     * Removes what is at the path if it is a socket, and nobody listens on it.
     *
     * @return whether there is room now
     */
    boolean removeDead() {
        Object found = key();
        if (found == null || !isSocket() || !isRefused()) {
            return false;
        }
        remove(found);
        return key() == null;
    }

    /**
     * Which file it is, links not followed; null if there is none, or nothing tells files apart.
     */
    private @Nullable Object key() {
        try {
            return Files.readAttributes(
                            path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException unknown) {
            // Nothing is removed of which it is not known what it is.
            return null;
        }
    }

    /** Connections to whatever else has a path are refused, too. */
    private boolean isSocket() {
        try {
            Object mode = Files.getAttribute(path(), "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return ((Integer) mode & TYPE_MASK) == TYPE_SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            // As above.
            return false;
        }
    }

    private boolean isRefused() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(address);
            return false;
        } catch (ConnectException refused) {
            return isRefusal(refused);
        } catch (IOException | UnsupportedOperationException other) {
            // A full backlog, for one, is a server's that is alive.
            return false;
        }
    }

    private static boolean isRefusal(ConnectException failure) {
        String text = failure.getMessage();
        return text == null || text.contains("refused");
    }
}
