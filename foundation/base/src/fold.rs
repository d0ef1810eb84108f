//! Folding of Vietnamese text: what is searched without marks, split into tokens, and sorted as a dictionary does.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text in composed form (NFC), as everything is stored. Files and keyboards of some systems send it decomposed.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Lower case without marks, đ as d, spaces collapsed: “Quyết định  số 12/QĐ-UBND” becomes
/// `quyet dinh so 12/qd-ubnd`. Where the tone is written does not matter: hoà and hòa both become `hoa`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Decomposed twice, because a compatibility character may hold a capital letter (℃).
    let letters = text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    for c in letters {
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        match c {
            // Old converters write the Icelandic Eth or the African D for Đ.
            'đ' | 'ð' | 'ɖ' => out.push('d'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            // Format characters such as the zero-width space and joiner carry no letter.
            '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The tokens to index, each of `[a-z0-9]` only. A word with `/ - . _ ,` inside is given both split and joined, so that
/// `12/QĐ-UBND` gives `12 qd ubnd 12qdubnd`. Zeros in front of a number fall away (`05` is `5`). A letter of
/// another script becomes a token of its own, `u4e2d`.
pub fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in fold(text).split(' ') {
        let parts = word_parts(word);
        let joined: Option<String> = (parts.len() > 1 && joins(word)).then(|| parts.concat());
        out.extend(parts.iter().map(|part| without_leading_zeros(part)));
        out.extend(joined.map(|joined| without_leading_zeros(&joined)));
    }
    out
}

/// The tokens that a question asks for: as [`tokens`], but only split, so that `12/QĐ` finds `12/QĐ-UBND`.
pub fn query_tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in fold(text).split(' ') {
        for part in word_parts(word) {
            let token = without_leading_zeros(&part);
            if !out.contains(&token) {
                out.push(token);
            }
        }
    }
    out
}

/// Whether the parts of the word hang together by the joiners of numbers and codes only.
fn joins(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
    inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.' | '_' | ','))
}

fn word_parts(word: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for c in word.chars() {
        if c.is_ascii_alphanumeric() {
            // `fold` leaves no ASCII capital.
            part.push(c);
            continue;
        }
        if !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if c.is_alphanumeric() {
            parts.push(format!("u{:x}", u32::from(c)));
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn without_leading_zeros(token: &str) -> String {
    let rest = token.trim_start_matches('0');
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        rest.to_owned()
    } else if rest.len() < token.len() {
        format!("0{rest}")
    } else {
        token.to_owned()
    }
}

/// A key whose plain byte order is the order of a Vietnamese dictionary: a ă â b c d đ e ê … o ô ơ … u ư …,
/// and within a syllable ngang, huyền, hỏi, ngã, sắc, nặng. Syllable by syllable; case and punctuation do not
/// count; numbers sort by value. Made of `[0-9a-z]` only, so that every database collation gives the same order.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 2 + 8);
    let mut syllable = Syllable::default();
    let mut number = String::new();
    let letters = text.nfkd().flat_map(char::to_lowercase).nfkd();
    for c in letters {
        if c.is_ascii_digit() {
            syllable.close(&mut key);
            number.push(c);
            continue;
        }
        close_number(&mut number, &mut key);
        match c {
            'a'..='z' => syllable.letter(c),
            'đ' | 'ð' | 'ɖ' => {
                syllable.letter('d');
                syllable.variant('1');
            }
            '\u{0306}' => syllable.variant('1'),                          // ă
            '\u{0302}' if syllable.last_is('a') => syllable.variant('2'), // â
            '\u{0302}' if syllable.last_is('e') || syllable.last_is('o') => syllable.variant('1'), // ê ô
            '\u{031b}' if syllable.last_is('o') => syllable.variant('2'), // ơ
            '\u{031b}' if syllable.last_is('u') => syllable.variant('1'), // ư
            '\u{0300}' => syllable.tones.push('1'),                       // huyền
            '\u{0309}' => syllable.tones.push('2'),                       // hỏi
            '\u{0303}' => syllable.tones.push('3'),                       // ngã
            '\u{0301}' => syllable.tones.push('4'),                       // sắc
            '\u{0323}' => syllable.tones.push('5'),                       // nặng
            c if is_combining_mark(c) => {}
            c if c.is_alphanumeric() => syllable.foreign(c),
            _ => syllable.close(&mut key),
        }
    }
    close_number(&mut number, &mut key);
    syllable.close(&mut key);
    key
}

/// A syllable on its way into the key: two symbols a letter, then `00` (below every letter and number), then
/// its tones and `0`.
#[derive(Default)]
struct Syllable {
    letters: String,
    tones: String,
}

impl Syllable {
    fn letter(&mut self, c: char) {
        self.letters.push(c);
        self.letters.push('0');
    }

    fn last_is(&self, base: char) -> bool {
        self.letters.strip_suffix('0').is_some_and(|rest| rest.ends_with(base))
    }

    /// Marks the last letter as a letter of its own, such as ă.
    fn variant(&mut self, variant: char) {
        if self.letters.pop().is_some() {
            self.letters.push(variant);
        }
    }

    /// A letter of another script, behind z.
    fn foreign(&mut self, c: char) {
        self.letters.push_str(&format!("zz{:06x}", u32::from(c)));
    }

    fn close(&mut self, key: &mut String) {
        if !self.letters.is_empty() {
            key.push_str(&self.letters);
            key.push_str("00");
            key.push_str(&self.tones);
            key.push('0');
        }
        self.letters.clear();
        self.tones.clear();
    }
}

/// A number as `0`, its count of digits in base 36, and its digits: shorter numbers first, before every letter.
fn close_number(number: &mut String, key: &mut String) {
    if number.is_empty() {
        return;
    }
    let digits = match number.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let length = u32::try_from(digits.len().min(35)).unwrap_or(35);
    key.push('0');
    key.push(char::from_digit(length, 36).unwrap_or('z'));
    key.push_str(digits);
    number.clear();
}
