//! Forms with files: the guard comes first, each file is streamed to the file store while it is hashed, memory is bounded.

use crate::app::{App, BODY_LIMIT};
use crate::csrf;
use crate::failure::Failure;
use crate::form::{FormData, MOST_FIELDS, guard, too_large, too_many};
use crate::kept::{self, Aside};
use crate::refusals;
use crate::request::Req;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header;
use base::Refusal;
use futures_util::StreamExt as _;
use platform::blobs::{BlobWriter, StagedBlob};
use platform::signing::check::{Spool, Spooled};

/// Largest file of a form, in bytes (the platform's limit for attachments applies besides).
pub const FILE_LIMIT: u64 = 100 * 1024 * 1024;
/// Most files in one form.
const MOST_FILES: usize = 50;
/// Largest text field, in bytes.
const FIELD_LIMIT: usize = 256 * 1024;

/// A file that was taken: durable in the store, not yet named by any record.
#[derive(Debug)]
pub struct TakenFile {
    /// The form field.
    pub field: String,
    /// The name that the sender gave it, without folders.
    pub name: String,
    /// The media type that the sender claims; trust what the content says instead.
    pub claimed_kind: String,
    /// Its first bytes, at most 64, by which its type is told.
    pub head: Vec<u8>,
    /// Hash and size; attach it in the transaction that names it.
    pub staged: StagedBlob,
}

/// A form with files. The guard field must come before the first file (our forms put it first).
#[derive(Debug)]
pub struct UploadForm {
    /// The text fields.
    pub fields: FormData,
    /// The files, empty ones left out.
    pub files: Vec<TakenFile>,
}

impl FromRequest<App> for UploadForm {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (fields, taken) =
            read_form(request, app, true, |limit| Ok(app.platform().blobs().writer(Some(limit)))).await?;
        let mut files = Vec::with_capacity(taken.len());
        for part in taken {
            let Part { field, name, claimed_kind, head, sink, .. } = part;
            files.push(TakenFile { field, name, claimed_kind, head, staged: sink.finish().await? });
        }
        Ok(Self { fields, files })
    }
}

/// A file that only passes through: nothing of it is kept.
#[derive(Debug)]
pub struct PassingFile {
    /// The form field, `file` for a body that is the file itself.
    pub field: String,
    /// The name that the sender gave it, without folders.
    pub name: String,
    /// Its bytes in a nameless temporary file.
    pub spooled: Spooled,
}

/// A form whose files only pass through. The guard field must come before the first file.
#[derive(Debug)]
pub struct PassingForm {
    /// The text fields.
    pub fields: FormData,
    /// The files, empty ones left out.
    pub files: Vec<PassingFile>,
}

impl FromRequest<App> for PassingForm {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        passing(request, app, true).await
    }
}

/// The files of a call: the parts of a `multipart/form-data` body, or any other body as one file `file`. Who may call
/// is decided before (`Caller`).
#[derive(Debug)]
pub struct PassingBody(pub Vec<PassingFile>);

impl FromRequest<App> for PassingBody {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if kind.trim_start().starts_with("multipart/form-data") {
            return Ok(Self(passing(request, app, false).await?.files));
        }
        let mut spool = Spool::new(app.platform().config().limits.attachment_bytes.min(FILE_LIMIT))?;
        let mut body = request.into_body().into_data_stream();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|e| Refusal::new(&refusals::MALFORMED).with("reason", e))?;
            spool.write(chunk.to_vec()).await?;
        }
        let spooled = spool.finish()?;
        if spooled.size == 0 {
            return Ok(Self(Vec::new()));
        }
        Ok(Self(vec![PassingFile { field: "file".to_owned(), name: String::new(), spooled }]))
    }
}

async fn passing(request: Request, app: &App, guarded: bool) -> Result<PassingForm, Failure> {
    let (fields, taken) = read_form(request, app, guarded, Spool::new).await?;
    let file = |Part { field, name, sink, .. }: Part<Spool>| {
        Ok::<_, Failure>(PassingFile { field, name, spooled: sink.finish()? })
    };
    Ok(PassingForm { fields, files: taken.into_iter().map(file).collect::<Result<_, _>>()? })
}

/// Where the bytes of a file go while it is read.
trait Sink {
    /// Takes the next bytes.
    async fn take(&mut self, bytes: &[u8]) -> platform::Result<()>;
}

impl Sink for BlobWriter {
    async fn take(&mut self, bytes: &[u8]) -> platform::Result<()> {
        self.write(bytes).await
    }
}

impl Sink for Spool {
    async fn take(&mut self, bytes: &[u8]) -> platform::Result<()> {
        self.write(bytes.to_vec()).await
    }
}

/// A file of a form with the place where its bytes went.
struct Part<S> {
    field: String,
    name: String,
    claimed_kind: String,
    head: Vec<u8>,
    sink: S,
}

