// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import io.millrace.BackendInfo;
import io.millrace.BackendReport;
import io.millrace.Backends;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.internal.flight.Flight;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LateClasses;
import io.millrace.spi.Log;
import io.millrace.spi.LoopContext;
import io.millrace.spi.Settings;
import io.millrace.spi.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds backends, asks each whether it can run, and takes the first of those wished for that can:
 * what {@link Backends} promises. Any thread.
 */
public final class BackendChoice {
    /** What fails when no backend can be had. */
    static final String OPEN = "open a loop";

    /** For who writes a list as it is written in the property. */
    private static final String ONE_BY_ONE = "In a loop's options each is a string of its own.";

    private static final String AUTO = Settings.AUTO;

    /** What the log has heard already. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private BackendChoice() {}

    /**
     * What is passed over because something is missing, which is no choice and so told: for each
     * reason in one warning, since what one backend lacks others often lack as well, and each
     * backend with its reason once a process.
     */
    public static final class LeftOut {
        private final Map<String, List<String>> namesByReason = new LinkedHashMap<>();

        public void add(String name, String reason) {
            List<String> names = namesByReason.computeIfAbsent(reason, each -> new ArrayList<>());
            if (!names.contains(name)) {
                names.add(name);
            }
        }

        public void tell() {
            namesByReason.forEach(
                    (reason, names) -> {
                        List<String> untold =
                                names.stream()
                                        .filter(name -> TOLD.add(name + ": " + reason))
                                        .toList();
                        if (!untold.isEmpty()) {
                            tell(untold, reason);
                        }
                    });
        }

        private static void tell(List<String> names, String reason) {
            String who =
                    names.size() == 1
                            ? "the backend " + names.get(0) + " is"
                            : "the backends " + String.join(", ", names) + " are";
            Log.CORE.report(System.Logger.Level.WARNING, who + " left out: " + reason, null);
        }
    }

    /** A driver, what its loop tells of it, and the settings of that loop by their names. */
    public record Opened(Driver driver, BackendInfo info, Map<String, String> settings) {}

    private record Wish(List<String> names, String origin) {
        boolean isNone() {
            return origin.equals(AUTO);
        }
    }

    /** See {@link Backends#report}. */
    public static BackendReport report() {
        LeftOut leftOut = new LeftOut();
        try {
            return report(leftOut);
        } finally {
            leftOut.tell();
        }
    }

    private static BackendReport report(LeftOut leftOut) {
        FoundBackends found = search(leftOut);
        List<BackendInfo> infos = new ArrayList<>();
        for (BackendProvider provider : found.providers()) {
            Availability answer = probe(provider, leftOut);
            infos.add(
                    new SeenBackend(
                            provider.name(), answer.usable(), answer.reason(), answer.facts()));
        }
        infos.addAll(found.broken());
        try {
            GivenSettings settings = new GivenSettings(found.providers());
            settings.tellOfStrangers();
            settings.ofLoop(Map.of());
            Wish wish = wish(LoopOptions.DEFAULT, found);
            List<String> refusals = new ArrayList<>();
            for (BackendProvider provider : candidates(wish, found, refusals)) {
                Availability answer = probe(provider, leftOut);
                if (answer.usable()) {
                    return new BackendReport(provider.name(), chosenBecause(wish, refusals), infos);
                }
                refusals.add(provider.name() + ": " + answer.reason());
            }
            return new BackendReport(null, refused(wish, refusals, found), infos);
        } catch (IoException refusal) {
            return new BackendReport(null, String.valueOf(refusal.getMessage()), infos);
        }
    }

    public static Opened open(LoopOptions options, LoopContext context) throws IoException {
        BackendProvider given = options.provider();
        if (given != null) {
            DriverConfig config = config(options, List.of(given));
            return opened(
                    given, given.open(config, context), config, "given in the loop's options");
        }
        LeftOut leftOut = new LeftOut();
        try {
            return open(options, context, leftOut);
        } finally {
            leftOut.tell();
        }
    }

    private static Opened open(LoopOptions options, LoopContext context, LeftOut leftOut)
            throws IoException {
        FoundBackends found = search(leftOut);
        Wish wish = wish(options, found);
        DriverConfig config = config(options, found.providers());
        List<String> refusals = new ArrayList<>();
        int code = Code.NOT_SUPPORTED;
        for (BackendProvider provider : candidates(wish, found, refusals)) {
            Availability answer = probe(provider, leftOut);
            if (!answer.usable()) {
                refusals.add(provider.name() + ": " + answer.reason());
                continue;
            }
            try {
                Driver driver = provider.open(config, context);
                refusals.forEach(Flight::backendPassedOver);
                return opened(provider, driver, config, chosenBecause(wish, refusals));
            } catch (IoException failure) {
                refusals.add(provider.name() + ": " + failure.getMessage());
            } catch (OutOfMemoryError lack) {
                code = Code.NO_MEMORY;
                refusals.add(provider.name() + ": " + lack.getMessage());
            } catch (IllegalArgumentException wrong) {
                throw GivenSettings.refused(provider.name() + ": " + wrong.getMessage(), wrong);
            } catch (LinkageError missing) {
                String reason = FoundBackends.reason(missing);
                leftOut.add(provider.name(), reason);
                refusals.add(provider.name() + ": " + reason);
            }
        }
        throw IoException.because(code, OPEN, refused(wish, refusals, found));
    }

