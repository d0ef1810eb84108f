//! A message that survives one redirect: what was just done, with an undo where there is one.

use base::{Lang, Text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What was just done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The message.
    pub text: Text,
    /// A link after it, e.g. to the record or to the undo page; a path of this server.
    pub link: Option<(String, Text)>,
}

impl Flash {
    /// A message without a link.
    pub fn new(text: Text) -> Self {
        Self { text, link: None }
    }

    /// Adds a link; only paths of this server are kept.
    #[must_use]
    pub fn link(mut self, path: &str, label: Text) -> Self {
        self.link = crate::redirect::safe_path(path).map(|p| (p.to_owned(), label));
        self
    }

    /// For the cookie.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// From the cookie; anything odd is dropped, and a link out of this server with it.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut flash: Self = serde_json::from_slice(&bytes).ok()?;
        flash.link = flash.link.filter(|(path, _)| crate::redirect::safe_path(path).is_some());
        Some(flash)
    }

    /// In one language: message and link.
    pub fn get(&self, lang: Lang) -> (&str, Option<(&str, &str)>) {
        (self.text.get(lang), self.link.as_ref().map(|(path, label)| (path.as_str(), label.get(lang))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_and_refuses_foreign_links() {
        let flash = Flash::new(Text::fixed("Đã đăng ký số đến 4818.", "Registered as 4818."))
            .link("/van-ban-den/1", Text::fixed("Mở", "Open"));
        assert_eq!(Flash::decode(&flash.encode()), Some(flash.clone()));
        let forged = Flash { link: Some(("https://evil.example".into(), Text::fixed("a", "b"))), ..flash };
        assert_eq!(Flash::decode(&forged.encode()).unwrap().link, None);
        assert_eq!(Flash::decode("%%%"), None);
    }
}
