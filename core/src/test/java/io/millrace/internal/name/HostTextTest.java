// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.IoException;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts are addresses, which are names, and which are neither. */
class HostTextTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::1, 0:0:0:0:0:0:0:1",
        "[::1], 0:0:0:0:0:0:0:1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b:0:0:0:0:c000:221"
    })
    void addressesAreTakenAtTheirWord(String text, String address) throws IoException {
        assertEquals(address, present(HostText.address(text)).getHostAddress());
    }

    private static InetAddress present(InetAddress address) {
        assertNotNull(address);
        return address;
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1%1", "[fe80::1%1]"})
    void aScopeStaysWithItsAddress(String text) throws IoException {
        Inet6Address address = (Inet6Address) present(HostText.address(text));
        assertEquals(1, address.getScopeId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1",
                "2130706433",
                "010.0.0.1",
                "0x7f.0.0.1",
                "0x7f000001",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "1.2.3.4.",
                "example.com.1",
                "::g",
                ":::",
                "1:2",
                "[::1",
                "[127.0.0.1]",
                "fe80::1%no-such-interface-here",
                "::1 ",
            })
    void whatOnlyLooksLikeAnAddressIsRefusedAndAskedOfNobody(String text) {
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> {
                            assertNull(HostText.address(text));
                            HostText.name(text);
                        });
        assertEquals(ErrorCode.EINVAL, refusal.errorCode());
        assertTrue(String.valueOf(refusal.getMessage()).contains(text.strip()), refusal::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                " ",
                "a b",
                "a\u0000b",
                "a\nb",
                "a/b",
                "user@host",
                "a%b",
                "[a]",
                "\u00ad"
            })
    void whatCannotBeANameIsRefused(String text) {
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> {
                            assertNull(HostText.address(text));
                            HostText.name(text);
                        });
        assertEquals(ErrorCode.EINVAL, refusal.errorCode());
    }

    @Test
    void namesHaveTheLengthThatTheWireHasRoomFor() throws IoException {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertEquals(longest, HostText.name(longest));
        assertEquals(longest + ".", HostText.name(longest + "."));
        assertThrows(IoException.class, () -> HostText.name(longest + "a"));
        assertThrows(IoException.class, () -> HostText.name(label + "a"));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost",
        "a_b.example, a_b.example",
        "0x7g.example, 0x7g.example",
        "1and1.com, 1and1.com",
        "b\u00fccher.example, xn--bcher-kva.example",
        "example.com., example.com."
    })
    void everythingElseIsAName(String text, String name) throws IoException {
        assertNull(HostText.address(text));
        assertEquals(name, HostText.name(text));
    }
}
