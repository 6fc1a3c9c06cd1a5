// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * What a user has written for a host: an address, or a name.
 *
 * <p>Exactly the forms that everybody reads alike are addresses. What else ends in a number is
 * neither: {@code 010.0.0.1} is 8.0.0.1 to some and 10.0.0.1 to others, and who checks an address
 * before a connect must not be shown another one.
 */
final class HostText {
    private static final int MOST_NAME_BYTES = 253;
    private static final int MOST_LABEL_BYTES = 63;
    private static final int MOST_OCTET = 255;
    private static final int OCTETS = 4;

    private HostText() {}

    /** The address that the text is, or null if it is a name. */
    static @Nullable InetAddress address(String host) throws IoException {
        String bare = host.startsWith("[") && host.endsWith("]") ? inner(host) : host;
        if (bare.indexOf(':') >= 0) {
            return version6(host, bare);
        }
        if (!bare.equals(host)) {
            throw refused(host, "only an IPv6 address stands in brackets");
        }
        String last = lastLabel(host);
        if (last.isEmpty() || !isNumber(last)) {
            return null;
        }
        byte[] octets = version4(host);
        if (octets == null) {
            throw refused(
                    host,
                    "what ends in a number is an IPv4 address, of four decimal numbers up to 255"
                            + " without leading zeros");
        }
        return of(octets);
    }

    /** The name as it goes over the wire. */
    static String name(String host) throws IoException {
        String name;
        try {
            name = isAscii(host) ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException notAName) {
            throw refused(host, "it cannot be a name: " + notAName.getMessage());
        }
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (bare.isEmpty()) {
            throw refused(host, "it has no name");
        }
        if (bare.length() > MOST_NAME_BYTES) {
            throw refused(host, "a name has at most " + MOST_NAME_BYTES + " bytes");
        }
        for (String label : bare.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MOST_LABEL_BYTES) {
                throw refused(
                        host,
                        "between its dots a name has 1 to " + MOST_LABEL_BYTES + " bytes each");
            }
        }
        for (int i = 0; i < bare.length(); i++) {
            if (bare.charAt(i) <= ' '
                    || bare.charAt(i) >= 0x7f
                    || "/%[]@".indexOf(bare.charAt(i)) >= 0) {
                throw refused(host, "a name has neither blanks nor any of / % [ ] @");
            }
        }
        return name;
    }

    private static String inner(String host) {
        return host.substring(1, host.length() - 1);
    }

    /** The JDK asks nobody about what has a colon in it. */
    private static InetAddress version6(String host, String bare) throws IoException {
        try {
            return InetAddress.getByName(bare);
        } catch (UnknownHostException invalid) {
            throw refused(host, "it is no IPv6 address: " + invalid.getMessage());
        }
    }

    private static String lastLabel(String host) {
        int end = host.endsWith(".") ? host.length() - 1 : host.length();
        return host.substring(host.lastIndexOf('.', end - 1) + 1, end);
    }

    /** Decimal, or hexadecimal as inet_aton(3) would have it. */
    private static boolean isNumber(String label) {
        boolean hexadecimal = label.startsWith("0x") || label.startsWith("0X");
        String digits = hexadecimal ? label.substring(2) : label;
        return digits.chars()
                .allMatch(each -> Character.digit(each, hexadecimal ? 16 : 10) >= 0 && each < 0x7f);
    }

    private static byte @Nullable [] version4(String host) {
        String[] parts = host.split("\\.", -1);
        byte[] octets = new byte[OCTETS];
        if (parts.length != OCTETS) {
            return null;
        }
        for (int i = 0; i < OCTETS; i++) {
            int octet = octet(parts[i]);
            if (octet < 0) {
                return null;
            }
            octets[i] = (byte) octet;
        }
        return octets;
    }

    private static int octet(String text) {
        boolean plain = text.chars().allMatch(each -> each >= '0' && each <= '9');
        if (!plain || text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int value = Integer.parseInt(text);
        boolean padded = text.length() > 1 && text.startsWith("0");
        return padded || value > MOST_OCTET ? -1 : value;
    }

    private static InetAddress of(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 bytes always are an address", impossible);
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(each -> each < 0x80);
    }

    private static IoException refused(String host, String why) {
        return LoopLookup.failure(
                Code.INVALID_ARGUMENT, "resolve", "'" + host.strip() + "'", why, null);
    }
}
