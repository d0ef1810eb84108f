//! The life of an outgoing document: which verb is allowed in which state, and where it leads (NĐ 30/2020/NĐ-CP, Điều 10–19).

use super::route::Step;
use crate::refusals;
use base::Refusal;
use serde::{Deserialize, Serialize};

/// How far an outgoing document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Dự thảo: with its drafter.
    Draft,
    /// Đang lấy ý kiến: with the head of the drafting unit and whoever is consulted.
    Consulting,
    /// Đã duyệt nội dung.
    ContentOk,
    /// Đã kiểm tra thể thức.
    FormatOk,
    /// Chờ ký: approved for signature, a signing request waits.
    AwaitingSignature,
    /// Đã ký.
    Signed,
    /// Đã cấp số.
    Numbered,
    /// Đã ký số cơ quan.
    Sealed,
    /// Đã phát hành.
    Issued,
    /// Đã vào hồ sơ.
    Stored,
    /// Trả lại người soạn.
    SentBack,
    /// Đã hủy: stays in sight with its number.
    Voided,
    /// Đóng băng sau thu hồi (Phụ lục VI, phần I, III.8a).
    Frozen,
}

impl State {
    /// All states in the order of the road.
    pub const ALL: [Self; 13] = [
        Self::Draft,
        Self::Consulting,
        Self::ContentOk,
        Self::FormatOk,
        Self::AwaitingSignature,
        Self::Signed,
        Self::Numbered,
        Self::Sealed,
        Self::Issued,
        Self::Stored,
        Self::SentBack,
        Self::Voided,
        Self::Frozen,
    ];

    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Consulting => "consulting",
            Self::ContentOk => "content_ok",
            Self::FormatOk => "format_ok",
            Self::AwaitingSignature => "awaiting_signature",
            Self::Signed => "signed",
            Self::Numbered => "numbered",
            Self::Sealed => "sealed",
            Self::Issued => "issued",
            Self::Stored => "stored",
            Self::SentBack => "sent_back",
            Self::Voided => "voided",
            Self::Frozen => "frozen",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The word on the page, Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("Dự thảo", "Draft"),
            Self::Consulting => ("Chờ duyệt nội dung", "Content under review"),
            Self::ContentOk => ("Chờ kiểm tra thể thức", "Awaiting form check"),
            Self::FormatOk => ("Chờ trình ký", "Ready for signature"),
            Self::AwaitingSignature => ("Chờ ký", "Awaiting signature"),
            Self::Signed => ("Đã ký, chờ cấp số", "Signed, awaiting number"),
            Self::Numbered => ("Đã cấp số, chờ ký số cơ quan", "Numbered, awaiting seal"),
            Self::Sealed => ("Chờ phát hành", "Awaiting issue"),
            Self::Issued => ("Đã phát hành", "Issued"),
            Self::Stored => ("Đã vào hồ sơ", "Filed"),
            Self::SentBack => ("Bị trả lại", "Sent back"),
            Self::Voided => ("Đã hủy", "Voided"),
            Self::Frozen => ("Đã thu hồi", "Recalled"),
        }
    }

    /// Whether the drafter may still change content, files and recipients in place.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::SentBack)
    }
}

/// What somebody wants to do with an outgoing document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Change content, files or recipients.
    Revise,
    /// Hand the draft to the head of the unit.
    SubmitForContent,
    /// Give an opinion while the draft is being discussed.
    Opine,
    /// Approve the content.
    ApproveContent,
    /// Confirm form and procedure.
    CheckFormat,
    /// Put before the person who signs.
    RequestSignature,
    /// Take the signing request back.
    CancelRequest,
    /// Sign.
    Sign,
    /// Give number and date.
    Number,
    /// Apply the agency's signature.
    Seal,
    /// Send out.
    Issue,
    /// Put into a dossier.
    Store,
    /// Give back to the drafter with a reason.
    SendBack,
    /// Void in sight, with a reason.
    Void,
    /// Freeze after a recall.
    Freeze,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 15] = [
        Self::Revise,
        Self::SubmitForContent,
        Self::Opine,
        Self::ApproveContent,
        Self::CheckFormat,
        Self::RequestSignature,
        Self::CancelRequest,
        Self::Sign,
        Self::Number,
        Self::Seal,
        Self::Issue,
        Self::Store,
        Self::SendBack,
        Self::Void,
        Self::Freeze,
    ];

    /// The word in Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Revise => ("sửa", "change"),
            Self::SubmitForContent => ("trình nội dung", "submit"),
            Self::Opine => ("góp ý", "give an opinion on"),
            Self::ApproveContent => ("duyệt nội dung", "approve the content of"),
            Self::CheckFormat => ("xác nhận thể thức", "confirm the form of"),
            Self::RequestSignature => ("trình ký", "put up for signature"),
            Self::CancelRequest => ("rút trình ký", "withdraw from signature"),
            Self::Sign => ("ký", "sign"),
            Self::Number => ("cấp số", "number"),
            Self::Seal => ("ký số cơ quan", "seal"),
            Self::Issue => ("phát hành", "issue"),
            Self::Store => ("đưa vào hồ sơ", "file"),
            Self::SendBack => ("trả lại", "send back"),
            Self::Void => ("hủy", "void"),
            Self::Freeze => ("đóng băng", "freeze"),
        }
    }

    /// The step of the route whose performer may do this; `None` where the use case decides (drafter, requester).
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::ApproveContent => Some(Step::Content),
            Self::CheckFormat => Some(Step::Format),
            Self::Sign => Some(Step::Sign),
            Self::Number => Some(Step::Number),
            Self::Seal => Some(Step::Seal),
            Self::Issue => Some(Step::Issue),
            _ => None,
        }
    }
}

