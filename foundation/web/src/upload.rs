//! Forms with files: the guard comes first, each file is streamed to where it is kept, memory is bounded.

use crate::app::{App, BODY_LIMIT};
use crate::csrf;
use crate::failure::Failure;
use crate::form::{FormData, MOST_FIELDS, guard, too_large, too_many};
use crate::kept::{self, Aside};
use crate::refusals;
use crate::request::Req;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use base::Refusal;
use platform::blobs::{BlobWriter, StagedBlob};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

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

/// A form whose files are only looked at: each lies in a temporary file without a name and is gone with this value.
#[derive(Debug)]
pub struct PassingForm {
    /// The text fields.
    pub fields: FormData,
    /// Form field, name and content of each file, empty ones left out; the content stands at its beginning.
    pub files: Vec<(String, String, std::fs::File)>,
}

impl FromRequest<App> for UploadForm {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let make = |limit| Ok(app.platform().blobs().writer(Some(limit)));
        let (fields, parts) = read_form::<BlobWriter>(request, app, make).await?;
        let taken = |(part, staged): (Part, StagedBlob)| {
            let Part { field, name, claimed_kind, head } = part;
            TakenFile { field, name, claimed_kind, head, staged }
        };
        Ok(Self { fields, files: parts.into_iter().map(taken).collect() })
    }
}

impl FromRequest<App> for PassingForm {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (fields, parts) = read_form::<Passing>(request, app, |_| Passing::new()).await?;
        Ok(Self { fields, files: parts.into_iter().map(|(part, file)| (part.field, part.name, file)).collect() })
    }
}

/// What is known of a file beside its content.
struct Part {
    field: String,
    name: String,
    claimed_kind: String,
    head: Vec<u8>,
}

/// Where the bytes of a file go as they arrive.
trait Sink: Sized {
    /// What is left of it.
    type Taken;
    async fn take(&mut self, piece: &[u8]) -> platform::Result<()>;
    async fn end(self) -> platform::Result<Self::Taken>;
}

impl Sink for BlobWriter {
    type Taken = StagedBlob;
    async fn take(&mut self, piece: &[u8]) -> platform::Result<()> {
        self.write(piece).await
    }
    async fn end(self) -> platform::Result<StagedBlob> {
        self.finish().await
    }
}

/// A temporary file.
pub struct Passing(tokio::fs::File);

impl Passing {
    /// An empty one.
    pub fn new() -> platform::Result<Self> {
        let file = tempfile::tempfile().map_err(|e| platform::Error::io("make room for a file", &e))?;
        Ok(Self(tokio::fs::File::from_std(file)))
    }

    /// Adds to it.
    pub async fn write(&mut self, piece: &[u8]) -> platform::Result<()> {
        self.0.write_all(piece).await.map_err(|e| platform::Error::io("keep a file for a moment", &e))
    }

    /// The whole, at its beginning.
    pub async fn finish(mut self) -> platform::Result<std::fs::File> {
        let failed = |e: std::io::Error| platform::Error::io("keep a file for a moment", &e);
        self.0.flush().await.map_err(failed)?;
        self.0.rewind().await.map_err(failed)?;
        Ok(self.0.into_std().await)
    }
}

impl Sink for Passing {
    type Taken = std::fs::File;
    async fn take(&mut self, piece: &[u8]) -> platform::Result<()> {
        self.write(piece).await
    }
    async fn end(self) -> platform::Result<std::fs::File> {
        self.finish().await
    }
}

/// Reads a form, its guard before everything else, each file streamed to where `make` says.
async fn read_form<S: Sink>(
    request: Request,
    app: &App,
    make: impl Fn(u64) -> platform::Result<S>,
) -> Result<(FormData, Vec<(Part, S::Taken)>), Failure> {
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
    let (mut guarded, mut parts, mut text_bytes, mut file_bytes) = (false, 0, 0, 0_u64);
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
            if name == csrf::FIELD {
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
        let mut sink = make(limit)?;
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
        files.push((Part { field: name, name: file_name, claimed_kind, head }, sink.end().await?));
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
