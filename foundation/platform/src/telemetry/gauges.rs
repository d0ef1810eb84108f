//! The state of this process and of its data, measured when a scraper asks.

use crate::{Platform, backup, signing};

/// Bytes of one page of memory, as `/proc/self/statm` counts them on the machines that this program runs on.
const PAGE_BYTES: u64 = 4096;

/// Measures what only the moment knows and sets the gauges; what cannot be measured here is left out.
pub async fn measure(platform: &Platform) {
    let (metrics, config) = (platform.metrics(), platform.config());
    let set = |name, help, value: Option<f64>| {
        if let Some(value) = value {
            metrics.describe(name, help);
            metrics.gauge(name, &[], value);
        }
    };
    let free = fs4::available_space(&config.data_dir).ok();
    set("lienthong_disk_free_bytes", "Room left where the data folder lies", free.map(|bytes| bytes as f64));
    let resident = std::fs::read_to_string("/proc/self/statm").ok();
    let resident = resident.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
    set(
        "lienthong_process_resident_bytes",
        "Memory of this process",
        resident.map(|pages| (pages * PAGE_BYTES) as f64),
    );
    let now = platform.now();
    let seconds = |micros: i64| micros as f64 / 1e6;
    let backup = backup::last(&config.data_dir).map(|made| seconds(now.micros() - made.micros()));
    set("lienthong_backup_age_seconds", "Time since the newest backup made from this data folder", backup);
    let ends = config.tls.certificate.as_ref().and_then(|path| std::fs::read(path).ok());
    let ends = ends.and_then(|pem| signing::certificate_end(&pem)).map(|end| seconds(end.micros() - now.micros()));
    set("lienthong_tls_certificate_left_seconds", "Time until the TLS certificate ends", ends);
    if let Ok(head) = platform.db().read(crate::ledger::head).await {
        set("lienthong_ledger_entries", "Numbered entries of the ledger", Some(head.size as f64));
    }
}
