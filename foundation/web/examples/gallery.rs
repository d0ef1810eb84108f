//! Writes the gallery and the whole pages as files, for looking at them without a server:
//! `cargo run -p web --example gallery -- FOLDER`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use base::Lang;
use std::path::Path;
use web::request::{Context, Req};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("tai-nguyen")).unwrap();
    for (name, bytes) in web::assets::all() {
        std::fs::write(folder.join("tai-nguyen").join(name), bytes).unwrap();
    }
    for lang in [Lang::Vi, Lang::En] {
        let plain = Req::example(lang, "/thu-vien-giao-dien", web::ui::example_now());
        let mut context: Context = (*plain).clone();
        context.site = std::sync::Arc::new(web::Site {
            practice: true,
            name: base::Text::fixed("Ủy ban nhân dân thành phố Huế", "People's Committee of Huế"),
            ..web::Site::default()
        });
        let req = Req::new(context);
        let mut pages = vec![("thu-vien".to_owned(), web::gallery::show_gallery(&req))];
        for (name, _) in web::gallery::pages(lang) {
            pages.push((name.to_owned(), web::gallery::show_page(&req, name).unwrap()));
        }
        for (name, response) in pages {
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let file = folder.join(format!("{name}.{}.html", lang.tag()));
            println!("{} {}", file.display(), bytes.len());
            std::fs::write(file, bytes).unwrap();
        }
    }
}
