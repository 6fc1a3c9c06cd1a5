// SPDX-License-Identifier: Apache-2.0
package io.millrace.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.millrace.spi.Setting;
import io.millrace.spi.Setting.Numbers;
import io.millrace.spi.Settings;
import java.util.List;
import java.util.Map;

/**
 * A value of a setting is objected to, or means a number within its bounds; nothing else happens.
 */
public final class SettingFuzz {
    private static final List<Setting> NUMBERS =
            Settings.ALL.stream().filter(each -> each.values() instanceof Numbers).toList();

    private SettingFuzz() {}

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        Setting setting = data.pickValue(NUMBERS);
        String text = data.consumeRemainingAsString();
        if (setting.objection(text) != null) {
            return;
        }
        int number = setting.number(Map.of(setting.name(), text));
        Numbers bounds = (Numbers) setting.values();
        boolean within = number >= bounds.least() && number <= bounds.most();
        if (!within || (bounds.powersOfTwo() && Integer.bitCount(number) != 1)) {
            throw new AssertionError(setting.name() + "=" + text + " was taken as " + number);
        }
    }
}
