// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Setting;
import io.millrace.spi.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The backends on the class path or module path.
 *
 * @param providers those that could be loaded, best first
 * @param broken those that could not, each with the reason; a jar or module is missing, or is none
 */
record FoundBackends(List<BackendProvider> providers, List<BackendInfo> broken) {
    /** How service loaders begin to say which class they mean. */
    private static final Pattern CLASS_MEANT =
            Pattern.compile("(?:Provider|Unable to load) ([\\w.$]+)");

    /** In place of a name where not even that is known. */
    private static final String NAMELESS = "(unnamed)";

    /** A loader that fails so often in a row does not get past what it fails at. */
    private static final int MOST_FAILURES = 1000;

    static FoundBackends search() {
        ServiceLoader<BackendProvider> loader =
                ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader());
        return from(loader.iterator());
    }

    /** What an iterator gives, which may fail at every step, and go on after it. */
    static FoundBackends from(Iterator<BackendProvider> iterator) {
        List<BackendProvider> providers = new ArrayList<>();
        List<BackendInfo> broken = new ArrayList<>();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!iterator.hasNext()) {
                    break;
                }
                BackendProvider provider = iterator.next();
                ensureSpeaks(provider);
                providers.add(provider);
                failures = 0;
            } catch (ServiceConfigurationError | LinkageError failure) {
                failures++;
                BackendInfo info = brokenBy(failure);
                if (!broken.contains(info)) {
                    broken.add(info);
                }
            }
        }
        providers.sort(
                Comparator.comparingInt(BackendProvider::rank)
                        .reversed()
                        .thenComparing(BackendProvider::name));
        return new FoundBackends(List.copyOf(providers), List.copyOf(broken));
    }

    /** A class that lacks another one may be found out only here. */
    private static void ensureSpeaks(BackendProvider provider) {
        if (provider.name().isBlank() || provider.rank() == Integer.MIN_VALUE) {
            throw new ServiceConfigurationError(
                    "Provider " + provider.getClass().getName() + " has no name or no rank");
        }
        for (Setting setting : provider.settings()) {
            if (setting.name().isBlank()) {
                throw new ServiceConfigurationError(
                        "Provider " + provider.getClass().getName() + " has a nameless setting");
            }
        }
    }

    private static BackendInfo brokenBy(Throwable failure) {
        Matcher named = CLASS_MEANT.matcher(String.valueOf(failure.getMessage()));
        String name = named.find() ? named.group(1) : NAMELESS;
        return new SeenBackend(name, false, reason(failure), Map.of());
    }

    static String reason(Throwable failure) {
        return "it is not whole: " + Availability.reasonOf(failure);
    }

    @Nullable BackendProvider find(String name) {
        for (BackendProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        return null;
    }

    /** Every name that a wish may have, on the class path or not. */
    Collection<String> names() {
        Collection<String> names = new TreeSet<>(Settings.BACKENDS);
        providers.forEach(provider -> names.add(provider.name()));
        names.add(Settings.AUTO);
        return names;
    }
}
