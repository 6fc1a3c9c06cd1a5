// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Which backends there are, and which one a loop gets.
 *
 * <p>The wish is a list of names, best first, from {@link LoopOptions}, else the system property
 * {@code millrace.backend}, else the environment variable {@code MILLRACE_BACKEND}; none of them is
 * the same as {@code auto}. The first that can run is taken. {@code auto} stands for every backend
 * that takes part in the automatic choice, by rank. A list without {@code auto} never falls back
 * silently: if none of its backends can run, opening fails with the reason for each. Any thread.
 */
public final class Backends {
    /** The system property that names the backends wished for. */
    public static final String PROPERTY = "millrace.backend";

    /** The environment variable that does so where the property is not set. */
    public static final String VARIABLE = "MILLRACE_BACKEND";

    private static final String AUTO = "auto";
    private static final String PREFIX = "millrace.";

    private Backends() {}

    /** A driver, and what its loop tells of it. */
    record Opened(Driver driver, BackendInfo info) {}

    private record Wish(List<String> names, String origin) {}

    /** Probes every backend on the class path; loads native code where a backend needs it. */
    public static BackendReport report() {
        List<BackendProvider> providers = providers();
        List<BackendInfo> infos = new ArrayList<>();
        for (BackendProvider provider : providers) {
            Availability answer = provider.probe();
            infos.add(
                    new BackendInfo(
                            provider.name(), answer.usable(), answer.reason(), answer.facts()));
        }
        Wish wish = wish(LoopOptions.DEFAULT);
        List<String> refusals = new ArrayList<>();
        for (BackendProvider provider : candidates(wish, providers, refusals)) {
            Availability answer = provider.probe();
            if (answer.usable()) {
                return new BackendReport(provider.name(), chosenBecause(wish, refusals), infos);
            }
            refusals.add(provider.name() + ": " + answer.reason());
        }
        return new BackendReport(null, refused(wish, refusals, providers), infos);
    }

    static Opened open(LoopOptions options, LoopContext context) throws IoException {
        DriverConfig config =
                new DriverConfig(options.chunkCount(), options.chunkBytes(), properties(options));
        BackendProvider given = options.provider();
        if (given != null) {
            return opened(given, given.open(config, context), "given in the loop's options");
        }
        List<BackendProvider> providers = providers();
        Wish wish = wish(options);
        List<String> refusals = new ArrayList<>();
        for (BackendProvider provider : candidates(wish, providers, refusals)) {
            Availability answer = provider.probe();
            if (!answer.usable()) {
                refusals.add(provider.name() + ": " + answer.reason());
                continue;
            }
            try {
                Driver driver = provider.open(config, context);
                return opened(provider, driver, chosenBecause(wish, refusals));
            } catch (IoException failure) {
                refusals.add(provider.name() + ": " + failure.getMessage());
            }
        }
        throw IoException.because(
                Code.NOT_SUPPORTED, "open a loop", refused(wish, refusals, providers));
    }

    private static Opened opened(BackendProvider provider, Driver driver, String because) {
        Availability answer = provider.probe();
        return new Opened(driver, new BackendInfo(provider.name(), true, because, answer.facts()));
    }

    /** Every backend on the class path, best first. */
    private static List<BackendProvider> providers() {
        List<BackendProvider> providers = new ArrayList<>();
        try {
            ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())
                    .forEach(providers::add);
        } catch (ServiceConfigurationError broken) {
            throw new IllegalStateException("a backend on the class path is broken", broken);
        }
        providers.sort(
                Comparator.comparingInt(BackendProvider::rank)
                        .reversed()
                        .thenComparing(BackendProvider::name));
        return providers;
    }

    /** The providers that the wish names, in its order; what it names in vain is a refusal. */
    private static List<BackendProvider> candidates(
            Wish wish, List<BackendProvider> providers, List<String> refusals) {
        Map<String, BackendProvider> byName = new LinkedHashMap<>();
        for (String name : wish.names()) {
            if (name.equals(AUTO)) {
                for (BackendProvider provider : providers) {
                    if (provider.rank() >= 0) {
                        byName.putIfAbsent(provider.name(), provider);
                    }
                }
                continue;
            }
            BackendProvider provider = find(name, providers);
            if (provider == null) {
                refusals.add(name + ": not on the class path, or misspelt");
            } else {
                byName.putIfAbsent(name, provider);
            }
        }
        return List.copyOf(byName.values());
    }

    private static @Nullable BackendProvider find(String name, List<BackendProvider> providers) {
        for (BackendProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        return null;
    }

    private static Wish wish(LoopOptions options) {
        if (!options.backends().isEmpty()) {
            return new Wish(options.backends(), "the loop's options");
        }
        String property = System.getProperty(PROPERTY);
        if (property != null && !property.isBlank()) {
            return new Wish(names(property), "-D" + PROPERTY + "=" + property);
        }
        String variable = System.getenv(VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return new Wish(names(variable), VARIABLE + "=" + variable);
        }
        return new Wish(List.of(AUTO), AUTO);
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names;
    }

    private static String chosenBecause(Wish wish, List<String> refusals) {
        String why =
                wish.origin().equals(AUTO)
                        ? "the best backend that can run here"
                        : "asked for by " + wish.origin();
        return refusals.isEmpty() ? why : why + "; before it, " + String.join("; ", refusals);
    }

    private static String refused(
            Wish wish, List<String> refusals, List<BackendProvider> providers) {
        List<String> usable = new ArrayList<>();
        for (BackendProvider provider : providers) {
            if (provider.probe().usable()) {
                usable.add(provider.name());
            }
        }
        String asked = wish.origin().equals(AUTO) ? "no backend can run here" : wish.origin();
        String reasons = refusals.isEmpty() ? "no backend is on the class path" : "";
        return asked
                + ": "
                + reasons
                + String.join("; ", refusals)
                + ". "
                + (usable.isEmpty()
                        ? "Add one, such as millrace-backend-nio, which runs everywhere."
                        : "What would work here: " + String.join(", ", usable) + ".");
    }

    /** Engine settings: system properties first, then what the options say. */
    private static Map<String, String> properties(LoopOptions options) {
        Map<String, String> properties = new HashMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                properties.put(name.substring(PREFIX.length()), System.getProperty(name, ""));
            }
        }
        properties.putAll(options.properties());
        return properties;
    }
}
