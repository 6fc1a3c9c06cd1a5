// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import java.net.IDN;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Names of hosts: who is asked for, and whom a certificate is for. */
final class SniNames {
    private static final int DNS_NAME = 2;

    private SniNames() {}

    /** Whom a client has asked for, or null. */
    static @Nullable String first(@Nullable SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return null;
        }
        try {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        } catch (UnsupportedOperationException untold) {
            // An engine that does not tell serves everybody with its first identity.
            return null;
        }
        return null;
    }

    /** The name to ask for, or null if it is an address, of which there is no asking. */
    static @Nullable SNIHostName toAskFor(String host) {
        boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        if (isAddress || host.isEmpty()) {
            return null;
        }
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return new SNIHostName(IDN.toASCII(bare));
    }

    /** Whom a certificate is for, in lower case. */
    static List<String> of(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> each : alternatives) {
                if (each.get(0).equals(DNS_NAME)) {
                    names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        }
        if (names.isEmpty()) {
            String subject = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
            for (String part : subject.split(",", -1)) {
                if (part.regionMatches(true, 0, "CN=", 0, 3)) {
                    names.add(part.substring(3).toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    /** Whether a name, which may begin with a star for one label, is that of a host. */
    static boolean matches(String name, String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        if (!name.startsWith("*.")) {
            return name.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        return dot > 0 && wanted.substring(dot).equals(name.substring(1));
    }
}
