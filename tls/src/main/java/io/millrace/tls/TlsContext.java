// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS: who one is, whom one trusts, and with what. One serves any number of streams,
 * of clients and of servers, on all loops; resumed sessions are those of one context. Any thread.
 *
 * <p>What it begins with is safe: TLS 1.3 and 1.2 only, no cipher without forward secrecy and
 * authenticated encryption, and a client that verifies whom it talks to.
 */
public final class TlsContext {
    private final SSLContext context;
    private final @Nullable Identities identities;
    private final String[] protocols;
    private final String[] cipherSuites;
    private final Builder settings;
    private final EngineMemory memory;
    private final @Nullable KeyLog keyLog;

    private TlsContext(Builder builder) throws IoException {
        settings = builder.copy();
        keyLog = builder.keyLog == null ? null : openKeyLog(builder.keyLog);
        try {
            identities = builder.sources.isEmpty() ? null : new Identities(builder.sources, keyLog);
            context = builder.context == null ? make(builder, identities) : builder.context;
            SSLParameters able = context.getSupportedSSLParameters();
            protocols = supported("protocol", settings.protocols, able.getProtocols());
            cipherSuites = ciphers(able.getCipherSuites());
        } catch (GeneralSecurityException | RuntimeException unusable) {
            throw refused(String.valueOf(unusable.getMessage()), unusable);
        }
        if (settings.limitsSessions() && context.getServerSessionContext() == null) {
            throw refused("the provider keeps no sessions whose number or time could be set", null);
        }
        limit(context.getServerSessionContext());
        limit(context.getClientSessionContext());
        EngineMemory given = settings.memory;
        memory = given == null ? MemoryTrial.of(context) : given;
    }

    private static KeyLog openKeyLog(Path file) throws IoException {
        Provider first;
        try {
            first = SSLContext.getInstance("TLS").getProvider();
        } catch (GeneralSecurityException none) {
            throw refused(String.valueOf(none.getMessage()), none);
        }
        if (!isOfJdk(first)) {
            throw refused(
                    "keyLog(...) knows the JDK's engine alone, and TLS is provided by "
                            + first.getName(),
                    null);
        }
        return KeyLog.open(file);
    }

    private static SSLContext make(Builder builder, @Nullable Identities identities)
            throws GeneralSecurityException {
        Provider provider = builder.provider;
        SSLContext made =
                provider == null
                        ? SSLContext.getInstance("TLS")
                        : SSLContext.getInstance("TLS", provider);
        KeyManager[] own = identities == null ? null : new KeyManager[] {identities};
        made.init(own, trustManagers(builder, isOfJdk(made.getProvider())), null);
        return made;
    }

    /** Its engine asks the JDK's trust managers in their words, and verifies the host itself. */
    static boolean isOfJdk(Object made) {
        return made.getClass().getModule() == Object.class.getModule();
    }

    private static TrustManager[] trustManagers(Builder builder, boolean forJdk)
            throws GeneralSecurityException {
        TrustManager[] managers;
        if (builder.trustManager != null) {
            managers = new TrustManager[] {builder.trustManager};
        } else {
            // By the JDK's whatever the provider is: it compares the host's name as well.
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(builder.trust);
            managers = factory.getTrustManagers();
        }
        for (int i = 0; !forJdk && i < managers.length; i++) {
            if (managers[i] instanceof X509TrustManager judge) {
                X509ExtendedTrustManager asked =
                        judge instanceof X509ExtendedTrustManager told
                                ? told
                                : new PlainTrust(judge);
                managers[i] = new AnyEnginesTrust(asked, builder.verifyHost);
            }
        }
        return managers;
    }

    private static String[] supported(String what, List<String> wanted, String[] able)
            throws IoException {
        List<String> both = new ArrayList<>(wanted);
        both.retainAll(Arrays.asList(able));
        if (both.isEmpty()) {
            throw refused(
                    "no " + what + " of " + wanted + " is supported; there are " + List.of(able),
                    null);
        }
        return both.toArray(String[]::new);
    }

    private String[] ciphers(String[] able) throws IoException {
        List<String> wanted = settings.cipherSuites;
        if (!wanted.isEmpty()) {
            return supported("cipher suite", wanted, able);
        }
        return Arrays.stream(able).filter(TlsContext::isStrong).toArray(String[]::new);
    }

