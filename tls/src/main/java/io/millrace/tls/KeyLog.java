// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Log;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Writes the secrets of handshakes to a file, as Wireshark wants them ({@code SSLKEYLOGFILE}). The
 * JDK has no method for them, so they are read out of the fields of its engine, and only where the
 * user has opened these by an option of {@code java}. Those of a handshake are there for a moment
 * only: after the step that brings the ServerHello at a client; at a server while it chooses its
 * certificate, between its ServerHello and its Finished. Any thread.
 */
final class KeyLog {
    private static final String PACKAGE = "sun.security.ssl";

    /** For its owner alone. */
    private static final String PERMISSIONS = "rw-------";

    private final FileChannel file;
    private final Fields fields;

    /** Where the JDK's engine has what is asked for; the same from 17 to 25. */
    private static final class Fields {
        final Field connection = field("SSLEngineImpl", "conContext");
        final Field handshake = field("TransportContext", "handshakeContext");
        final Field random = field("HandshakeContext", "clientHelloRandom");
        final Field randomBytes = field("RandomCookie", "randomBytes");
        final Field handshakeRead = field("HandshakeContext", "baseReadSecret");
        final Field handshakeWrite = field("HandshakeContext", "baseWriteSecret");
        final Field input = field("TransportContext", "inputRecord");
        final Field output = field("TransportContext", "outputRecord");
        final Field readCipher = field("InputRecord", "readCipher");
        final Field writeCipher = field("OutputRecord", "writeCipher");
        final Field read = field("SSLCipher$SSLReadCipher", "baseSecret");
        final Field write = field("SSLCipher$SSLWriteCipher", "baseSecret");
        final Field master = field("SSLSessionImpl", "masterSecret");

        Fields() throws ReflectiveOperationException {}

        private static Field field(String kind, String name) throws ReflectiveOperationException {
            Field found = Class.forName(PACKAGE + "." + kind).getDeclaredField(name);
            found.setAccessible(true);
            return found;
        }
    }

    /** What has been written of one handshake. Loop thread only. */
    final class Handshake {
        private final SSLEngine engine;
        private @Nullable String random;
        private boolean hasFirst;

        private Handshake(SSLEngine engine) {
            this.engine = engine;
        }

        /** The engine has taken a step, and there may be something new. */
        void step() {
            try {
                Object handshake = fields.handshake.get(fields.connection.get(engine));
                if (handshake == null || hasFirst) {
                    return;
                }
                random = randomOf(handshake);
                Object read = fields.handshakeRead.get(handshake);
                if (random != null && read != null) {
                    hasFirst = true;
                    boolean isClient = engine.getUseClientMode();
                    line(peer(isClient) + "_HANDSHAKE_TRAFFIC_SECRET", random, read);
                    if (isClient) {
                        Object write = fields.handshakeWrite.get(handshake);
                        line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", random, write);
                    }
                }
            } catch (IllegalAccessException | RuntimeException closed) {
                report(closed);
            }
        }

        /** It is over. */
        void done() {
            try {
                String known = random;
                if (known == null) {
                    return;
                }
                if (!TlsPort.isTls13(engine)) {
                    line("CLIENT_RANDOM", known, fields.master.get(engine.getSession()));
                    return;
                }
                boolean isClient = engine.getUseClientMode();
                Object connection = fields.connection.get(engine);
                Object input = fields.readCipher.get(fields.input.get(connection));
                Object output = fields.writeCipher.get(fields.output.get(connection));
                line(peer(isClient) + "_TRAFFIC_SECRET_0", known, fields.read.get(input));
                line(peer(!isClient) + "_TRAFFIC_SECRET_0", known, fields.write.get(output));
            } catch (IllegalAccessException | RuntimeException closed) {
                report(closed);
            }
        }

        private static String peer(boolean isClient) {
            return isClient ? "SERVER" : "CLIENT";
        }
    }

    private KeyLog(FileChannel file, Fields fields) {
        this.file = file;
        this.fields = fields;
    }

    /**
     * Appends to a file, which is made for its owner alone if there is none.
     *
     * @throws IoException if there cannot be one, with the option of {@code java} that is missing
     */
    static KeyLog open(Path path) throws IoException {
        Fields fields;
        try {
            fields = new Fields();
        } catch (InaccessibleObjectException closed) {
            Module own = KeyLog.class.getModule();
            String name = own.isNamed() ? own.getName() : "ALL-UNNAMED";
            throw TlsContext.refused(
                    "keyLog(...) reads what the JDK keeps to itself: start java with --add-opens"
                            + " java.base/"
                            + PACKAGE
                            + "="
                            + name,
                    closed);
        } catch (ReflectiveOperationException other) {
            throw TlsContext.refused(
                    "keyLog(...) does not know where this JDK keeps its secrets", other);
        }
        try {
            return new KeyLog(create(path), fields);
        } catch (IOException failure) {
            throw Failures.ofFile(FileErrors.codeOf(failure), "open", path, 0, failure);
        }
    }

    private static FileChannel create(Path path) throws IOException {
        Set<OpenOption> options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND,
                        LinkOption.NOFOLLOW_LINKS);
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes =
                isPosix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString(PERMISSIONS))
                        }
                        : new FileAttribute<?>[0];
        FileChannel opened = FileChannel.open(path, options, attributes);
        if (isPosix && !isOwnersAlone(path)) {
            opened.close();
            throw new AccessDeniedException(
                    path.toString(), null, "others may read what is in it: chmod 600");
        }
        return opened;
    }

    /** One that was there before may be anybody's. */
    private static boolean isOwnersAlone(Path path) throws IOException {
        Set<PosixFilePermission> all =
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        return PosixFilePermissions.fromString(PERMISSIONS).containsAll(all);
    }

    /** Of an engine that begins. */
    Handshake begin(SSLEngine engine) {
        return new Handshake(engine);
    }

    /** A server's engine asks for a certificate; in TLS 1.3 it has sent its ServerHello. */
    void certificateIsChosen(SSLEngine engine) {
        try {
            Object handshake = fields.handshake.get(fields.connection.get(engine));
            if (handshake != null) {
                String random = randomOf(handshake);
                Object write = fields.handshakeWrite.get(handshake);
                if (random != null && write != null) {
                    line("SERVER_HANDSHAKE_TRAFFIC_SECRET", random, write);
                }
            }
        } catch (IllegalAccessException | RuntimeException closed) {
            report(closed);
        }
    }

    private @Nullable String randomOf(Object handshake) throws IllegalAccessException {
        Object cookie = fields.random.get(handshake);
        return cookie == null
                ? null
                : HexFormat.of().formatHex((byte[]) fields.randomBytes.get(cookie));
    }

    /** Lines of several threads do not mix: one write each. */
    private void line(String label, String random, @Nullable Object secret) {
        byte[] bytes = secret instanceof SecretKey key ? key.getEncoded() : null;
        if (bytes == null) {
            return;
        }
        String text = label + " " + random + " " + HexFormat.of().formatHex(bytes) + "\n";
        try {
            ByteBuffer line = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            synchronized (file) {
                while (line.hasRemaining()) {
                    file.write(line);
                }
            }
        } catch (IOException failure) {
            report(failure);
        }
    }

    /** A connection does not end because nobody can look into it. */
    private static void report(Exception failure) {
        Log.CORE.report(System.Logger.Level.WARNING, "a TLS key log cannot be written", failure);
    }
}
