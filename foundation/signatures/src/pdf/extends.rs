//! The check behind "download, sign with any tool, upload again": the upload must begin with exactly our bytes and add
//! nothing but signatures.

use std::io::{Read, Seek, SeekFrom};

use base::Text;

use super::change::Change;
use super::file::File;
use super::read::{Reading, Signed, read_file};
use super::{Error, difference};

/// What an upload adds.
#[derive(Clone, Debug)]
pub struct Extension {
    /// The signatures it adds, in order. Who made them is for the caller to judge.
    pub added: Vec<Signed>,
    /// Everything it does, signatures included.
    pub changes: Vec<Change>,
    /// All signatures of the upload.
    pub reading: Reading,
}

/// Why an upload is not ours plus signatures.
#[derive(Debug, thiserror::Error)]
pub enum NotExtension {
    /// It does not begin with our bytes; the offset of the first difference.
    #[error("the upload differs from the original at byte {0}")]
    OtherBytes(u64),
    /// It adds nothing, or no signature.
    #[error("the upload adds no signature")]
    NoSignature,
    /// It adds something else; what.
    #[error("the upload changes the document")]
    Changes(Vec<Change>),
    /// A signature it adds has a defect or does not cover what it should; its field.
    #[error("the added signature {0} is defective")]
    Defective(String),
    /// One of the files cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Error),
}

impl NotExtension {
    /// What is wrong, in plain words.
    pub fn text(&self) -> Text {
        match self {
            Self::OtherBytes(_) => Text::fixed(
                "Tệp tải lên không phải là bản đã tải về và ký thêm; hãy tải lại tệp từ hệ thống rồi ký",
                "The upload is not the downloaded file with a signature added; download the file again and sign that",
            ),
            Self::NoSignature => Text::fixed("Tệp tải lên không có thêm chữ ký nào", "The upload adds no signature"),
            Self::Changes(changes) => {
                let forbidden = changes.iter().map(Change::text).collect::<Vec<_>>();
                let join = |pick: fn(&Text) -> &str| forbidden.iter().map(pick).collect::<Vec<_>>().join("; ");
                Text::new(
                    format!("Tệp tải lên có thay đổi ngoài chữ ký: {}", join(|text| &text.vi)),
                    format!("The upload changes more than it signs: {}", join(|text| &text.en)),
                )
            }
            Self::Defective(field) => Text::new(
                format!("Chữ ký “{field}” trong tệp tải lên không hợp quy cách"),
                format!("The signature “{field}” in the upload is defective"),
            ),
            Self::Unreadable(error) => error.text(),
        }
    }
}

/// Compares an upload with the original.
///
/// # Errors
/// [`NotExtension`] says why it is not accepted.
pub fn extends<A: Read + Seek, B: Read + Seek>(mut original: A, mut uploaded: B) -> Result<Extension, NotExtension> {
    let len = same_start(&mut original, &mut uploaded)?;
    let ours = File::open(original)?;
    let offset = ours.sections()[ours.newest()].offset;
    let mut file = File::open(uploaded)?;
    let section = file.sections().iter().position(|section| section.offset == offset && offset < len);
    // Without our section in its chain the upload is another document behind our bytes.
    let Some(section) = section else { return Err(NotExtension::Changes(Vec::new())) };
    let changes: Vec<Change> =
        difference::analyse(&mut file, section, &[(section, len)]).into_iter().flatten().collect();
    let accepted = |change: &Change| {
        matches!(
            change,
            Change::LongTermData
                | Change::TimeStamp { .. }
                | Change::Signature { .. }
                | Change::Metadata
                | Change::Unused { .. }
        )
    };
    if !changes.iter().all(accepted) {
        return Err(NotExtension::Changes(changes));
    }
    let reading = read_file(&mut file)?;
    if let Some(defective) = reading.signatures.iter().find(|signed| signed.range.is_none()) {
        return Err(NotExtension::Defective(defective.field.clone()));
    }
    let is_new = |signed: &&Signed| signed.range.is_some_and(|range| range.end > len);
    let added: Vec<Signed> = reading.signatures.iter().filter(is_new).cloned().collect();
    if !added.iter().any(|signed| signed.sub_filter != super::SubFilter::TimeStamp) {
        return Err(NotExtension::NoSignature);
    }
    match added.iter().find(|signed| !signed.is_sound()) {
        Some(defective) => Err(NotExtension::Defective(defective.field.clone())),
        None => Ok(Extension { added, changes, reading }),
    }
}

/// Length of the original, when the upload begins with all of it.
fn same_start<A: Read + Seek, B: Read + Seek>(original: &mut A, uploaded: &mut B) -> Result<u64, NotExtension> {
    let read = |error: std::io::Error| NotExtension::Unreadable(Error::Read(error));
    let len = original.seek(SeekFrom::End(0)).map_err(read)?;
    let uploaded_len = uploaded.seek(SeekFrom::End(0)).map_err(read)?;
    if uploaded_len < len {
        return Err(NotExtension::OtherBytes(uploaded_len));
    }
    original.rewind().map_err(read)?;
    uploaded.rewind().map_err(read)?;
    let (mut ours, mut theirs) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut at = 0;
    while at < len {
        let piece = (len - at).min(ours.len() as u64) as usize;
        original.read_exact(&mut ours[..piece]).map_err(read)?;
        uploaded.read_exact(&mut theirs[..piece]).map_err(read)?;
        if let Some(different) = ours[..piece].iter().zip(&theirs[..piece]).position(|(a, b)| a != b) {
            return Err(NotExtension::OtherBytes(at + different as u64));
        }
        at += piece as u64;
    }
    if uploaded_len == len { Err(NotExtension::NoSignature) } else { Ok(len) }
}