    /** Forward secrecy and authenticated encryption; those of TLS 1.3 have nothing else. */
    private static boolean isStrong(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("CHACHA20_POLY1305");
        boolean forward = suite.startsWith("TLS_ECDHE_") || !suite.contains("_WITH_");
        return authenticated && forward && !suite.contains("_anon_");
    }

    private void limit(@Nullable SSLSessionContext sessions) {
        if (sessions == null) {
            return;
        }
        if (settings.sessionCacheSize >= 0) {
            sessions.setSessionCacheSize(settings.sessionCacheSize);
        }
        if (settings.sessionTimeout != null) {
            sessions.setSessionTimeout((int) settings.sessionTimeout.toSeconds());
        }
    }

    static IoException refused(String why, @Nullable Throwable cause) {
        return IoException.withMessage(
                Code.INVALID_ARGUMENT,
                "TlsContext",
                null,
                null,
                0,
                "TlsContext: EINVAL: " + why,
                cause);
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * As the JDK has it: its own trusted certificates, and no identity. For clients.
     *
     * @throws IoException if this JDK has no TLS that is safe
     */
    public static TlsContext client() throws IoException {
        return builder().build();
    }

    /**
     * Reads the files of all identities again. New handshakes show what is in them now; those under
     * way and connections go on with what they have. If a file cannot be used, everything stays as
     * it is.
     *
     * @throws IoException with the file and the reason
     */
    public void reload() throws IoException {
        if (identities != null) {
            identities.reload();
        }
    }

    /** The context that makes the engines. */
    public SSLContext sslContext() {
        return context;
    }

    /** The protocols that are offered and accepted, the best one first as it was asked for. */
    public List<String> protocols() {
        return List.of(protocols);
    }

    /** The cipher suites that are offered and accepted. */
    public List<String> cipherSuites() {
        return List.of(cipherSuites);
    }

    SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        SNIHostName name = SniNames.toAskFor(host);
        if (name != null) {
            parameters.setServerNames(List.of(name));
        }
        if (settings.verifyHost) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        settings.eachEngine.accept(engine);
        return engine;
    }

