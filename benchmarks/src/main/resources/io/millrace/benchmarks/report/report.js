// Draws the charts of which the page holds the numbers.
(() => {
    "use strict";
    const BAR = 30;
    const AXIS = 34;
    const INK = "#1f2933";
    const SOFT = "#52606d";
    const LINE = "#e4e9ee";
    const FONT = getComputedStyle(document.body).fontFamily;
    const PLAIN = `12px ${FONT}`;
    const BOLD = `600 12px ${FONT}`;
    const GAP = 8;

    /** Full colour, or stripes of it for what is not Millrace's. */
    const fill = (context, bar) => {
        if (!bar.hatched) {
            return bar.hue;
        }
        const tile = document.createElement("canvas");
        tile.width = tile.height = 8;
        const pen = tile.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, 8, 8);
        pen.strokeStyle = bar.hue;
        pen.lineWidth = 2.5;
        for (const shift of [-8, 0, 8]) {
            pen.beginPath();
            pen.moveTo(shift - 1, 9);
            pen.lineTo(shift + 9, -1);
            pen.stroke();
        }
        return context.createPattern(tile, "repeat");
    };

    /** Whiskers, and beside them the score and how it compares. */
    const annotate = (bars) => ({
        id: "annotate",
        afterDatasetsDraw(chart) {
            const pen = chart.ctx;
            const scale = chart.scales.x;
            pen.save();
            pen.textBaseline = "middle";
            chart.getDatasetMeta(0).data.forEach((shape, index) => {
                const bar = bars[index];
                let end = shape.x;
                if (bar.low != null && bar.high != null) {
                    const low = scale.getPixelForValue(bar.low);
                    const high = scale.getPixelForValue(bar.high);
                    whisker(pen, low, high, shape.y);
                    end = Math.max(end, high);
                }
                pen.fillStyle = INK;
                pen.font = BOLD;
                pen.fillText(bar.text, end + GAP, shape.y);
                const width = pen.measureText(bar.text).width;
                pen.fillStyle = SOFT;
                pen.font = PLAIN;
                pen.fillText(bar.ratio, end + GAP + width + GAP, shape.y);
            });
            pen.restore();
        },
    });

    const whisker = (pen, low, high, y) => {
        const path = () => {
            pen.beginPath();
            pen.moveTo(low, y);
            pen.lineTo(high, y);
            for (const x of [low, high]) {
                pen.moveTo(x, y - 4);
                pen.lineTo(x, y + 4);
            }
            pen.stroke();
        };
        pen.strokeStyle = "#fff";
        pen.lineWidth = 4;
        path();
        pen.strokeStyle = INK;
        pen.lineWidth = 1.5;
        path();
    };

    const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

    const options = (pen, bars) => ({
        indexAxis: "y",
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        // Room for the longest score with its ratio, which stand behind the bar.
        layout: { padding: { right: scoreWidth(pen, bars) } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: tooltip(bars) } } },
        scales: {
            x: {
                beginAtZero: true,
                max: Math.max(...bars.map((bar) => bar.high ?? bar.score)),
                grid: { color: LINE },
                border: { display: false },
                ticks: {
                    color: SOFT,
                    font: { size: 11, family: FONT },
                    maxTicksLimit: 5,
                    includeBounds: false,
                    maxRotation: 0,
                    callback: (value) => short.format(value),
                },
            },
            y: {
                grid: { display: false },
                border: { color: SOFT },
                // Left to itself, the axis cuts long names off where the page is narrow.
                afterFit: (axis) => { axis.width = nameWidth(axis.chart.ctx, bars); },
                ticks: { color: INK, autoSkip: false, font: { size: 12, family: FONT } },
            },
        },
    });

    const textWidth = (pen, font, text) => {
        pen.save();
        pen.font = font;
        const { width } = pen.measureText(text);
        pen.restore();
        return width;
    };

    const nameWidth = (pen, bars) =>
        Math.max(...bars.map((bar) => textWidth(pen, PLAIN, bar.subject))) + 12;

    const scoreWidth = (pen, bars) =>
        Math.max(
            ...bars.map(
                (bar) =>
                    GAP + textWidth(pen, BOLD, bar.text) + GAP + textWidth(pen, PLAIN, bar.ratio)),
        ) + 4;

    const tooltip = (bars) => (item) => {
        const bar = bars[item.dataIndex];
        return bar.ratio ? `${bar.text} (${bar.ratio})` : bar.text;
    };

    const draw = (canvas, bars) => {
        canvas.parentElement.style.height = `${bars.length * BAR + AXIS}px`;
        const context = canvas.getContext("2d");
        new Chart(context, {
            type: "bar",
            data: {
                labels: bars.map((bar) => bar.subject),
                datasets: [{
                    data: bars.map((bar) => bar.score),
                    backgroundColor: bars.map((bar) => fill(context, bar)),
                    borderColor: bars.map((bar) => bar.hue),
                    borderWidth: 1.5,
                    borderRadius: 3,
                    maxBarThickness: 20,
                }],
            },
            options: options(context, bars),
            plugins: [annotate(bars)],
        });
    };

    const charts = JSON.parse(document.getElementById("charts").textContent);
    charts.forEach((chart, number) => {
        const canvas = document.getElementById(`chart-${number}`);
        if (canvas) {
            draw(canvas, chart.bars);
        }
    });
})();
