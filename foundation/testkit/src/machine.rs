//! What the machine is: processors, memory, system.

use std::collections::BTreeMap;
use std::fs::read_to_string;

/// One line that must stand beside every figure.
pub fn line() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("unknown processor", |l| l.trim_start_matches(['\t', ' ', ':']));
    let memory = read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 =
        memory.lines().next().and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse().ok()).unwrap_or(0);
    let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    format!(
        "machine: {cpus} × {model}, {} GB, Linux {}, load before {load}, Liên Thông {}",
        kib / 1_000_000,
        kernel.trim(),
        env!("CARGO_PKG_VERSION")
    )
}

/// Processor time that each kind of thread of this process has used, in ticks of 10 ms, by the thread's name.
pub type Busy = BTreeMap<String, u64>;

/// What has been used so far.
pub fn busy() -> Busy {
    let mut out = Busy::new();
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let stat = read_to_string(task.path().join("stat")).unwrap_or_default();
        // `pid (name) state …`: user and system time are the 14th and 15th fields.
        let (Some(open), Some(close)) = (stat.find('('), stat.rfind(')')) else { continue };
        let fields: Vec<&str> = stat[close + 1..].split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        let name = stat[open + 1..close].trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned();
        *out.entry(name).or_default() += ticks(11) + ticks(12);
    }
    out
}

/// Microseconds for each of `count` packages since `before`, by kind of thread, the busiest first.
pub fn busy_since(before: &Busy, count: usize) -> String {
    let each = |ticks: u64| ticks * 10_000 / u64::try_from(count.max(1)).unwrap_or(1);
    let mut spent: Vec<(u64, String)> = busy()
        .into_iter()
        .map(|(name, ticks)| (each(ticks.saturating_sub(before.get(&name).copied().unwrap_or(0))), name))
        .filter(|(each, _)| *each > 0)
        .collect();
    spent.sort_unstable_by(|a, b| b.cmp(a));
    let parts: Vec<String> = spent.iter().map(|(each, name)| format!("{name} {each} µs")).collect();
    parts.join(", ")
}

/// Resident memory of this process, in MB.
pub fn resident_mb() -> u64 {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1000
}
