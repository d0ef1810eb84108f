//! Files in and out of the calls: an upload streamed to the store while it is hashed, stored bytes as a response.

use crate::use_cases::files::{FILE_LIMIT, Upload};
use axum::body::Body;
use futures_util::StreamExt;
use platform::Error;
use web::App;
use web::files::FileResponse;

/// How many first bytes are kept to tell the type of a file.
const HEAD: usize = 64;

/// Receives the file that a body is. Rights are checked before: nobody fills the disk with what he may not add.
pub async fn receive(app: &App, name: String, main: bool, body: Body) -> web::Result<Upload> {
    let mut writer = app.platform().blobs().writer(Some(FILE_LIMIT));
    let mut head = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| Error::Unavailable(format!("upload broke off: {e}")))?;
        let wanted = HEAD - head.len().min(HEAD);
        head.extend_from_slice(&chunk[..chunk.len().min(wanted)]);
        writer.write(&chunk).await?;
    }
    Ok(Upload { name, staged: writer.finish().await?, head, main })
}

/// Stored bytes as a response into the sandbox.
pub async fn stored(app: &App, sha256: &str, name: &str, media_type: &str) -> web::Result<FileResponse> {
    let hash = sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
    let reader = app.platform().blobs().open(hash).await?;
    let size = reader.size();
    Ok(FileResponse::new(name, media_type, Body::from_stream(reader.into_stream())).length(size))
}
