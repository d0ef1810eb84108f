//! What the strict policy forbids stands in no template and on no page; every page has its landmarks.

use base::Lang;
use std::path::{Path, PathBuf};
use web::Req;

fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            templates(&path, found);
        } else if path.extension().is_some_and(|e| e == "html") {
            found.push(path);
        }
    }
}

/// Attributes whose names begin with `on`, `style` attributes, scripts and styles in the page, addresses elsewhere.
fn forbidden(text: &str) -> Option<String> {
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or("");
        let name = tag.split([' ', '\n', '{']).next().unwrap_or("");
        let inline = name == "style" || name == "script" && !tag.contains("src=");
        let attribute = tag.split([' ', '\n']).skip(1).find(|a| {
            a.starts_with("style=")
                || a.starts_with("on")
                    && a.split('=').next().is_some_and(|n| n.len() > 3 && n.bytes().all(|b| b.is_ascii_lowercase()))
                    && a.contains('=')
                || a.contains("=\"http:")
                || a.contains("=\"https:")
                || a.contains("=\"javascript:")
        });
        if inline || attribute.is_some() {
            return Some(tag.to_owned());
        }
    }
    None
}

#[test]
fn no_template_holds_inline_style_or_script() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for room in ["foundation/web", "modules"] {
        templates(&root.join(room), &mut found);
    }
    assert!(found.len() > 20, "{}", found.len());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(forbidden(&text), None, "{}", path.display());
    }
    assert!(forbidden("<p style=\"x\">").is_some() && forbidden("<a href=\"#\" onclick=\"x\">").is_some());
    assert!(forbidden("<script>x</script>").is_some() && forbidden("<img src=\"https://x\">").is_some());
    assert!(forbidden("<script src=\"/a.js\" defer></script>").is_none() && forbidden("<p class=\"on\">").is_none());
}

#[tokio::test]
async fn whole_pages_keep_the_rules() {
    for lang in [Lang::Vi, Lang::En] {
        let req = Req::example(lang, "/thu-vien-giao-dien", web::ui::example_now());
        let mut pages = vec![("gallery", web::gallery::show_gallery(&req))];
        for (name, _) in web::gallery::pages(lang) {
            pages.push((name, web::gallery::show_page(&req, name).unwrap()));
        }
        for (name, response) in pages {
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert_eq!(forbidden(&text), None, "{name}");
            assert_eq!(text.matches("<h1").count(), 1, "{name}: one h1");
            assert_eq!(text.matches(" id=\"main\"").count(), 1, "{name}: one main");
            assert!(text.find("class=\"skip\"").unwrap() < text.find(" id=\"main\"").unwrap(), "{name}");
            assert!(text.contains(&format!("<html lang=\"{}\"", lang.tag())), "{name}");
            assert!(!text.contains("template fault"), "{name}");
            assert!(name == "gallery" || text.len() < 60 * 1024, "{name}: {} bytes", text.len());
        }
    }
}

#[test]
fn components_print_what_they_should() {
    use web::ui::stamp::{Urgency, urgency};
    insta::assert_snapshot!(urgency(Urgency::VeryUrgent, Lang::Vi), @r#"<span class="stamp u2"><svg viewBox="0 0 11 10" aria-hidden="true"><path d="m1 1 4 4-4 4M6 1l4 4-4 4"/></svg>Thượng khẩn</span>"#);
    let field = web::ui::field::Field::date(Lang::En, "due", "Reply <by>").hint("dd/mm/yyyy").value("\"x\"");
    insta::assert_snapshot!(web::Html::from_template(&field), @r##"<div class="field"><label for="f-due">Reply &#60;by&#62;</label><span class="hint" id="f-due-h">dd/mm/yyyy</span><input id="f-due" name="due" type="text" value="&#34;x&#34;" aria-describedby="f-due-h" autocomplete="off" inputmode="numeric" maxlength="24"></div>"##);
    insta::assert_snapshot!(web::ui::track::track(1, true), @r#"<span class="track" aria-hidden="true"><i class="d"></i><i class="b"></i><i></i><i></i><i></i></span>"#);
}
