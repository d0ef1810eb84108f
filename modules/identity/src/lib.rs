//! People and organisations on the screen and in the interface: sign-in, own account, acting-as, administration.

pub mod api;
mod pages;
mod refusals;
mod shown;

use base::Text;
use platform::access::Permission;
use web::{Module, Section};

/// The path of a one-time link (first administrator, new account, lost password) for its token.
pub fn link_path(token: &str) -> String {
    format!("/lien-ket/{token}")
}

/// What this module registers with the platform.
pub fn component() -> platform::Component {
    platform::Component { name: "identity", refusals: refusals::CATALOGUE, ..platform::Component::default() }
}

/// What this module brings along. Its records and entries are those of the platform's directory, accounts and access.
pub fn module() -> Module {
    Module {
        component: component(),
        routes: pages::routes().and(api::routes()),
        api: api::openapi(),
        sections: vec![
            Section {
                key: "identity.administration",
                path: "/quan-tri",
                label: Text::fixed("Quản trị", "Administration"),
                order: 900,
                shows: |principal| principal.may(Permission::DirectoryManage),
                count: Some(|tx, principal, _| {
                    let pending = platform::access::changes_pending(tx, &principal.agency, 100)?;
                    Ok(i64::try_from(pending.len()).unwrap_or(0))
                }),
            },
            Section {
                key: pages::check::SECTION,
                path: pages::check::PATH,
                label: Text::fixed("Kiểm tra chữ ký", "Signatures"),
                order: 890,
                shows: |principal| principal.account().is_some(),
                count: None,
            },
        ],
    }
}
