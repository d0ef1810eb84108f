//! Delivery statuses (trạng thái liên thông) and the order in which they may follow one another.
//!
//! Codes are those of the edXML status message (QCVN 102:2016/BTTTT with Sửa đổi 1:2022); the states are named by
//! QĐ 28/2018/QĐ-TTg, Điều 10 khoản 2. Codes 07–12 and 14 have no published meaning: they are kept and shown raw.

use crate::refusals;
use base::{Lang, Refusal, Text, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The code of a delivery status exactly as it was on the wire, two digits in every package met so far.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusCode(String);

/// Longest description that may accompany a status, in characters.
pub const DESCRIPTION_MAX: usize = 1000;

/// Which of the two independent stories a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    /// 01 … 06: the way of the document through the receiving agency.
    Progress,
    /// 13, 15, 16: the sender's wish to take it back, and the answer.
    TakeBack,
    /// A code without a published meaning.
    Unknown,
}

/// What `submit`, `accept` and the office say when they report.
impl StatusCode {
    /// Đã đến: it reached the agency's system.
    pub const ARRIVED: &'static str = "01";
    /// Từ chối tiếp nhận: refused, with a reason.
    pub const REFUSED: &'static str = "02";
    /// Đã tiếp nhận: registered in the incoming book.
    pub const REGISTERED: &'static str = "03";
    /// Phân công: assigned.
    pub const ASSIGNED: &'static str = "04";
    /// Đang xử lý: in process.
    pub const IN_PROCESS: &'static str = "05";
    /// Hoàn thành: done.
    pub const DONE: &'static str = "06";
    /// Lấy lại: the sender asks for it back.
    pub const TAKE_BACK: &'static str = "13";
    /// Đồng ý lấy lại hoặc cập nhật.
    pub const TAKE_BACK_AGREED: &'static str = "15";
    /// Từ chối lấy lại hoặc cập nhật, with a reason.
    pub const TAKE_BACK_REFUSED: &'static str = "16";

    /// A code as it was written; empty or longer than 16 characters is not one.
    pub fn new(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        (!raw.is_empty() && raw.len() <= 16 && raw.chars().all(|c| c.is_ascii_alphanumeric()))
            .then(|| Self(raw.to_owned()))
    }

