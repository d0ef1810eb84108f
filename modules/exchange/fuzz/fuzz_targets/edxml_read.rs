//! See `exchange_fuzz::read`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exchange_fuzz::read(data));
