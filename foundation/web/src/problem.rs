//! Errors as the reader wants them: RFC 9457 problem documents for interfaces, a page for people.

use crate::failure::Failure;
use crate::html::Html;
use crate::page::{Page, page};
use crate::request::Req;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Lang, Refusal};
use serde::Serialize;

/// A problem document (RFC 9457). `type` leads to the catalogue page of the code on this server.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `/loi/<code>` on this server.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in the language of the answer.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What to do about it, in the language of the answer.
    pub detail: String,
    /// Stable code, e.g. `office.incoming.already-registered`.
    pub code: String,
    /// The article that says so.
    pub basis: Option<ProblemBasis>,
    /// The fields concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Both languages, whatever was asked for.
    pub messages: ProblemMessages,
    /// The request's code, for the administrator.
    pub instance: String,
}

/// A legal basis.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProblemBasis {
    /// Number and notation of the document.
    pub document: String,
    /// The place in it.
    pub article: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProblemField {
    /// Form field or path in the document.
    pub field: String,
    /// What was expected, in Vietnamese.
    pub vi: String,
    /// What was expected, in English.
    pub en: String,
}

/// The message in both languages.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProblemMessages {
    /// Vietnamese: what is wrong, and what to do.
    pub vi: String,
    /// English: what is wrong, and what to do.
    pub en: String,
}

impl Problem {
    /// From a refusal.
    pub fn new(refusal: &Refusal, status: StatusCode, lang: Lang, request_id: &str) -> Self {
        let both = |l: Lang| [refusal.message(l), refusal.remedy(l)].join(" ").trim().to_owned();
        Self {
            kind: format!("/loi/{}", refusal.code.code),
            title: refusal.message(lang),
            status: status.as_u16(),
            detail: refusal.remedy(lang),
            code: refusal.code.code.to_owned(),
            basis: refusal
                .basis()
                .map(|b| ProblemBasis { document: b.document.to_string(), article: b.article.to_string() }),
            errors: refusal
                .fields
                .iter()
                .map(|f| ProblemField {
                    field: f.field.clone(),
                    vi: f.message.vi.to_string(),
                    en: f.message.en.to_string(),
                })
                .collect(),
            messages: ProblemMessages { vi: both(Lang::Vi), en: both(Lang::En) },
            instance: format!("urn:request:{request_id}"),
        }
    }
}

/// Writes the answer to a failure.
pub fn respond(req: &Req, failure: &Failure) -> Response {
    let refusal = failure.refusal();
    let status = failure.status();
    let mut response = if req.wants_page {
        error_page(req, &refusal, status)
    } else {
        let problem = Problem::new(&refusal, status, req.lang, &req.request_id);
        let mut response = (status, serde_json::to_string(&problem).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(req.lang.tag()));
        response
    };
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED && !req.wants_page {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lien-thong\""));
    }
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        let seconds = refusal.values.iter().find(|(n, _)| *n == "retry_after").map_or("5", |(_, v)| v.as_str());
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(seconds).unwrap_or(HeaderValue::from_static("5")));
    }
    response
}

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    l: Lang,
    message: String,
    remedy: String,
    basis: Option<String>,
    code: &'a str,
    status: u16,
    request_id: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    sign_in: bool,
    back: bool,
    notes: Html,
}

fn error_page(req: &Req, refusal: &Refusal, status: StatusCode) -> Response {
    let l = req.lang;
    let body = ErrorPage {
        l,
        message: refusal.message(l),
        remedy: refusal.remedy(l),
        basis: refusal.basis().map(|b| b.label(l)),
        code: refusal.code.code,
        status: status.as_u16(),
        request_id: &req.request_id,
        fields: refusal.fields.iter().map(|f| (f.field.as_str(), f.message.get(l))).collect(),
        sign_in: status == StatusCode::UNAUTHORIZED,
        back: status != StatusCode::NOT_FOUND,
        notes: Html::default(),
    };
    page(req, Page::new(refusal.message(l)).status(status), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Basis, RefusalCode, RefusalKind, Text};

    static CODE: RefusalCode = RefusalCode {
        code: "web.test.number",
        kind: RefusalKind::Invalid,
        vi: "Số ký hiệu {number} thiếu chữ viết tắt cơ quan.",
        en: "Notation {number} lacks the agency's abbreviation.",
        remedy_vi: "Ví dụ 12/QĐ-UBND.",
        remedy_en: "For example 12/QĐ-UBND.",
        basis: Some(Basis::new("NĐ 30/2020/NĐ-CP", "Phụ lục I")),
    };

    #[test]
    fn both_languages_field_and_article() {
        let refusal = Refusal::new(&CODE)
            .with("number", "12/QĐ")
            .field("notation", Text::fixed("Cần dạng 12/QĐ-UBND.", "Expected 12/QĐ-UBND."));
        let problem = Problem::new(&refusal, StatusCode::UNPROCESSABLE_ENTITY, Lang::En, "r1");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "/loi/web.test.number");
        assert_eq!(json["title"], "Notation 12/QĐ lacks the agency's abbreviation.");
        assert_eq!(json["status"], 422);
        assert_eq!(json["basis"]["article"], "Phụ lục I");
        assert_eq!(json["errors"][0]["field"], "notation");
        assert_eq!(json["errors"][0]["vi"], "Cần dạng 12/QĐ-UBND.");
        assert_eq!(json["messages"]["vi"], "Số ký hiệu 12/QĐ thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND.");
    }
}
