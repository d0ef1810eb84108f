//! The paperless office: drafting, approval, signature, numbering and issue of documents; arrival, registration, directive and work.

pub mod api;
pub mod entries;
pub mod pages;
pub mod reactions;
pub mod refusals;
pub mod rules;
pub mod store;
pub mod use_cases;

use web::Module;

/// What the office brings along when the program is assembled.
pub fn module() -> Module {
    Module {
        component: component(),
        routes: api::routes().and(pages::routes()),
        api: api::openapi(),
        sections: pages::sections(),
    }
}

/// Tables, subjects, entries and refusals without the pages, for tests and commands.
pub fn component() -> platform::Component {
    platform::Component {
        name: "office",
        migrations: store::MIGRATIONS,
        subjects: entries::SUBJECTS,
        entry_kinds: entries::ENTRY_KINDS,
        reactions: reactions::reactions(),
        refusals: refusals::CATALOGUE,
        ..platform::Component::default()
    }
}
