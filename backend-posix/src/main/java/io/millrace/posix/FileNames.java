// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Paths as system calls take them: the bytes that the JDK has for them, whatever this process's
 * locale can show of those. Any thread; never asks the file system.
 *
 * <p>A path's string has a replacement for what is not valid in the locale, and as bytes again it
 * would be the name of another file. Its URI has the bytes as they are.
 */
public final class FileNames {
    /**
     * {@link Path#toUri} asks whether a path is a directory. Of one that is longer than any system
     * takes, the kernel says so before it looks at any disk.
     */
    private static final String TOO_LONG = "x".repeat(8192);

    private static final String HEXADECIMAL = "0123456789ABCDEF";

    private FileNames() {}

    /**
     * The path, and a zero byte.
     *
     * @throws IoException if it is of another file system
     */
    public static NativeMemory zeroTerminated(Path path) throws IoException {
        byte[] name = bytes(path);
        NativeMemory memory = NativeMemory.allocate(name.length + 1);
        memory.putBytes(0, Arrays.copyOf(name, name.length + 1));
        return memory;
    }

    /**
     * The path as it is, relative or absolute, without a zero at its end.
     *
     * @throws IoException if it is of another file system
     */
    static byte[] bytes(Path path) throws IoException {
        byte @Nullable [] plain = ascii(path.toString());
        if (plain != null) {
            return plain;
        }
        byte[] absolute = absoluteBytes(path);
        if (path.isAbsolute()) {
            return absolute;
        }
        int parent = absoluteBytes(path.getFileSystem().getPath("")).length;
        return Arrays.copyOfRange(absolute, parent == 1 ? 1 : parent + 1, absolute.length);
    }

    /** The path that has these bytes, which must not contain a zero; relative or absolute. */
    static Path path(byte[] name) {
        String plain = new String(name, StandardCharsets.ISO_8859_1);
        if (ascii(plain) != null) {
            return Path.of(plain);
        }
        boolean absolute = name[0] == '/';
        StringBuilder uri = new StringBuilder("file:///");
        boolean betweenNames = true;
        for (byte each : name) {
            if (each != '/') {
                uri.append('%')
                        .append(HEXADECIMAL.charAt(each >> 4 & 0xf))
                        .append(HEXADECIMAL.charAt(each & 0xf));
            } else if (!betweenNames) {
                // A path of a URI keeps slashes that one of a text loses, and is then another path.
                uri.append('/');
            }
            betweenNames = each == '/';
        }
        if (betweenNames) {
            uri.setLength(uri.length() - 1);
        }
        Path path = Path.of(URI.create(uri.toString()));
        return absolute ? path : path.getRoot().relativize(path);
    }

    private static byte @Nullable [] ascii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return null;
            }
        }
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] absoluteBytes(Path path) throws IoException {
        URI uri = path.toAbsolutePath().resolve(TOO_LONG).toUri();
        if (!"file".equals(uri.getScheme())) {
            throw IoException.because(
                    Code.INVALID_ARGUMENT,
                    "open " + path,
                    "the kernel has no files of " + path.getFileSystem());
        }
        byte[] all = decoded(uri.getRawPath());
        int end = all.length - TOO_LONG.length() - 1;
        return Arrays.copyOf(all, Math.max(1, end));
    }

    private static byte[] decoded(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char each = encoded.charAt(i);
            if (each == '%') {
                bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(each);
            }
        }
        return bytes.toByteArray();
    }
}
