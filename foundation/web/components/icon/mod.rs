//! Icons: symbols from one same-origin file, drawn in the colour of the text; never without a word beside them.

use super::Example;
use crate::assets;
use crate::html::Html;
use base::Lang;

/// The names in the sprite.
pub const NAMES: &[&str] = &[
    "inbox", "send", "seal", "check", "ok", "warn", "bad", "clock", "late", "return", "run", "user", "users", "search",
    "bell", "folder", "print", "clip", "pen", "lock", "level", "chev", "down", "plus", "x", "get", "cal", "globe",
    "phone", "key", "help", "eye", "hash", "pause", "ring", "dash",
];

/// An icon, hidden from screen readers; the word beside it says what it means.
pub fn icon(name: &str) -> Html {
    debug_assert!(NAMES.contains(&name), "no icon {name}");
    Html::trusted(format!(
        "<svg class=\"i\" aria-hidden=\"true\"><use href=\"{}#{name}\"/></svg>",
        assets::icons_href()
    ))
}

/// Every icon with its name.
pub fn examples(_l: Lang) -> Vec<Example> {
    let all: String = NAMES.iter().map(|n| format!("<li>{} {n}</li>", icon(n))).collect();
    vec![Example::new("Tất cả", "All", Html::trusted(format!("<ul class=\"acts sm\">{all}</ul>")))]
}