    private static FoundBackends search(LeftOut leftOut) {
        FoundBackends found = FoundBackends.search();
        found.broken().forEach(broken -> leftOut.add(broken.name(), broken.reason()));
        return found;
    }

    private static DriverConfig config(LoopOptions options, Collection<BackendProvider> providers)
            throws IoException {
        GivenSettings settings = new GivenSettings(providers);
        settings.tellOfStrangers();
        return new DriverConfig(
                options.chunkCount(), options.chunkBytes(), settings.ofLoop(options.properties()));
    }

    private static Opened opened(
            BackendProvider provider, Driver driver, DriverConfig config, String because) {
        for (Class<?> each = provider.getClass(); each != null; each = each.getSuperclass()) {
            LateClasses.loadAllBeside(each);
        }
        Availability answer = answerOf(provider);
        Flight.loopOpened(provider.name(), because);
        return new Opened(
                driver,
                new SeenBackend(provider.name(), true, because, answer.facts()),
                config.properties());
    }

    /** Its answer, whatever it lacks. */
    private static Availability answerOf(BackendProvider provider) {
        try {
            return provider.probe();
        } catch (LinkageError missing) {
            return Availability.incomplete(FoundBackends.reason(missing));
        }
    }

    /** The same for one that comes into question. */
    private static Availability probe(BackendProvider provider, LeftOut leftOut) {
        Availability answer = answerOf(provider);
        if (answer.incomplete()) {
            leftOut.add(provider.name(), answer.reason());
        }
        return answer;
    }

    /** Those that could not even be loaded: one of them may be what was asked for. */
    private static void addBroken(FoundBackends found, List<String> refusals) {
        for (BackendInfo broken : found.broken()) {
            String refusal = broken.name() + ": " + broken.reason();
            if (!refusals.contains(refusal)) {
                refusals.add(refusal);
            }
        }
    }

    /** The providers that the wish names, in its order; what it names in vain is a refusal. */
    private static List<BackendProvider> candidates(
            Wish wish, FoundBackends found, List<String> refusals) {
        Map<String, BackendProvider> byName = new LinkedHashMap<>();
        for (String name : wish.names()) {
            if (name.equals(AUTO)) {
                addBroken(found, refusals);
                for (BackendProvider provider : found.providers()) {
                    if (provider.rank() >= 0) {
                        byName.putIfAbsent(provider.name(), provider);
                    }
                }
                continue;
            }
            BackendProvider provider = found.find(name);
            if (provider == null) {
                refusals.add(name + ": not on the class path");
                addBroken(found, refusals);
            } else {
                byName.putIfAbsent(name, provider);
            }
        }
        return List.copyOf(byName.values());
    }

    /**
     * What decides. What it goes before is looked at all the same: a name that does not exist is a
     * mistake wherever it stands.
     */
    private static Wish wish(LoopOptions options, FoundBackends found) throws IoException {
        List<Wish> wishes = new ArrayList<>();
        if (!options.backends().isEmpty()) {
            wishes.add(wish(options.backends(), "the loop's options", found));
        }
        String property = System.getProperty(Backends.PROPERTY);
        if (property != null && !property.isBlank()) {
            wishes.add(wish(names(property), "-D" + Backends.PROPERTY + "=" + property, found));
        }
        String variable = System.getenv(Backends.VARIABLE);
        if (variable != null && !variable.isBlank()) {
            wishes.add(wish(names(variable), Backends.VARIABLE + "=" + variable, found));
        }
        wishes.add(new Wish(List.of(AUTO), AUTO));
        return wishes.get(0);
    }

    private static Wish wish(List<String> asked, String origin, FoundBackends found)
            throws IoException {
        List<String> names = asked.stream().map(String::strip).toList();
        if (names.isEmpty()) {
            throw GivenSettings.refused(origin + ": it names no backend");
        }
        Collection<String> known = found.names();
        for (String name : names) {
            if (!known.contains(name)) {
                List<String> broken = new ArrayList<>();
                addBroken(found, broken);
                throw GivenSettings.refused(
                        origin
                                + ": "
                                + Spelling.unknown("backend", name, known)
                                + (name.contains(",") ? " " + ONE_BY_ONE : "")
                                + (broken.isEmpty() ? "" : " " + String.join("; ", broken)));
            }
        }
        return new Wish(names, origin);
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name);
            }
        }
        return names;
    }

    private static String chosenBecause(Wish wish, List<String> refusals) {
        String why =
                wish.isNone()
                        ? "the best backend that can run here"
                        : "asked for by " + wish.origin();
        return refusals.isEmpty() ? why : why + "; before it, " + String.join("; ", refusals);
    }

    private static String refused(Wish wish, List<String> refusals, FoundBackends found) {
        List<String> usable = new ArrayList<>();
        for (BackendProvider provider : found.providers()) {
            if (answerOf(provider).usable()) {
                usable.add(provider.name());
            }
        }
        String asked = wish.isNone() ? "no backend can run here" : wish.origin();
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
}
