//! The document axis: packages in edXML, routing, delivery statuses, signed receipts and federation of servers.

pub mod api;
pub mod content;
pub mod context;
pub mod edxml;
pub mod entries;
pub mod model;
pub mod pages;
pub mod peers;
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
pub use use_cases::send_file::send_file;
pub use use_cases::submit::{refuse_secret, submit};
pub use use_cases::verify::{Report, verify_outgoing};

use base::RefusalCode;
use platform::Component;

const LISTS: [&[&RefusalCode]; 3] = [refusals::CATALOGUE, edxml::refusals::CATALOGUE, peers::refusals::CATALOGUE];

/// Every refusal of this module: the exchange's own, the codec's, and those between servers.
static REFUSALS: [&RefusalCode; LISTS[0].len() + LISTS[1].len() + LISTS[2].len()] = {
    let mut all = [LISTS[0][0]; LISTS[0].len() + LISTS[1].len() + LISTS[2].len()];
    let (mut list, mut from, mut to) = (0, 0, 0);
    while list < LISTS.len() {
        if from == LISTS[list].len() {
            (list, from) = (list + 1, 0);
        } else {
            all[to] = LISTS[list][from];
            (from, to) = (from + 1, to + 1);
        }
    }
    all
};

/// What this module registers with the platform.
pub fn component() -> Component {
    Component {
        name: "exchange",
        migrations: store::MIGRATIONS,
        subjects: entries::SUBJECTS,
        entry_kinds: entries::ENTRY_KINDS,
        reactions: vec![peers::restored_reaction()],
        counters: statistics::counters::counters(),
        jobs: peers::job_kinds(),
        refusals: &REFUSALS,
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
