//! The document axis: packages in edXML, routing, delivery statuses, signed receipts and federation of servers.

pub mod api;
pub mod content;
pub mod context;
pub mod edxml;
pub mod entries;
pub mod model;
pub mod pages;
pub mod queries;
pub mod refusals;
pub mod routing;
pub mod rules;
pub mod statistics;
pub mod store;
pub mod use_cases;
pub mod wire;

pub use content::{Content, content};
pub use context::SubmitContext;
pub use model::*;
pub use pages::board::board;
pub use queries::{deliveries, package_attachment, package_attachments, package_get, package_header, statuses};
pub use rules::manifest::{ManifestFile, Seal, content_manifest, seal_manifest};
pub use rules::status::StatusCode;
pub use use_cases::accept::{Accepted, Rejected, accept};
pub use use_cases::record_status::report_status;
pub use use_cases::submit::{refuse_secret, submit};

use platform::Component;

/// What this module registers with the platform.
pub fn component() -> Component {
    Component {
        name: "exchange",
        migrations: store::MIGRATIONS,
        subjects: entries::SUBJECTS,
        entry_kinds: entries::ENTRY_KINDS,
        counters: statistics::counters::counters(),
        refusals: refusals::CATALOGUE,
        ..Component::default()
    }
}

/// The module with its pages and calls.
pub fn module() -> web::Module {
    web::Module {
        component: component(),
        routes: api::routes().and(pages::routes()),
        api: api::openapi(),
        sections: pages::sections(),
    }
}
