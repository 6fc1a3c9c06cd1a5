// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonDeserializationContext;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A section in JSON, with each figure once instead of once for each of its measurements. */
final class SectionFormat implements JsonSerializer<Section>, JsonDeserializer<Section> {
    private static final String SOURCE = "source";
    private static final String TITLE = "title";
    private static final String TEXT = "text";
    private static final String BASELINE = "baseline";
    private static final String CHARTS = "charts";
    private static final String FIGURE = "figure";
    private static final String MEASUREMENTS = "measurements";

    @Override
    public JsonElement serialize(Section section, Type type, JsonSerializationContext context) {
        JsonArray charts = new JsonArray();
        section.figures()
                .forEach(
                        (figure, bars) -> {
                            JsonArray measurements = new JsonArray();
                            for (Measurement bar : bars) {
                                JsonObject measurement = context.serialize(bar).getAsJsonObject();
                                measurement.remove(FIGURE);
                                measurements.add(measurement);
                            }
                            JsonObject chart = new JsonObject();
                            chart.add(FIGURE, context.serialize(figure));
                            chart.add(MEASUREMENTS, measurements);
                            charts.add(chart);
                        });
        JsonObject json = new JsonObject();
        json.addProperty(SOURCE, section.source());
        json.addProperty(TITLE, section.title());
        json.addProperty(TEXT, section.text());
        json.addProperty(BASELINE, section.baseline());
        json.add(CHARTS, charts);
        return json;
    }

    @Override
    public Section deserialize(JsonElement json, Type type, JsonDeserializationContext context) {
        JsonObject section = json.getAsJsonObject();
        if (section.has(MEASUREMENTS) && !section.has(CHARTS)) {
            throw new JsonParseException(
                    "it is of an older version, which did not group figures by charts; what it"
                            + " holds has to be measured anew");
        }
        List<Measurement> measurements = new ArrayList<>();
        for (JsonElement each : array(section, CHARTS)) {
            JsonObject chart = each.getAsJsonObject();
            for (JsonElement bar : array(chart, MEASUREMENTS)) {
                JsonObject measurement = bar.getAsJsonObject();
                measurement.add(FIGURE, chart.get(FIGURE));
                measurements.add(context.deserialize(measurement, Measurement.class));
            }
        }
        String source = text(section, SOURCE);
        String title = text(section, TITLE);
        String body = text(section, TEXT);
        if (source == null || title == null || body == null) {
            throw new JsonParseException("a section without source, title or text");
        }
        return new Section(source, title, body, text(section, BASELINE), measurements);
    }

    private static JsonArray array(JsonObject object, String name) {
        JsonElement array = object.get(name);
        if (array == null || !array.isJsonArray()) {
            throw new JsonParseException("no list of " + name);
        }
        return array.getAsJsonArray();
    }

    private static @Nullable String text(JsonObject object, String name) {
        JsonElement text = object.get(name);
        return text == null || text.isJsonNull() ? null : text.getAsString();
    }
}
