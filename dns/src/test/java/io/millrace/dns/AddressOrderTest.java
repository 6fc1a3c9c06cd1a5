// SPDX-License-Identifier: Apache-2.0
package io.millrace.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Address;

/** RFC 6724, section 6, by its rules and by the examples of its section 10.2. */
class AddressOrderTest {
    private static InetAddress address(String text) throws Exception {
        return Address.getByAddress(text);
    }

    private static List<InetAddress> addresses(String texts) throws Exception {
        List<InetAddress> all = new ArrayList<>();
        for (String each : texts.split(" ", -1)) {
            all.add(address(each));
        }
        return all;
    }

    private static AddressOrder from(String sources, List<InetAddress> destinations)
            throws Exception {
        Map<InetAddress, InetAddress> bySource = new HashMap<>();
        String[] each = sources.split(" ", -1);
        for (int i = 0; i < each.length; i++) {
            if (!each[i].equals("none")) {
                bySource.put(destinations.get(i), address(each[i]));
            }
        }
        return new AddressOrder(bySource::get);
    }

    /** Destinations in their right order, and the source of each; whatever order they come in. */
    @ParameterizedTest
    @CsvSource({
        // Rule 1: what is not reached comes last.
        "192.0.2.1 2001:db8::1,                198.51.100.1 none",
        "2001:db8::1 192.0.2.1,                2001:db8::2 none",
        // Rule 2: the same scope, as in the RFC's examples.
        "2001:db8:1::1 198.51.100.121,         2001:db8:1::2 169.254.13.78",
        "198.51.100.121 2001:db8:1::1,         198.51.100.117 fe80::1",
        // Rule 5: the same label.
        "2002:c633:6401::1 2001:db8:1::1,      2002:c633:6401::d5e3:7953:13eb:22e8 "
                + "2002:c633:6401::d5e3:7953:13eb:22e8",
        // Rule 6: the higher precedence.
        "2001:db8:1::1 10.1.2.3,               2001:db8:1::2 10.1.2.4",
        "2001:db8:1::1 2002:c633:6401::1,      2001:db8:1::2 2002:c633:6401::2",
        "192.0.2.1 2001:0:1::1,                198.51.100.1 2001:0:2::1",
        "192.0.2.1 fd00::1,                    198.51.100.1 fd00::2",
        "::1 192.0.2.1,                        ::1 198.51.100.1",
        // Rule 8: the smaller scope.
        "fe80::1 2001:db8:1::1,                fe80::2 2001:db8:1::2",
        // Rule 9: the longer prefix in common, of IPv6.
        "2001:db8:1::1 2001:db8:3ffe::1,       2001:db8:1::2 2001:db8:3f44::2",
    })
    void theBetterComesFirst(String destinations, String sources) throws Exception {
        List<InetAddress> right = addresses(destinations);
        AddressOrder order = from(sources, right);
        assertEquals(right, order.sorted(right));
        List<InetAddress> turned = new ArrayList<>(right);
        Collections.reverse(turned);
        assertEquals(right, order.sorted(turned));
    }

    /** Rule 10; and rule 9 does not undo how servers spread their load. */
    @Test
    void whatIsAsGoodStaysAsItCame() throws Exception {
        List<InetAddress> four = addresses("192.0.2.9 192.0.2.1 198.51.100.1");
        AddressOrder near = new AddressOrder(each -> four.get(1));
        assertEquals(four, near.sorted(four));
        List<InetAddress> unreached = addresses("192.0.2.9 2001:db8::1 192.0.2.1");
        AddressOrder nowhere = new AddressOrder(each -> null);
        assertEquals(addresses("2001:db8::1 192.0.2.9 192.0.2.1"), nowhere.sorted(unreached));
        assertEquals(List.of(), nowhere.sorted(List.of()));
    }

    /** Behind the first 64 bits there is no network to be near to. */
    @Test
    void aPrefixIsComparedAsFarAsItGoes() throws Exception {
        List<InetAddress> all = addresses("2001:db8::ffff 2001:db8::1");
        InetAddress own = address("2001:db8::2");
        assertEquals(all, new AddressOrder(each -> own).sorted(all));
    }

    @Test
    void ofVeryManyOnlySomeAreSorted() throws Exception {
        InetAddress[] many = new InetAddress[1000];
        for (int i = 0; i < many.length; i++) {
            many[i] = InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
        }
        many[3] = address("2001:db8::1");
        many[500] = address("2001:db8::2");
        List<InetAddress> asked = new ArrayList<>();
        AddressOrder order =
                new AddressOrder(
                        each -> {
                            asked.add(each);
                            return each;
                        });
        List<InetAddress> sorted = order.sorted(Arrays.asList(many));
        assertEquals(1000, sorted.size());
        assertEquals(many[3], sorted.get(0));
        assertEquals(many[500], sorted.get(500));
        assertEquals(64, asked.size());
    }

    /** Loopback is reached by every host, and from itself. */
    @Test
    void thisHostSaysWhichAddressItWouldUse() throws Exception {
        List<InetAddress> all = addresses("127.0.0.1");
        assertEquals(all, AddressOrder.OF_HOST.sorted(all));
        List<InetAddress> two = addresses("127.0.0.2 127.0.0.1");
        assertEquals(two, AddressOrder.OF_HOST.sorted(two));
    }
}
