// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Paths of URLs, whose bytes may be written as {@code %41}; RFC 3986, section 2.1. */
final class UrlPath {
    private UrlPath() {}

    /** The path that begins with a slash, as text; null if it is malformed or has a NUL. */
    static @Nullable String decode(String encoded) {
        if (!encoded.startsWith("/")) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            int value = encoded.charAt(i);
            if (value == '%') {
                value = hexByte(encoded, i + 1);
                i += 2;
            }
            if (value <= 0) {
                return null;
            }
            bytes.put((byte) value);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    /** A name or path as it is written in a URL; slashes stay. */
    static String encode(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain =
                    (each >= 'a' && each <= 'z')
                            || (each >= 'A' && each <= 'Z')
                            || (each >= '0' && each <= '9')
                            || "/-._~".indexOf(each) >= 0;
            if (isPlain) {
                encoded.append((char) each);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", each & 0xFF));
            }
        }
        return encoded.toString();
    }

    /** The byte of two hexadecimal digits, or -1. */
    private static int hexByte(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
