// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.backend;

import io.millrace.IoException;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
import io.millrace.spi.Log;
import io.millrace.spi.Setting;
import io.millrace.spi.Setting.Scope;
import io.millrace.spi.Settings;
import io.millrace.spi.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What was set, by whatever means, against what can be set.
 *
 * <p>A name in a loop's options that does not exist is refused, and so is a value that cannot be,
 * wherever it stands: also of a backend that is not chosen, for the next machine may choose it, and
 * also where something else goes before it. A name of ours among the system properties or the
 * variables of the environment that does not exist is told once a process in the log and no more:
 * these namespaces belong to others, too.
 */
final class GivenSettings {
    private static final String VARIABLE_PREFIX = "MILLRACE_";

    /** What is this near to a name of ours was hardly meant to be anything else. */
    private static final int SURELY_MEANT = 2;

    private static final AtomicBoolean STRANGERS_TOLD = new AtomicBoolean();

    /** By name without prefix. */
    private final Map<String, Setting> known = new LinkedHashMap<>();

    GivenSettings(Collection<BackendProvider> providers) {
        Settings.ALL.forEach(setting -> known.put(setting.name(), setting));
        for (BackendProvider provider : providers) {
            provider.settings().forEach(setting -> known.putIfAbsent(setting.name(), setting));
        }
    }

    /**
     * What a loop's driver is to be told: the settings of loops among the system properties, and
     * before them those of the options.
     *
     * @throws IoException with {@code EINVAL} for the first name or value that cannot be
     */
    Map<String, String> ofLoop(Map<String, String> options) throws IoException {
        Map<String, String> properties = new HashMap<>();
        for (Setting setting : known.values()) {
            String value = System.getProperty(setting.property());
            if (value != null) {
                ensureValid(setting, value, "-D" + setting.property());
                if (setting.scope() == Scope.LOOP) {
                    properties.put(setting.name(), value);
                }
            }
        }
        for (Map.Entry<String, String> option : options.entrySet()) {
            ensureValid(settingOfLoop(option.getKey()), option.getValue(), option.getKey());
            properties.put(option.getKey(), option.getValue());
        }
        return properties;
    }

    private static void ensureValid(Setting setting, String value, String givenAs)
            throws IoException {
        String objection = setting.objection(value);
        if (objection != null) {
            throw refused(givenAs + " " + objection);
        }
    }

    private Setting settingOfLoop(String name) throws IoException {
        String word = name.startsWith(Setting.PREFIX) ? bare(name) : name;
        Setting setting = known.get(word);
        if (setting == null) {
            throw refused(
                    "the loop's options: " + Spelling.unknown("property", word, namesOfLoop()));
        }
        if (setting.scope() != Scope.LOOP) {
            throw refused(
                    "the loop's options: "
                            + name
                            + " is set for the whole process, with -D"
                            + setting.property());
        }
        if (!word.equals(name)) {
            throw refused(
                    "the loop's options: "
                            + name
                            + " is a system property; for one loop it is called "
                            + word);
        }
        return setting;
    }

    private List<String> namesOfLoop() {
        List<String> names = new ArrayList<>();
        for (Setting setting : known.values()) {
            if (setting.scope() == Scope.LOOP) {
                names.add(setting.name());
            }
        }
        return names;
    }

    static IoException refused(String explanation) {
        return refused(explanation, null);
    }

    static IoException refused(String explanation, @Nullable Throwable cause) {
        return Failures.because(Code.INVALID_ARGUMENT, BackendChoice.OPEN, explanation, cause);
    }

    /** Once a process; others may have set what is not ours to refuse. */
    void tellOfStrangers() {
        if (STRANGERS_TOLD.compareAndSet(false, true)) {
            List<String> strangers =
                    strangers(
                            System.getProperties().stringPropertyNames(), System.getenv().keySet());
            for (String stranger : strangers) {
                Log.CORE.report(System.Logger.Level.WARNING, stranger, null);
            }
        }
    }

    /** A line on each name that looks like one of ours, and is none. */
    List<String> strangers(Collection<String> properties, Collection<String> variables) {
        List<String> names = known.values().stream().map(Setting::property).toList();
        List<String> lines = new ArrayList<>();
        for (String name : new TreeSet<>(properties)) {
            String nearest = meant(name, Setting.PREFIX, names);
            if (nearest != null) {
                lines.add("the system property " + name + " is none of Millrace's" + nearest);
            }
        }
        for (String name : new TreeSet<>(variables)) {
            String nearest = meant(name, VARIABLE_PREFIX, Settings.VARIABLES);
            if (nearest != null) {
                lines.add("the environment variable " + name + " is none of Millrace's" + nearest);
            }
        }
        return lines;
    }

    /** Null if the name is one of these, or somebody else's. */
    private static @Nullable String meant(String name, String prefix, List<String> names) {
        if (names.contains(name)) {
            return null;
        }
        boolean isOurs = name.toUpperCase(Locale.ROOT).startsWith(prefix.toUpperCase(Locale.ROOT));
        boolean isNear =
                names.stream().anyMatch(each -> Spelling.isWithin(SURELY_MEANT, name, each));
        return isOurs || isNear ? Spelling.hint(name, names) : null;
    }

    private static String bare(String property) {
        return property.substring(Setting.PREFIX.length());
    }
}
