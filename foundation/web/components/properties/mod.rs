//! Properties: names and values of a record.

use super::Example;
use crate::html::{Html, escape};
use base::Lang;

/// A list of names and values.
pub fn properties(pairs: &[(&str, Html)]) -> Html {
    let items: String =
        pairs.iter().map(|(name, value)| format!("<dt>{}</dt><dd>{value}</dd>", escape(name))).collect();
    Html::trusted(format!("<dl class=\"kv\">{items}</dl>"))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![Example::new(
        "Thuộc tính",
        "Properties",
        properties(&[
            (l.t("Độ khẩn", "Urgency"), Html::text(l.t("Thường", "Ordinary"))),
            (l.t("Lĩnh vực", "Field"), Html::text(l.t("Văn thư, lưu trữ", "Records and archives"))),
            (
                l.t("Hồ sơ", "Dossier"),
                Html::trusted(format!("<a href=\"#\">{}</a>", l.t("Chọn hồ sơ", "Choose a dossier"))),
            ),
            (l.t("Căn cứ", "Basis"), Html::text(l.t("NĐ 30/2020, Điều 18", "NĐ 30/2020, Article 18"))),
        ]),
    )]
}
