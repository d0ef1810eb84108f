//! What a report's terms are called in both languages.

use crate::algorithms::AlgorithmVerdict;
use crate::certificate::HolderKind;
use crate::legal::LegalStanding;
use crate::path::TrustKind;
use crate::report::{Format, Integrity, Level, TimeProof, Verdict};
use base::Text;

/// A term that people read.
pub trait Words {
    /// Its name in both languages.
    fn words(&self) -> Text;
}

macro_rules! words {
    ($($kind:ty { $($term:ident => $vi:literal, $en:literal;)* })*) => {
        $(impl Words for $kind {
            fn words(&self) -> Text {
                match self { $(Self::$term => Text::fixed($vi, $en),)* }
            }
        })*
    };
}

words! {
    Verdict {
        Valid => "Hợp lệ", "Valid";
        Indeterminate => "Chưa xác định được", "Cannot be told";
        Invalid => "Không hợp lệ", "Not valid";
    }
    HolderKind {
        Person => "Cá nhân", "Person";
        Organisation => "Cơ quan, tổ chức", "Agency or organisation";
        Unknown => "Chứng thư không ghi rõ", "The certificate does not say";
    }
    TrustKind {
        Government => "Chuyên dùng công vụ (Ban Cơ yếu Chính phủ)", "Official duty (Government)";
        Public => "Công cộng", "Public";
        Specialised => "Chuyên dùng của tổ chức", "Specialised";
        Foreign => "Nước ngoài được công nhận", "Recognised foreign";
        Own => "Máy chủ này cấp", "Issued by this server";
        Peer => "Máy chủ đã giới thiệu", "An introduced server";
        Test => "Thử nghiệm", "Test";
    }
    Format {
        Cms => "CMS", "CMS";
        Cades => "CAdES", "CAdES";
        Pdf => "PDF (không theo PAdES)", "PDF (not PAdES)";
        Pades => "PAdES", "PAdES";
        Xmldsig => "XMLDSIG", "XMLDSIG";
        Xades => "XAdES", "XAdES";
        TimeStamp => "Dấu thời gian", "Time-stamp";
    }
    Level {
        None => "dưới mức cơ bản", "below basic";
        BB => "cơ bản (B-B)", "basic (B-B)";
        BT => "có dấu thời gian (B-T)", "with a time-stamp (B-T)";
        BLt => "kiểm tra được lâu dài (B-LT)", "long-term (B-LT)";
        BLta => "lưu trữ lâu dài (B-LTA)", "long-term archive (B-LTA)";
    }
    Integrity {
        Intact => "Nội dung nguyên vẹn", "The content is intact";
        Broken => "Nội dung đã bị thay đổi", "The content was changed";
        Unknown => "Không xác định được nội dung có nguyên vẹn không", "Whether the content is intact cannot be told";
    }
    TimeProof {
        TimeStamp => "theo dấu thời gian", "by a time-stamp";
        Existence => "theo bằng chứng bên ngoài", "by a proof from outside";
        None => "chưa được chứng minh", "not proven";
    }
    LegalStanding {
        Original => "Bản gốc", "Original";
        Signed => "Đã ký số", "Signed";
        ForInformation => "Để biết, tham khảo", "For information only";
    }
    AlgorithmVerdict {
        Accepted => "đạt yêu cầu", "accepted";
        Weak => "đã yếu", "weak";
        Refused => "không được dùng", "refused";
    }
}
