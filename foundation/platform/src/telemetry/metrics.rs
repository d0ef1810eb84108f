//! The figures of this process: counters, gauges, histograms, and their text form for scrapers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Upper bounds of a histogram's buckets, seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Most series of one figure; beyond, they are counted under one label, so that memory stays bounded.
const MOST_SERIES: usize = 500;

/// Labels of a figure, e.g. `&[("engine", "sqlite")]`; never names, subjects or tokens.
pub type Labels<'a> = &'a [(&'static str, &'a str)];

/// The figures of this process; cheap to clone.
#[derive(Clone, Default)]
pub struct Metrics {
    figures: Arc<Mutex<BTreeMap<&'static str, Figure>>>,
}

#[derive(Default)]
struct Figure {
    help: &'static str,
    series: BTreeMap<String, Series>,
}

enum Series {
    Counter(u64),
    Gauge(f64),
    Histogram { buckets: [u64; BUCKETS.len()], sum: f64, count: u64 },
}

impl Metrics {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Figure>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(
        &self,
        name: &'static str,
        labels: Labels<'_>,
        fresh: impl FnOnce() -> Series,
        set: impl FnOnce(&mut Series),
    ) {
        let mut figures = self.lock();
        let series = &mut figures.entry(name).or_default().series;
        let mut key = label_text(labels);
        if series.len() >= MOST_SERIES && !series.contains_key(&key) {
            key = label_text(&[("overflow", "true")]);
        }
        set(series.entry(key).or_insert_with(fresh));
    }

    /// Adds to a counter; its name ends in `_total`.
    pub fn count(&self, name: &'static str, labels: Labels<'_>, by: u64) {
        self.change(
            name,
            labels,
            || Series::Counter(0),
            |series| {
                if let Series::Counter(n) = series {
                    *n = n.saturating_add(by);
                }
            },
        );
    }

    /// Sets a gauge.
    pub fn gauge(&self, name: &'static str, labels: Labels<'_>, value: f64) {
        self.change(
            name,
            labels,
            || Series::Gauge(0.0),
            |series| {
                if let Series::Gauge(current) = series {
                    *current = value;
                }
            },
        );
    }

    /// Adds an observation (seconds) to a histogram; its name ends in `_seconds`.
    pub fn observe(&self, name: &'static str, labels: Labels<'_>, seconds: f64) {
        let fresh = || Series::Histogram { buckets: [0; BUCKETS.len()], sum: 0.0, count: 0 };
        self.change(name, labels, fresh, |series| {
            if let Series::Histogram { buckets, sum, count } = series {
                for (bucket, bound) in buckets.iter_mut().zip(BUCKETS) {
                    *bucket += u64::from(seconds <= bound);
                }
                *sum += seconds;
                *count += 1;
            }
        });
    }

    /// Starts a measurement for [`Self::observe_since`].
    pub fn start(&self) -> Instant {
        Instant::now()
    }

    /// Adds the time since `start` to a histogram.
    pub fn observe_since(&self, name: &'static str, labels: Labels<'_>, start: Instant) {
        self.observe(name, labels, start.elapsed().as_secs_f64());
    }

    /// Says what a figure means; shown as `# HELP`.
    pub fn describe(&self, name: &'static str, help: &'static str) {
        self.lock().entry(name).or_default().help = help;
    }

    /// The value of a counter or gauge, or the count of a histogram.
    pub fn value(&self, name: &str, labels: Labels<'_>) -> Option<f64> {
        let figures = self.lock();
        match figures.get(name)?.series.get(&label_text(labels))? {
            Series::Counter(n) => Some(*n as f64),
            Series::Gauge(value) => Some(*value),
            Series::Histogram { count, .. } => Some(*count as f64),
        }
    }

    /// The text exposition format 0.0.4 (`text/plain; version=0.0.4`).
    pub fn exposition(&self) -> String {
        let mut out = String::new();
        for (name, figure) in self.lock().iter() {
            let Some(first) = figure.series.values().next() else { continue };
            let kind = match first {
                Series::Counter(_) => "counter",
                Series::Gauge(_) => "gauge",
                Series::Histogram { .. } => "histogram",
            };
            if !figure.help.is_empty() {
                let _ = writeln!(out, "# HELP {name} {}", figure.help.replace('\\', "\\\\").replace('\n', "\\n"));
            }
            let _ = writeln!(out, "# TYPE {name} {kind}");
            for (labels, series) in &figure.series {
                write_series(&mut out, name, labels, series);
            }
        }
        out
    }
}

fn write_series(out: &mut String, name: &str, labels: &str, series: &Series) {
    let braced = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    match series {
        Series::Counter(n) => {
            let _ = writeln!(out, "{name}{braced} {n}");
        }
        Series::Gauge(value) => {
            let _ = writeln!(out, "{name}{braced} {value}");
        }
        Series::Histogram { buckets, sum, count } => {
            let comma = if labels.is_empty() { "" } else { "," };
            for (bucket, bound) in buckets.iter().zip(BUCKETS) {
                let _ = writeln!(out, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {bucket}");
            }
            let _ = writeln!(out, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}");
            let _ = writeln!(out, "{name}_sum{braced} {sum}");
            let _ = writeln!(out, "{name}_count{braced} {count}");
        }
    }
}

fn label_text(labels: Labels<'_>) -> String {
    let mut parts: Vec<String> = labels
        .iter()
        .map(|(name, value)| {
            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        })
        .collect();
    parts.sort_unstable();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form() {
        let metrics = Metrics::default();
        metrics.describe("lienthong_jobs_total", "Jobs ended");
        metrics.count("lienthong_jobs_total", &[("kind", "a\"b"), ("outcome", "done")], 2);
        metrics.count("lienthong_jobs_total", &[("outcome", "done"), ("kind", "a\"b")], 1);
        metrics.gauge("lienthong_parked", &[], 1.5);
        metrics.observe("lienthong_request_seconds", &[("route", "/x")], 0.004);
        metrics.observe("lienthong_request_seconds", &[("route", "/x")], 20.0);
        let text = metrics.exposition();
        assert!(text.contains("# HELP lienthong_jobs_total Jobs ended\n# TYPE lienthong_jobs_total counter\n"));
        assert!(text.contains("lienthong_jobs_total{kind=\"a\\\"b\",outcome=\"done\"} 3\n"));
        assert!(text.contains("# TYPE lienthong_parked gauge\nlienthong_parked 1.5\n"));
        assert!(text.contains("lienthong_request_seconds_bucket{route=\"/x\",le=\"0.0025\"} 0\n"));
        assert!(text.contains("lienthong_request_seconds_bucket{route=\"/x\",le=\"0.005\"} 1\n"));
        assert!(text.contains("lienthong_request_seconds_bucket{route=\"/x\",le=\"+Inf\"} 2\n"));
        assert!(text.contains("lienthong_request_seconds_count{route=\"/x\"} 2\n"));
    }

    #[test]
    fn the_number_of_series_is_bounded() {
        let metrics = Metrics::default();
        for n in 0..2000 {
            metrics.count("x_total", &[("n", &n.to_string())], 1);
        }
        assert_eq!(metrics.value("x_total", &[("overflow", "true")]), Some(1500.0));
        assert!(metrics.exposition().lines().count() <= MOST_SERIES + 2);
    }
}
