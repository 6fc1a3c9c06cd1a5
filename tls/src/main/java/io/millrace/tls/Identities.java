// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The identities of one end, and which of them a handshake gets: a server's by whom the client asks
 * for, and otherwise the first. Can be read anew while handshakes go on, each of which keeps what
 * it has begun with. Any thread.
 */
final class Identities extends X509ExtendedKeyManager {
    private final List<Identity.Source> sources;
    private final @Nullable KeyLog keyLog;
    private volatile Generation present;

    /** One reading of all sources; knows the one before, which handshakes may still ask for. */
    private record Generation(int number, List<Identity> all, Map<String, Identity> byAlias) {
        static Generation of(int number, List<Identity> all, Map<String, Identity> older) {
            Map<String, Identity> known = new HashMap<>(older);
            for (int i = 0; i < all.size(); i++) {
                known.put(alias(number, i), all.get(i));
            }
            return new Generation(number, all, known);
        }

        static String alias(int number, int index) {
            return number + "." + index;
        }

        Map<String, Identity> own() {
            Map<String, Identity> own = new HashMap<>();
            for (int i = 0; i < all.size(); i++) {
                own.put(alias(number, i), all.get(i));
            }
            return own;
        }
    }

    /**
     * @param keyLog of the context; null if it has none
     */
    Identities(List<Identity.Source> sources, @Nullable KeyLog keyLog) throws IoException {
        this.sources = List.copyOf(sources);
        this.keyLog = keyLog;
        present = Generation.of(0, readAll(), Map.of());
    }

    private List<Identity> readAll() throws IoException {
        List<Identity> all = new ArrayList<>();
        for (Identity.Source source : sources) {
            all.add(source.read());
        }
        return List.copyOf(all);
    }

    /** Reads all again; if one cannot be read, everything stays as it is. */
    synchronized void reload() throws IoException {
        Generation before = present;
        present = Generation.of(before.number() + 1, readAll(), before.own());
    }

    boolean isEmpty() {
        return present.all().isEmpty();
    }

    private @Nullable String choose(@Nullable String host, String... keyTypes) {
        Generation current = present;
        List<Identity> all = current.all();
        if (host != null) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).isFor(host) && hasKeyOfAny(all.get(i), keyTypes)) {
                    return Generation.alias(current.number(), i);
                }
            }
            if (all.stream().anyMatch(each -> each.isFor(host))) {
                // There is one for it, but with a key of a kind that is asked for another time.
                return null;
            }
        }
        for (int i = 0; i < all.size(); i++) {
            if (hasKeyOfAny(all.get(i), keyTypes)) {
                return Generation.alias(current.number(), i);
            }
        }
        return null;
    }

    private static boolean hasKeyOfAny(Identity identity, String... keyTypes) {
        for (String each : keyTypes) {
            if (identity.hasKeyOf(each)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        if (keyLog != null) {
            keyLog.certificateIsChosen(engine);
        }
        return choose(SniNames.first(engine.getHandshakeSession()), keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(null, keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(null, keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(null, keyTypes);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Identity identity = known(alias);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Identity identity = known(alias);
        return identity == null ? null : identity.key();
    }

    private @Nullable Identity known(@Nullable String alias) {
        return present.byAlias().get(Objects.requireNonNullElse(alias, ""));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(null, keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }
}
