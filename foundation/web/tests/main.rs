//! The conventions through HTTP, on each engine: who may, guard values, errors in both languages, headers, assets.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "main/agencies.rs"]
mod agencies;
#[path = "main/attacks.rs"]
mod attacks;
#[path = "main/errors.rs"]
mod errors;
#[path = "main/headers.rs"]
mod headers;
#[path = "main/markup.rs"]
mod markup;
#[path = "main/rate.rs"]
mod rate;
#[path = "main/sessions.rs"]
mod sessions;
#[path = "main/world.rs"]
mod world;
