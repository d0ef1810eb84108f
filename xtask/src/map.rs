//! The map of the house: which crate may depend on which (ARCHITECTURE.md). A new arrow is a decision, written down in docs/decisions.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::path::Path;

/// Each crate with the crates it may use. What is below a crate it may use too; that is spelled out, so that this
/// table alone answers every question.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("signatures", &["base"]),
    ("platform", &["signatures", "base"]),
    ("web", &["platform", "signatures", "base"]),
    ("exchange", &["web", "platform", "signatures", "base"]),
    ("archive", &["web", "platform", "base"]),
    ("identity", &["web", "platform", "base"]),
    ("sharing", &["web", "platform", "base"]),
    ("reporting", &["web", "platform", "base"]),
    ("soc", &["web", "platform", "base"]),
    ("office", &["exchange", "archive", "web", "platform", "signatures", "base"]),
    ("onestop", &["office", "exchange", "archive", "identity", "sharing", "web", "platform", "base"]),
    ("assessment", &["reporting", "web", "platform", "base"]),
    ("portal", &["onestop", "reporting", "assessment", "identity", "web", "platform", "base"]),
    ("architecture", &["sharing", "web", "platform", "base"]),
];

/// The program assembles all of it; nothing in the house knows the program.
const PROGRAM: &str = "lienthong";

/// Crates that no product crate may use except in its tests, with what they may use themselves.
const TEST_SUPPORT: &[(&str, &[&str])] = &[("testkit", &["web", "platform", "signatures", "base"])];

/// Crates that stand outside the house and may use all of it.
const OUTSIDE: &[&str] = &["stories", "xtask", "bench", "faults", "fuzz"];

/// One dependency between crates of the workspace.
struct Arrow {
    from: String,
    to: String,
    only_tests: bool,
}

/// The arrows that the map does not have.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root.join("Cargo.toml")).no_deps();
    let metadata = command.exec().map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata.workspace_packages();
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let arrows = packages.iter().flat_map(|package| {
        package.dependencies.iter().filter(|d| names.contains(&d.name.as_str())).map(|dependency| Arrow {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            only_tests: dependency.kind == DependencyKind::Development,
        })
    });
    let unknown = names.iter().filter(|name| !is_known(name)).map(|name| format!("{name}: not on the map"));
    Ok(unknown.chain(arrows.filter_map(|arrow| objection(&arrow))).collect())
}

fn is_known(name: &str) -> bool {
    let listed = |rows: &[(&str, &[&str])]| rows.iter().any(|(row, _)| *row == name);
    name == PROGRAM || OUTSIDE.contains(&name) || listed(ARROWS) || listed(TEST_SUPPORT)
}

fn objection(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, only_tests } = arrow;
    let row = |rows: &'static [(&str, &[&str])]| rows.iter().find(|(row, _)| row == from).map(|(_, to)| *to);
    let test_support = TEST_SUPPORT.iter().any(|(name, _)| name == to);
    let allowed = if OUTSIDE.contains(&from.as_str()) {
        !OUTSIDE.contains(&to.as_str())
    } else if test_support {
        *only_tests
    } else if from == PROGRAM {
        ARROWS.iter().any(|(name, _)| name == to)
    } else {
        row(ARROWS).or_else(|| row(TEST_SUPPORT)).is_some_and(|allowed| allowed.contains(&to.as_str()))
    };
    let kind = if *only_tests { "in its tests " } else { "" };
    (!allowed).then(|| format!("{from} {kind}uses {to}: no such arrow on the map"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(from: &str, to: &str, only_tests: bool) -> bool {
        objection(&Arrow { from: from.to_owned(), to: to.to_owned(), only_tests }).is_none()
    }

    #[test]
    fn arrows_point_down() {
        for (from, to) in [("lienthong", "office"), ("office", "exchange"), ("web", "platform"), ("platform", "base")] {
            assert!(allowed(from, to, false), "{from} -> {to}");
            assert!(!allowed(to, from, false), "{to} -> {from}");
        }
        assert!(!allowed("exchange", "identity", false) && !allowed("identity", "exchange", true));
        assert!(!allowed("stories", "xtask", false) && allowed("stories", "lienthong", false));
    }

    #[test]
    fn test_support_serves_tests_only() {
        assert!(allowed("office", "testkit", true) && !allowed("office", "testkit", false));
        assert!(allowed("testkit", "platform", false) && !allowed("testkit", "office", false));
    }

    #[test]
    fn the_map_has_no_circle() {
        // Every row uses only rows that stand above it.
        for (at, (name, uses)) in ARROWS.iter().enumerate() {
            for used in *uses {
                assert!(ARROWS[..at].iter().any(|(above, _)| above == used), "{name} uses {used}");
            }
        }
    }

    #[test]
    fn the_workspace_itself_keeps_to_the_map() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }
}