    SSLEngine serverEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setUseCipherSuitesOrder(true);
        switch (settings.clientCertificates) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANTED -> parameters.setWantClientAuth(true);
            case NEEDED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        settings.eachEngine.accept(engine);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        parameters.setCipherSuites(cipherSuites);
        if (!settings.applicationProtocols.isEmpty()) {
            parameters.setApplicationProtocols(
                    settings.applicationProtocols.toArray(String[]::new));
        }
        return parameters;
    }

    Duration handshakeTimeout() {
        return settings.handshakeTimeout;
    }

    boolean tasksInline() {
        return settings.tasksInline;
    }

    int firstRecords() {
        return settings.firstRecords;
    }

    EngineMemory engineMemory() {
        return memory;
    }

    /** What writes the secrets of this handshake; null if nothing is to. */
    KeyLog.@Nullable Handshake keyLog(SSLEngine engine) {
        return keyLog == null ? null : keyLog.begin(engine);
    }

    /** What it can do, and no key. */
    @Override
    public String toString() {
        return "TlsContext["
                + context.getProvider().getName()
                + " "
                + List.of(protocols)
                + (identities == null ? "" : " with identities")
                + "]";
    }

    /** Collects options; each has a default. Not thread-safe. */
    public static final class Builder {
        private final List<Identity.Source> sources = new ArrayList<>();
        private @Nullable SSLContext context;
        private @Nullable Provider provider;
        private @Nullable KeyStore trust;
        private @Nullable X509TrustManager trustManager;
        private List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        private List<String> cipherSuites = List.of();
        private List<String> applicationProtocols = List.of();
        private ClientCertificates clientCertificates = ClientCertificates.NONE;
        private boolean verifyHost = true;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private boolean tasksInline;
        private int sessionCacheSize = -1;
        private @Nullable Duration sessionTimeout;
        private int firstRecords;
        private @Nullable EngineMemory memory;
        private @Nullable Path keyLog;
        private Consumer<? super SSLEngine> eachEngine = engine -> {};

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.protocols = protocols;
            copy.cipherSuites = cipherSuites;
            copy.applicationProtocols = applicationProtocols;
            copy.clientCertificates = clientCertificates;
            copy.verifyHost = verifyHost;
            copy.handshakeTimeout = handshakeTimeout;
            copy.tasksInline = tasksInline;
            copy.sessionCacheSize = sessionCacheSize;
            copy.sessionTimeout = sessionTimeout;
            copy.firstRecords = firstRecords;
            copy.memory = memory;
            copy.eachEngine = eachEngine;
            return copy;
        }

        private boolean limitsSessions() {
            return sessionCacheSize >= 0 || sessionTimeout != null;
        }

        /**
         * An identity by two PEM files, which {@link TlsContext#reload} reads again. The first
         * identity is shown to those who ask for nobody by SNI, or for somebody unknown.
         *
         * @param chain certificates, one's own first, then those that vouch for it
         * @param key in PKCS#8, not encrypted
         */
        public Builder identity(Path chain, Path key) {
            return identity(chain, key, null);
        }

        /**
         * As {@link #identity(Path, Path)} with a key that is encrypted.
         *
         * @param password copied; null if the key is not encrypted
         */
        public Builder identity(Path chain, Path key, char @Nullable [] password) {
            Objects.requireNonNull(chain, "chain");
            Objects.requireNonNull(key, "key");
            char[] kept = password == null ? null : password.clone();
            sources.add(() -> Identity.ofFiles(chain, key, kept));
            return this;
        }

        /**
         * An identity made now, for trying and for tests: nobody has reason to trust it, and it is
         * valid for a month.
         *
         * @param hosts names or addresses that it is for, one at least
         */
        public Builder selfSigned(String... hosts) {
            Identity made = CertificateMaker.selfSigned(List.of(hosts));
            sources.add(() -> made);
            return this;
        }

        /** An identity by a key and the certificates that belong to it, one's own first. */
        public Builder identity(PrivateKey key, List<X509Certificate> chain) {
            Objects.requireNonNull(key, "key");
            List<X509Certificate> kept = List.copyOf(chain);
            if (kept.isEmpty()) {
                throw new IllegalArgumentException("an identity needs a certificate");
            }
            sources.add(() -> checked(key, kept, "the key is not that of " + name(kept)));
            return this;
        }

        /**
         * All identities of a key store, in the order of their aliases.
         *
         * @param password of its keys
         */
        public Builder identities(KeyStore store, char[] password) {
            Objects.requireNonNull(store, "store");
            char[] kept = password.clone();
            List<String> aliases;
            try {
                aliases = new ArrayList<>(Collections.list(store.aliases()));
                Collections.sort(aliases);
                for (String alias : aliases) {
                    if (store.isKeyEntry(alias)) {
                        sources.add(() -> entry(store, alias, kept));
                    }
                }
            } catch (GeneralSecurityException unusable) {
                throw new IllegalArgumentException("the key store is not loaded", unusable);
            }
            return this;
        }

        private static Identity entry(KeyStore store, String alias, char[] password)
                throws IoException {
            try {
                Key key = store.getKey(alias, password);
                List<X509Certificate> chain = new ArrayList<>();
                for (Certificate each : store.getCertificateChain(alias)) {
                    chain.add((X509Certificate) each);
                }
                String words = "the key of entry " + alias + " is not that of its certificate";
                return checked((PrivateKey) key, chain, words);
            } catch (GeneralSecurityException | ClassCastException unusable) {
                throw refused("entry " + alias + " of the key store cannot be used", unusable);
            }
        }

        private static Identity checked(PrivateKey key, List<X509Certificate> chain, String words)
                throws IoException {
            try {
                if (!Identity.belongTogether(chain.get(0).getPublicKey(), key)) {
                    throw refused(words, null);
                }
                return Identity.of(chain, key);
            } catch (GeneralSecurityException unusable) {
                throw refused(words, unusable);
            }
        }

        private static String name(List<X509Certificate> chain) {
            return chain.get(0).getSubjectX500Principal().getName();
        }

        /**
         * Trusts those whom the certificates of a PEM file vouch for, in place of those whom the
         * JDK trusts.
         *
         * @throws IoException with the file, if it cannot be read
         */
        public Builder trust(Path certificates) throws IoException {
            return trust(PemFiles.certificates(certificates));
        }

        /** Trusts those whom certificates vouch for, in place of those whom the JDK trusts. */
        public Builder trust(List<X509Certificate> certificates) throws IoException {
            try {
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                for (int i = 0; i < certificates.size(); i++) {
                    store.setCertificateEntry("trusted" + i, certificates.get(i));
                }
                return trust(store);
            } catch (GeneralSecurityException | java.io.IOException unusable) {
                throw refused("the certificates to trust cannot be used", unusable);
            }
        }

        /**
         * Trusts those whom the certificates of a key store vouch for. What was trusted before is
         * replaced.
         */
        public Builder trust(KeyStore store) {
            trust = Objects.requireNonNull(store, "store");
            return this;
        }

        /**
         * Has the caller's own judge whom to trust, in place of {@code trust(...)}. One that is
         * only an {@code X509TrustManager} is asked about the chain; after its yes the JDK compares
         * the certificate with the host unless {@link #verifyHost} is off, whoever's the engine is.
         * One that is a {@link javax.net.ssl.X509ExtendedTrustManager} is asked with the engine,
         * and answers for the host as well: the engine's {@code SSLParameters} have the endpoint
         * identification algorithm {@code HTTPS}, which the JDK's own trust managers obey.
         */
        public Builder trustManager(X509TrustManager manager) {
            trustManager = Objects.requireNonNull(manager, "manager");
            return this;
        }

        /**
         * Whose engine to use, in place of the JDK's: {@code Conscrypt.newProvider()} for instance.
         */
        public Builder provider(Provider engines) {
            provider = Objects.requireNonNull(engines, "engines");
            return this;
        }

        /**
         * A context of the caller's own, which brings its identities, its provider and whom it
         * trusts: none of these can be said besides. Its trust managers are asked by its engines as
         * they are, and so {@link #verifyHost} is kept by its provider and by them: the JDK's keeps
         * it; others keep it if the trust manager does.
         */
        public Builder sslContext(SSLContext own) {
            context = Objects.requireNonNull(own, "own");
            return this;
        }

        /**
         * TLSv1.3 and TLSv1.2 at first; there are no others. One that the engine does not have is
         * left out: {@link TlsContext#protocols} says which are not.
         *
         * @throws IllegalArgumentException if an older one is asked for
         */
        public Builder protocols(String... names) {
            for (String each : names) {
                if (!each.equals("TLSv1.3") && !each.equals("TLSv1.2")) {
                    throw new IllegalArgumentException(
                            "only TLSv1.3 and TLSv1.2 are safe: " + each);
                }
            }
            protocols = List.of(names);
            return this;
        }

        /**
         * The cipher suites, by the names of the JDK, the best one first. Those that the engine
         * does not have are left out ({@link TlsContext#cipherSuites} says which are not); without
         * any left there is no context.
         */
        public Builder cipherSuites(String... names) {
            cipherSuites = List.of(names);
            return this;
        }

        /**
         * The protocols of ALPN, the best one first, such as {@code h2} and {@code http/1.1}. None
         * at first. If the ends have none in common, the handshake fails.
         */
        public Builder applicationProtocols(String... names) {
            applicationProtocols = List.of(names);
            return this;
        }

        /** Whether a server asks for its clients' certificates; it does not at first. */
        public Builder clientCertificates(ClientCertificates asked) {
            clientCertificates = Objects.requireNonNull(asked, "asked");
            return this;
        }

        /**
         * Whether a client wants the certificate to name the host that it talks to. On at first;
         * without it, whoever has any certificate that is trusted can be in between.
         */
        public Builder verifyHost(boolean on) {
            verifyHost = on;
            return this;
        }

        /** How long a handshake may take; zero for ever, which a server must not. 10 s at first. */
        public Builder handshakeTimeout(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("the time must not be negative: " + time);
            }
            handshakeTimeout = time;
            return this;
        }

        /**
         * Runs what a handshake computes on the loop's thread instead of the loop's work executor.
         * Takes less in all, but a signature holds up the loop for a millisecond, and a trust
         * manager that asks the network for as long as that takes. Off at first.
         */
        public Builder tasksInline(boolean on) {
            tasksInline = on;
            return this;
        }

        /** How many sessions are kept for being resumed; 0 for no limit. */
        public Builder sessionCacheSize(int sessions) {
            if (sessions < 0) {
                throw new IllegalArgumentException("not a number of sessions: " + sessions);
            }
            sessionCacheSize = sessions;
            return this;
        }

        /** How long a session can be resumed, in whole seconds. */
        public Builder sessionTimeout(Duration time) {
            if (time.toSeconds() < 1 || time.toSeconds() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("not a time in seconds: " + time);
            }
            sessionTimeout = time;
            return this;
        }

        /**
         * Makes the records of a connection's first 64 KiB small, so that a client can begin with
         * the first segment of the network that it gets. All records are as large as may be at
         * first.
         *
         * @param bytes of plaintext in each, such as 1,200
         */
        public Builder firstRecords(int bytes) {
            if (bytes < 256 || bytes > LoopBuffers.RECORD_BYTES) {
                throw new IllegalArgumentException(
                        "a record has 256 to " + LoopBuffers.RECORD_BYTES + " bytes: " + bytes);
            }
            firstRecords = bytes;
            return this;
        }

        /**
         * Has the caller set up each engine, after all else is: for what only its provider knows.
         * Conscrypt's servers resume sessions of TLS 1.3 only after {@code
         * Conscrypt.setUseSessionTickets(engine, true)}.
         *
         * @param setUp called on the loops' threads; what it throws is thrown to whoever begins the
         *     handshake
         */
        public Builder eachEngine(Consumer<? super SSLEngine> setUp) {
            eachEngine = Objects.requireNonNull(setUp, "setUp");
            return this;
        }

        /**
         * Which memory the engine works in. Unless this says so, it is arrays with the JDK's
         * engine, and with another what a trial finds to cost less, which the first context of that
         * kind makes as it is built: two engines of the provider talk to each other for some
         * hundredths of a second. If they cannot, it is arrays.
         */
        public Builder engineMemory(EngineMemory kind) {
            memory = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /**
         * Appends the secrets of each handshake to a file, by which Wireshark can decrypt what it
         * has seen of the connections: the format of {@code SSLKEYLOGFILE}. For looking for faults;
         * whoever has the file has all that was said.
         *
         * <p>With the JDK's engine alone, and only if {@code java} was started with {@code
         * --add-opens java.base/sun.security.ssl=io.millrace.tls} ({@code ALL-UNNAMED} on the class
         * path), for the JDK has no method for it. Of a handshake of TLS 1.3 that resumes a session
         * a server cannot know its own half: what it sends there stays encrypted. If a line cannot
         * be written, the library's log says so, and the connection goes on.
         *
         * @param file made for its owner alone if there is none
         */
        public Builder keyLog(Path file) {
            keyLog = Objects.requireNonNull(file, "file");
            return this;
        }

        /**
         * Reads and checks everything.
         *
         * @throws IoException if something cannot be used, with the file and the reason, such as
         *     that a key is not its certificate's
         * @throws IllegalArgumentException if one of the options would have to be left out for
         *     another: an SSLContext with identities, trust or a provider besides, {@code
         *     trust(...)} with a trust manager, or {@code keyLog(...)} with an SSLContext or a
         *     provider
         */
        public TlsContext build() throws IoException {
            boolean bringsNothingElse =
                    sources.isEmpty() && trust == null && trustManager == null && provider == null;
            if (context != null && !bringsNothingElse) {
                throw new IllegalArgumentException(
                        "an SSLContext brings its own identities, trust and provider: give them to"
                                + " it, or leave sslContext(...) out");
            }
            if (trust != null && trustManager != null) {
                throw new IllegalArgumentException(
                        "either trust(...) or trustManager(...): a trust manager alone says whom to"
                                + " trust");
            }
            if (keyLog != null && (context != null || provider != null)) {
                throw new IllegalArgumentException(
                        "keyLog(...) knows the JDK's engine alone: leave out sslContext(...) and"
                                + " provider(...)");
            }
            return new TlsContext(this);
        }
    }
}