async fn read_form<S: Sink>(
    request: Request,
    app: &App,
    needs_guard: bool,
    open: impl Fn(u64) -> platform::Result<S>,
) -> Result<(FormData, Vec<Part<S>>), Failure> {
    let (mut parts, body) = request.into_parts();
    let req = Req::from_request_parts(&mut parts, app).await?;
    let headers = parts.headers.clone();
    let mut request = Request::from_parts(parts, body);
    // Files have limits of their own, below.
    DefaultBodyLimit::disable().apply(&mut request);
    let limits = &app.platform().config().limits;
    let limit = limits.attachment_bytes.min(FILE_LIMIT);
    let mut multipart = Multipart::from_request(request, app).await.map_err(|_| Refusal::new(&refusals::MEDIA))?;
    let (mut fields, mut files) = (FormData::default(), Vec::new());
    let (mut guarded, mut parts, mut text_bytes, mut file_bytes) = (!needs_guard, 0, 0, 0_u64);
    let broken = |e: axum::extract::multipart::MultipartError| {
        Failure::from(Refusal::new(&refusals::MALFORMED).with("reason", e.body_text()))
    };
    while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
        parts += 1;
        if parts > MOST_FIELDS {
            return Err(too_many().into());
        }
        let name = field.name().unwrap_or("").to_owned();
        let Some(file_name) = field.file_name().map(base_name) else {
            let mut text = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                if text.len() + chunk.len() > FIELD_LIMIT {
                    return Err(too_large(FIELD_LIMIT).into());
                }
                text.extend_from_slice(&chunk);
                // All fields together may be no larger than a form without files: they stay in memory.
                text_bytes += chunk.len();
                if text_bytes > BODY_LIMIT {
                    return Err(too_large(BODY_LIMIT).into());
                }
            }
            let text = String::from_utf8(text)
                .map_err(|_| Refusal::new(&refusals::MALFORMED).with("reason", "UTF-8"))?
                .replace("\r\n", "\n");
            if needs_guard && name == csrf::FIELD {
                guard(&req, &headers, Some(&text))?;
                guarded = true;
            }
            fields.push(name, text);
            continue;
        };
        if !guarded {
            guard(&req, &headers, None)?;
            guarded = true;
        }
        let claimed_kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let mut sink = open(limit)?;
        let (mut size, mut head) = (0_u64, Vec::new());
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            size += chunk.len() as u64;
            let missing = 64_usize.saturating_sub(head.len()).min(chunk.len());
            head.extend_from_slice(&chunk[..missing]);
            file_bytes += chunk.len() as u64;
            for (bytes, most) in [(size, limit), (file_bytes, limits.form_bytes)] {
                if bytes > most {
                    return Err(too_large(usize::try_from(most).unwrap_or(usize::MAX)).into());
                }
            }
            sink.take(&chunk).await?;
        }
        // A file field that was left empty comes as an empty file without a name.
        if size == 0 && file_name.is_empty() {
            continue;
        }
        if files.len() >= MOST_FILES {
            return Err(Refusal::new(&refusals::TOO_LARGE).with("limit", format!("{MOST_FILES} tệp/files")).into());
        }
        files.push(Part { field: name, name: file_name, claimed_kind, head, sink });
    }
    if !guarded {
        guard(&req, &headers, None)?;
    }
    Ok((fields, files))
}

/// Largest form with files that is read through for its text when the session has lapsed, in bytes.
pub const DRAINED: usize = 128 * 1024 * 1024;

/// The text of a form with files, and the names of the files, whose bytes are read past; `None` unless its guard, which
/// must come first, is `ours`.
pub async fn set_aside(mut request: Request, ours: impl Fn(&str) -> bool) -> Option<Aside> {
    DefaultBodyLimit::disable().apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    let (mut fields, mut files, mut text_bytes, mut guarded) = (FormData::default(), Vec::new(), 0, false);
    while let Some(mut field) = multipart.next_field().await.ok()? {
        let name = field.name().unwrap_or("").to_owned();
        let file = field.file_name().map(base_name);
        if !guarded && (file.is_some() || name != csrf::FIELD) {
            return None;
        }
        let mut text = Vec::new();
        while let Some(chunk) = field.chunk().await.ok()? {
            if file.is_none() {
                text_bytes += chunk.len();
                text.extend_from_slice(&chunk);
            }
            if text_bytes > kept::LARGEST {
                return None;
            }
        }
        match file {
            Some(file) if !file.is_empty() && files.len() < MOST_FILES => files.push((name, file)),
            Some(_) => {}
            None => {
                let text = String::from_utf8(text).ok()?.replace("\r\n", "\n");
                guarded |= name == csrf::FIELD && ours(&text);
                if !guarded {
                    return None;
                }
                fields.push(name, text);
            }
        }
    }
    guarded.then_some(Aside { fields, files: Some(files) })
}

/// The name without folders and control characters.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    last.chars().filter(|c| !c.is_control()).take(200).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders() {
        assert_eq!(base_name("C:\\Users\\a\\Biểu 01.xlsx"), "Biểu 01.xlsx");
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("\u{0}"), "");
    }
}
