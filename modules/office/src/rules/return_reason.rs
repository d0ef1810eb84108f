//! Why an arrival is returned: the reasons that follow from the text and from practice (QĐ 28/2018/QĐ-TTg, Điều 5, 9).

/// A reason of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnReason {
    /// Stable word in the ledger and in the API.
    pub code: &'static str,
    /// What the sender reads.
    pub vi: &'static str,
    /// The same in English, for our own pages.
    pub en: &'static str,
}

/// Own words only.
pub const OTHER: &str = "other";

/// The list, the most usual first.
pub const ALL: &[ReturnReason] = &[
    ReturnReason { code: "wrong_recipient", vi: "Gửi nhầm nơi nhận.", en: "Sent to the wrong recipient." },
    ReturnReason {
        code: "attachment",
        vi: "Thiếu tệp đính kèm hoặc tệp không đọc được.",
        en: "An attachment is missing or cannot be read.",
    },
    ReturnReason {
        code: "signature",
        vi: "Chữ ký số thiếu hoặc không hợp lệ.",
        en: "A signature is missing or not valid.",
    },
    ReturnReason {
        code: "altered",
        vi: "Nội dung bị thay đổi sau khi ký.",
        en: "The content was altered after signing.",
    },
    ReturnReason {
        code: "form",
        vi: "Sai thể thức hoặc thiếu thông tin bắt buộc.",
        en: "The form is wrong or required data is missing.",
    },
    ReturnReason { code: "secret", vi: "Có nội dung bí mật nhà nước.", en: "It holds state secrets." },
    ReturnReason { code: "duplicate", vi: "Trùng với văn bản đã nhận.", en: "It was received before." },
    ReturnReason { code: OTHER, vi: "Lý do khác", en: "Another reason" },
];

/// The reason with this code.
pub fn by_code(code: &str) -> Option<ReturnReason> {
    ALL.iter().copied().find(|reason| reason.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_own_code() {
        for reason in ALL {
            assert_eq!(by_code(reason.code), Some(*reason));
        }
        assert_eq!(by_code("bored"), None);
    }
}