/// Where the verb leads from this state, or why it may not be done now.
///
/// Any change after an approval goes back to the start, because whoever approved did so for other words (Điều 11).
pub fn next(state: State, verb: Verb) -> Result<State, Refusal> {
    use State as S;
    use Verb as V;
    let to = match (state, verb) {
        (S::Draft | S::SentBack | S::Consulting | S::ContentOk | S::FormatOk | S::AwaitingSignature, V::Revise) => {
            S::Draft
        }
        (S::Draft | S::SentBack, V::SubmitForContent) => S::Consulting,
        (S::Consulting | S::ContentOk | S::FormatOk | S::AwaitingSignature, V::Opine) => state,
        (S::Consulting, V::ApproveContent) => S::ContentOk,
        (S::ContentOk, V::CheckFormat) => S::FormatOk,
        (S::FormatOk, V::RequestSignature) => S::AwaitingSignature,
        (S::AwaitingSignature, V::CancelRequest) => S::FormatOk,
        (S::AwaitingSignature, V::Sign) => S::Signed,
        (S::Signed, V::Number) => S::Numbered,
        (S::Numbered, V::Seal) => S::Sealed,
        (S::Sealed, V::Issue) => S::Issued,
        (S::Issued, V::Store) => S::Stored,
        (S::Consulting | S::ContentOk | S::FormatOk | S::AwaitingSignature | S::Signed, V::SendBack) => S::SentBack,
        (S::Draft | S::SentBack | S::Numbered | S::Sealed, V::Void) => S::Voided,
        (S::Issued | S::Stored, V::Freeze) => S::Frozen,
        (_, V::Seal) if !is_signed(state) && state != S::Voided => {
            return Err(Refusal::new(&refusals::SEAL_BEFORE_SIGNATURE));
        }
        (S::Signed, V::Seal) => return Err(Refusal::new(&refusals::SEAL_BEFORE_NUMBER)),
        _ => {
            return Err(Refusal::new(&refusals::OUTGOING_STATE)
                .with("verb_vi", verb.label().0)
                .with("verb_en", verb.label().1)
                .with("state_vi", state.label().0)
                .with("state_en", state.label().1));
        }
    };
    Ok(to)
}

/// Whether the competent person's signature stands on the document in this state.
pub const fn is_signed(state: State) -> bool {
    matches!(state, State::Signed | State::Numbered | State::Sealed | State::Issued | State::Stored | State::Frozen)
}

/// Whether the document carries a number in this state.
pub const fn is_numbered(state: State) -> bool {
    matches!(state, State::Numbered | State::Sealed | State::Issued | State::Stored | State::Frozen)
}

/// What the law demands before a signed document gets number and seal, whatever the route says.
pub fn may_seal(signed: bool, numbered: bool) -> Result<(), Refusal> {
    if !signed {
        return Err(Refusal::new(&refusals::SEAL_BEFORE_SIGNATURE));
    }
    if !numbered {
        return Err(Refusal::new(&refusals::SEAL_BEFORE_NUMBER));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_straight_road() {
        use Verb::*;
        let mut state = State::Draft;
        for verb in [SubmitForContent, ApproveContent, CheckFormat, RequestSignature, Sign, Number, Seal, Issue, Store]
        {
            state = next(state, verb).unwrap();
        }
        assert_eq!(state, State::Stored);
    }

    #[test]
    fn a_change_after_approval_goes_back() {
        for state in [State::ContentOk, State::FormatOk, State::AwaitingSignature] {
            assert_eq!(next(state, Verb::Revise).unwrap(), State::Draft);
        }
        assert!(next(State::Signed, Verb::Revise).is_err());
        assert_eq!(next(State::Signed, Verb::SendBack).unwrap(), State::SentBack);
    }

    #[test]
    fn a_number_once_given_is_voided_in_sight() {
        assert_eq!(next(State::Numbered, Verb::Void).unwrap(), State::Voided);
        assert!(next(State::Numbered, Verb::SendBack).is_err());
        assert!(next(State::Issued, Verb::Void).is_err());
    }

    #[test]
    fn the_refusal_cites_the_seal_rule() {
        let refused = next(State::AwaitingSignature, Verb::Seal).unwrap_err();
        assert_eq!(refused.code.code, "office.outgoing.seal-before-signature");
        assert_eq!(refused.basis().unwrap().article, "Điều 32 khoản 2");
    }

    #[test]
    fn codes_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(state));
        }
    }

    proptest! {
        /// Whatever people try, a sealed document was signed and numbered, and an issued one was sealed.
        #[test]
        fn no_way_around_the_signature(verbs in proptest::collection::vec(0..Verb::ALL.len(), 0..60)) {
            let (mut state, mut signed, mut numbered, mut sealed) = (State::Draft, false, false, false);
            for verb in verbs.into_iter().map(|i| Verb::ALL[i]) {
                let Ok(to) = next(state, verb) else { continue };
                match verb {
                    Verb::Sign => signed = true,
                    Verb::Number => numbered = true,
                    Verb::Seal => { prop_assert!(may_seal(signed, numbered).is_ok()); sealed = true; }
                    Verb::Issue => prop_assert!(sealed),
                    Verb::SendBack => signed = false,
                    _ => {}
                }
                state = to;
                prop_assert_eq!(is_signed(state) && state != State::Frozen, signed && !matches!(state, State::Voided | State::Frozen));
            }
        }
    }
}
