//! One libFuzzer program for every target; FUZZ_TARGET names it. Started by scripts/fuzz.
#![no_main]
#![allow(missing_docs)]

use std::sync::LazyLock;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::target(&name).unwrap_or_else(|| {
        eprintln!("FUZZ_TARGET: no target “{name}”");
        std::process::exit(2)
    })
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| RUN(data));
