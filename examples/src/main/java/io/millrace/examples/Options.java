// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.spi.Spelling;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options of one program call, {@code --name value} or {@code --name=value}.
 *
 * <p>The usage line is their definition: what it names is known, what it does not put in brackets
 * is required, what stands in brackets alone has no value, and what has two words behind it has
 * two: as two arguments, or as one with a comma. So the two cannot disagree.
 */
final class Options {
    private static final Pattern DEFINITION =
            Pattern.compile("(\\[)?--([a-z]+(?:-[a-z]+)*)(?:(])| ([A-Z]+ [A-Z]+))?");

    private static final int LARGEST_PORT = 65_535;

    private final Map<String, String> values = new HashMap<>();

    /** The second argument of those that have two. */
    private final Map<String, String> seconds = new HashMap<>();

    private Options() {}

    static Options parse(String usage, String... arguments) throws UsageException {
        Set<String> known = new HashSet<>();
        Set<String> required = new HashSet<>();
        Set<String> flags = new HashSet<>();
        Map<String, String> pairs = new HashMap<>();
        Matcher definitions = DEFINITION.matcher(usage);
        while (definitions.find()) {
            known.add(definitions.group(2));
            if (definitions.group(1) == null) {
                required.add(definitions.group(2));
            } else if (definitions.group(3) != null) {
                flags.add(definitions.group(2));
            }
            if (definitions.group(4) != null) {
                pairs.put(definitions.group(2), definitions.group(4));
            }
        }
        Options options = new Options();
        options.read(known, flags, pairs, arguments);
        for (String name : required) {
            options.text(name);
        }
        return options;
    }

    private void read(
            Set<String> known, Set<String> flags, Map<String, String> pairs, String... arguments)
            throws UsageException {
        for (int i = 0; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            String name = parts[0].startsWith("--") ? parts[0].substring(2) : "";
            if (!known.contains(name)) {
                List<String> names = known.stream().sorted().map(each -> "--" + each).toList();
                throw new UsageException(
                        "no such option: " + parts[0] + Spelling.hint(parts[0], names));
            }
            boolean isFlag = flags.contains(name);
            if (isFlag && parts.length == 2) {
                throw new UsageException("--" + name + " takes no value");
            }
            if (!isFlag && parts.length == 1 && i + 1 == arguments.length) {
                throw new UsageException("--" + name + " needs a value");
            }
            String value = isFlag ? name : parts.length == 2 ? parts[1] : arguments[++i];
            if (value.isBlank()) {
                throw new UsageException("--" + name + " needs a value");
            }
            if (values.put(name, value) != null) {
                throw new UsageException("--" + name + " is given twice");
            }
            boolean hasSecond =
                    pairs.containsKey(name)
                            && i + 1 < arguments.length
                            && !arguments[i + 1].startsWith("--");
            if (hasSecond) {
                seconds.put(name, arguments[++i]);
            } else if (pairs.containsKey(name) && list(name).size() != 2) {
                throw new UsageException("--" + name + " needs two values: " + pairs.get(name));
            }
        }
    }

    /** Both values of an option that has two. */
    List<String> pair(String name) throws UsageException {
        String second = seconds.get(name);
        return second == null ? list(name) : List.of(text(name), second);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name) throws UsageException {
        String value = values.get(name);
        if (value == null) {
            throw new UsageException("--" + name + " is missing");
        }
        return value;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** The parts of a list with commas; empty if the option is not given. */
    List<String> list(String name) {
        return Arrays.stream(values.getOrDefault(name, "").split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    int port(String name) throws UsageException {
        return number(name, text(name), 0, LARGEST_PORT);
    }

    int number(String name, int least, int most, int otherwise) throws UsageException {
        return has(name) ? number(name, text(name), least, most) : otherwise;
    }

    /** What {@code host} and {@code port} mean; the name is for the message if that is nothing. */
    static InetSocketAddress address(String name, String host, int port) throws UsageException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UsageException("--" + name + " names no address: " + host);
        }
        return address;
    }

    /** The value of an option that is written {@code HOST:PORT}, or {@code [IPV6]:PORT}. */
    InetSocketAddress address(String name) throws UsageException {
        String value = text(name);
        int colon = value.lastIndexOf(':');
        if (colon < 1) {
            throw new UsageException("--" + name + " must be HOST:PORT: " + value);
        }
        int port = number(name, value.substring(colon + 1), 1, LARGEST_PORT);
        return address(name, value.substring(0, colon), port);
    }

    /**
     * The servers of a list, each written {@code HOST}, {@code HOST:PORT} or {@code [IPV6]:PORT}.
     */
    List<InetSocketAddress> addresses(String name, int usualPort) throws UsageException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String each : list(name)) {
            int colon = each.lastIndexOf(':');
            boolean hasPort = colon > 0 && (each.indexOf(':') == colon || each.startsWith("["));
            hasPort &= !each.endsWith("]");
            String host = hasPort ? each.substring(0, colon) : each;
            int port =
                    hasPort ? number(name, each.substring(colon + 1), 1, LARGEST_PORT) : usualPort;
            addresses.add(address(name, host, port));
        }
        return addresses;
    }

    private static int number(String name, String text, int least, int most) throws UsageException {
        String range = "--" + name + " must be a number from " + least + " to " + most + ": ";
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new UsageException(range + text);
        }
        throw new UsageException(range + text);
    }
}
