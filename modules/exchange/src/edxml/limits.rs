//! How much of anything a message may hold: every bound that keeps memory flat, in one place.

/// Bounds of the reader. The defaults take every message met in practice and a gigabyte of attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole message as sent.
    pub message_bytes: u64,
    /// Depth of nesting.
    pub depth: usize,
    /// Elements in the whole message.
    pub elements: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
    /// Bytes of one name.
    pub name_bytes: usize,
    /// Bytes of one tag from `<` to `>`, attributes included.
    pub tag_bytes: usize,
    /// Bytes of text in one element (attachment contents apart).
    pub text_bytes: usize,
    /// Bytes of text, names and attribute values together (attachment contents apart).
    pub header_bytes: usize,
    /// Number of attachments.
    pub attachments: usize,
    /// Bytes of one attachment, unwrapped.
    pub attachment_bytes: u64,
    /// Bytes of all attachments together, unwrapped.
    pub attachments_bytes: u64,
    /// Highest ratio of plain to compressed bytes in a ZIP, looked at beyond [`zip_ratio_from`](Limits::zip_ratio_from).
    pub zip_ratio: u64,
    /// Plain bytes from which the ratio counts (short repetitive texts compress very well).
    pub zip_ratio_from: u64,
    /// Bytes of a wrapped attachment that are held in memory before a temporary file takes over.
    pub spool_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 4 << 30,
            depth: 32,
            elements: 50_000,
            attributes: 32,
            name_bytes: 256,
            tag_bytes: 64 << 10,
            text_bytes: 1 << 20,
            header_bytes: 4 << 20,
            attachments: 256,
            attachment_bytes: 1 << 30,
            attachments_bytes: 2 << 30,
            zip_ratio: 250,
            zip_ratio_from: 8 << 20,
            spool_memory: 512 << 10,
        }
    }
}