    /// A known code.
    pub fn known(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    /// The raw code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its place on the progress track, 1 to 6.
    pub fn rank(&self) -> Option<i64> {
        match self.0.as_str() {
            "01" => Some(1),
            "02" => Some(2),
            "03" => Some(3),
            "04" => Some(4),
            "05" => Some(5),
            "06" => Some(6),
            _ => None,
        }
    }

    /// The story it belongs to.
    pub fn track(&self) -> Track {
        match self.0.as_str() {
            "13" | "15" | "16" => Track::TakeBack,
            _ if self.rank().is_some() => Track::Progress,
            _ => Track::Unknown,
        }
    }

    /// Whether a reason must be given (02 and 16).
    pub fn needs_reason(&self) -> bool {
        matches!(self.0.as_str(), "02" | "16")
    }

    /// Its name as shown on the delivery board; an unknown code is shown raw, never as “arrived”.
    pub fn label(&self) -> Text {
        match self.0.as_str() {
            "01" => Text::fixed("Đã đến", "Arrived"),
            "02" => Text::fixed("Từ chối tiếp nhận", "Refused"),
            "03" => Text::fixed("Đã tiếp nhận", "Accepted"),
            "04" => Text::fixed("Đã phân công", "Assigned"),
            "05" => Text::fixed("Đang xử lý", "In process"),
            "06" => Text::fixed("Hoàn thành", "Completed"),
            "13" => Text::fixed("Yêu cầu lấy lại", "Take-back requested"),
            "15" => Text::fixed("Đồng ý lấy lại, cập nhật", "Take-back or update agreed"),
            "16" => Text::fixed("Từ chối lấy lại, cập nhật", "Take-back or update refused"),
            raw => Text::new(format!("Mã trạng thái {raw}"), format!("Status code {raw}")),
        }
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of one delivery's statuses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The furthest code of the progress track, or the latest unknown code when nothing else came.
    pub furthest: Option<StatusCode>,
    /// The latest code of the take-back track.
    pub take_back: Option<StatusCode>,
}

/// One recorded event, reduced to what decides the display.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its code.
    pub code: StatusCode,
    /// When the reporter says it happened.
    pub at: Timestamp,
}

/// What stands on the board after all `events`, in whatever order they came: the highest rank, then the latest time.
///
/// The take-back track is a conversation, so there the latest time wins.
pub fn progress(events: &[Event]) -> Progress {
    let furthest = events
        .iter()
        .filter(|e| e.code.track() != Track::TakeBack)
        .max_by_key(|e| (e.code.rank().unwrap_or(0), e.at))
        .map(|e| e.code.clone());
    let take_back = events
        .iter()
        .filter(|e| e.code.track() == Track::TakeBack)
        .max_by_key(|e| (e.at, e.code.0.clone()))
        .map(|e| e.code.clone());
    Progress { furthest, take_back }
}

/// Whether `next` may be reported now by an agency of this server.
///
/// Messages from outside are never turned away by this rule (see [`progress`]); it keeps *our* side from saying what
/// makes no sense. `operation_pending`: a recall, update or replacement of the document waits for an answer.
pub fn may_report(
    now: &Progress,
    next: &StatusCode,
    description: &str,
    operation_pending: bool,
) -> Result<(), Refusal> {
    if next.needs_reason() && description.trim().is_empty() {
        return Err(Refusal::new(&refusals::STATUS_REASON_MISSING).with("code", next).field(
            "description",
            Text::fixed("Nêu lý do, tối đa 1.000 ký tự.", "Give the reason, at most 1,000 characters."),
        ));
    }
    if description.chars().count() > DESCRIPTION_MAX {
        return Err(Refusal::new(&refusals::STATUS_DESCRIPTION_TOO_LONG)
            .field("description", Text::fixed("Tối đa 1.000 ký tự.", "At most 1,000 characters.")));
    }
    let illegal = || {
        let standing = now.furthest.as_ref().map_or("—", StatusCode::as_str).to_owned();
        Err(Refusal::new(&refusals::STATUS_OUT_OF_ORDER).with("from", standing).with("to", next))
    };
    let reached = now.furthest.as_ref().and_then(StatusCode::rank).unwrap_or(0);
    match next.as_str() {
        StatusCode::TAKE_BACK => {
            if now.furthest.as_ref().is_some_and(|c| c.as_str() == StatusCode::REFUSED) {
                illegal()
            } else {
                Ok(())
            }
        }
        StatusCode::TAKE_BACK_AGREED | StatusCode::TAKE_BACK_REFUSED => {
            let asked = now.take_back.as_ref().is_some_and(|c| c.as_str() == StatusCode::TAKE_BACK);
            if asked || operation_pending { Ok(()) } else { illegal() }
        }
        StatusCode::REFUSED => {
            if reached <= 1 {
                Ok(())
            } else {
                illegal()
            }
        }
        _ => match next.rank() {
            // 02 and 06 end the story; otherwise any step forward, also over some (03 → 06 is common).
            Some(rank) if rank > reached && reached != 2 && reached != 6 => Ok(()),
            _ => illegal(),
        },
    }
}

/// The shape of one step of the delivery board's track, for screens.
pub fn short(code: Option<&StatusCode>, lang: Lang) -> String {
    code.map_or_else(|| lang.t("Chưa có phản hồi", "No answer yet").to_owned(), |c| c.label().get(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> StatusCode {
        StatusCode::new(raw).expect("a code")
    }

    fn at(raw: &str, micros: i64) -> Event {
        Event { code: code(raw), at: Timestamp::from_micros(micros) }
    }

    fn standing(furthest: Option<&str>, take_back: Option<&str>) -> Progress {
        Progress { furthest: furthest.map(code), take_back: take_back.map(code) }
    }

    #[test]
    fn every_pair_of_the_progress_track() {
        // Rows: what stands; columns: what may follow (spec: jumps forward allowed, never back, 02 and 06 terminal).
        let table: [(Option<&str>, &[&str]); 7] = [
            (None, &["01", "02", "03", "04", "05", "06"]),
            (Some("01"), &["02", "03", "04", "05", "06"]),
            (Some("02"), &[]),
            (Some("03"), &["04", "05", "06"]),
            (Some("04"), &["05", "06"]),
            (Some("05"), &["06"]),
            (Some("06"), &[]),
        ];
        for (from, allowed) in table {
            for next in ["01", "02", "03", "04", "05", "06"] {
                let answer = may_report(&standing(from, None), &code(next), "lý do", false);
                assert_eq!(answer.is_ok(), allowed.contains(&next), "{from:?} → {next}");
            }
        }
    }

    #[test]
    fn refusing_needs_a_reason_and_a_short_one() {
        let blank = may_report(&standing(Some("01"), None), &code("02"), "  ", false).expect_err("refused");
        assert_eq!(blank.code.code, "exchange.status.reason-missing");
        let long = "ă".repeat(DESCRIPTION_MAX + 1);
        let refusal = may_report(&standing(Some("01"), None), &code("02"), &long, false).expect_err("refused");
        assert_eq!(refusal.code.code, "exchange.status.description-too-long");
        assert!(may_report(&standing(Some("01"), None), &code("02"), &"ă".repeat(DESCRIPTION_MAX), false).is_ok());
    }

    #[test]
    fn taking_back_runs_beside_the_progress() {
        assert!(may_report(&standing(Some("06"), None), &code("13"), "", false).is_ok());
        assert!(may_report(&standing(Some("02"), None), &code("13"), "", false).is_err());
        assert!(may_report(&standing(Some("06"), Some("13")), &code("15"), "", false).is_ok());
        assert!(may_report(&standing(Some("06"), None), &code("15"), "", true).is_ok());
        assert!(may_report(&standing(Some("03"), None), &code("15"), "", false).is_err());
        assert!(may_report(&standing(Some("03"), Some("13")), &code("16"), "", false).is_err());
    }

    #[test]
    fn late_messages_do_not_move_the_board_back() {
        let shown = progress(&[at("05", 50), at("01", 90), at("03", 70), at("99", 99)]);
        assert_eq!(shown.furthest, Some(code("05")));
        assert_eq!(progress(&[at("09", 1), at("14", 2)]).furthest, Some(code("14")), "unknown codes stay raw");
        assert_eq!(progress(&[at("13", 1), at("15", 2), at("01", 3)]).take_back, Some(code("15")));
        assert_eq!(progress(&[]), Progress::default());
    }

    #[test]
    fn unknown_codes_are_never_shown_as_arrived() {
        assert_eq!(code("09").label().get(Lang::Vi), "Mã trạng thái 09");
        assert_eq!(StatusCode::new(" 03 "), Some(code("03")));
        assert_eq!(StatusCode::new(""), None);
        assert_eq!(StatusCode::new("<b>"), None);
    }
}
