//! Joins the parts of the style sheet: comments and blanks out, equal media queries together, sizes written in place.

/// The finished sheet. `dark` holds the declarations of the dark colours; `None` leaves them out.
pub fn assemble(parts: &[&str], dark: Option<(&str, bool)>) -> String {
    let mut css = parts.concat();
    if let Some((declarations, always)) = dark {
        let rule = if always {
            format!("@media screen{{:root{{{declarations}}}}}")
        } else {
            format!("@media screen and (prefers-color-scheme:dark){{:root{{{declarations}}}}}")
        };
        // For screens only: paper stays paper. The narrower media come later.
        let at = css.find("*,*::before").unwrap_or(0);
        css.insert_str(at, &rule);
    }
    let packed = pack(&without_comments(&css));
    merge_media(&write_sizes(&packed)).replace(";}", "}")
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    out.push_str(rest);
    out
}

/// Joins the lines; our sources end a line only after `{`, `}`, `;` or `,`, where no blank is needed.
fn pack(css: &str) -> String {
    css.lines().map(str::trim).collect()
}

/// The spaces, type sizes, radius and height never change with the theme: the token is written as its value.
fn write_sizes(css: &str) -> String {
    let Some(start) = css.find(":root{").map(|at| at + 6) else { return css.to_owned() };
    let Some(end) = css[start..].find('}').map(|at| start + at) else { return css.to_owned() };
    let mut out = css.to_owned();
    for declaration in css[start..end].split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let Some(short) = name.strip_prefix("--") else { continue };
        let constant = matches!(short, "r" | "h")
            || (short.len() == 2 && short.starts_with(['s', 't']) && short.ends_with(|c: char| c.is_ascii_digit()));
        if constant {
            let value = value.strip_prefix('0').filter(|v| v.starts_with('.')).unwrap_or(value);
            out = out.replacen(&format!("{declaration};"), "", 1).replace(&format!("var({name})"), value);
        }
    }
    out
}

/// Puts the rules of equal media queries together at the end, in the order in which the queries first came.
fn merge_media(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut media: Vec<(&str, String)> = Vec::new();
    let mut rest = css;
    while let Some(start) = rest.find("@media ") {
        plain.push_str(&rest[..start]);
        let block = &rest[start..];
        let Some(open) = block.find('{') else { break };
        let query = &block[..open];
        let mut depth = 0_i32;
        let close = block
            .char_indices()
            .find(|(_, c)| {
                depth += match c {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                *c == '}' && depth == 0
            })
            .map_or(block.len(), |(at, _)| at);
        let inner = &block[open + 1..close];
        match media.iter_mut().find(|(q, _)| *q == query) {
            Some((_, rules)) => rules.push_str(inner),
            None => media.push((query, inner.to_owned())),
        }
        rest = block.get(close + 1..).unwrap_or("");
    }
    plain.push_str(rest);
    // Narrower windows come after wider ones, print and the rest after both.
    media.sort_by_key(|(query, _)| {
        let width =
            query.split("max-width:").nth(1).and_then(|w| w.split("px").next()).and_then(|w| w.parse::<u32>().ok());
        match width {
            Some(width) => (1, u32::MAX - width),
            None if query.starts_with("@media screen") => (0, 0),
            None => (2, 0),
        }
    });
    for (query, rules) in media {
        plain.push_str(query);
        plain.push('{');
        plain.push_str(&rules);
        plain.push('}');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_parts() {
        let parts = [
            "/* a */:root{\n--ink:#111;--t1:0.5rem;--r:3px;\ncolor-scheme:light}\n*,*::before{margin:0}\n",
            "@media print{a{color:red}}\n",
            "b{\nfont-size:var(--t1);border-radius:var(--r);\ncolor:var(--ink)}\n@media print{b{x:y}}\n",
        ];
        assert_eq!(
            assemble(&parts, Some(("--ink:#eee;", false))),
            ":root{--ink:#111;color-scheme:light}*,*::before{margin:0}\
             b{font-size:.5rem;border-radius:3px;color:var(--ink)}\
             @media screen and (prefers-color-scheme:dark){:root{--ink:#eee}}@media print{a{color:red}b{x:y}}"
        );
        assert!(assemble(&parts, Some(("--ink:#eee;", true))).contains("@media screen{:root{--ink:#eee}}"));
        assert!(!assemble(&parts, None).contains("#eee"));
    }
}
