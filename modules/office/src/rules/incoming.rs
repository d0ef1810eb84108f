//! The life of an incoming document: which verb is allowed in which state, by whom, and which status the sender hears.

use super::actor::Acting;
use super::route::{Route, Step};
use crate::refusals;
use base::Refusal;
use serde::{Deserialize, Serialize};

/// How far an incoming document has come (NĐ 30/2020/NĐ-CP, Điều 20–24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Mới đến, chưa đăng ký.
    Arrived,
    /// Đã đăng ký: creates the duty to process (Điều 22 khoản 1).
    Registered,
    /// Đã trình: waits for the leader's directive.
    Submitted,
    /// Đã có ý kiến chỉ đạo, đã phân công.
    Directed,
    /// Đang xử lý.
    InProcess,
    /// Hoàn thành.
    Done,
    /// Đã trả lại nơi gửi.
    Returned,
    /// Đã thu hồi: only the tombstone is left (Điều 18 khoản 4).
    Recalled,
}

impl State {
    /// All states in the order of the road.
    pub const ALL: [Self; 8] = [
        Self::Arrived,
        Self::Registered,
        Self::Submitted,
        Self::Directed,
        Self::InProcess,
        Self::Done,
        Self::Returned,
        Self::Recalled,
    ];

    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Registered => "registered",
            Self::Submitted => "submitted",
            Self::Directed => "directed",
            Self::InProcess => "in_process",
            Self::Done => "done",
            Self::Returned => "returned",
            Self::Recalled => "recalled",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The word on the page, Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Arrived => ("Chờ đăng ký", "Awaiting registration"),
            Self::Registered => ("Đã đăng ký, chờ trình", "Registered, to be submitted"),
            Self::Submitted => ("Chờ ý kiến", "Awaiting directive"),
            Self::Directed => ("Đã phân công", "Assigned"),
            Self::InProcess => ("Đang xử lý", "In process"),
            Self::Done => ("Hoàn thành", "Done"),
            Self::Returned => ("Đã trả lại", "Returned"),
            Self::Recalled => ("Đã thu hồi", "Recalled"),
        }
    }

    /// The status code that the sender is told on reaching this state (edXML status message).
    pub const fn status_code(self) -> Option<&'static str> {
        match self {
            Self::Arrived => Some("01"),
            Self::Returned => Some("02"),
            Self::Registered => Some("03"),
            Self::Directed => Some("04"),
            Self::InProcess => Some("05"),
            Self::Done => Some("06"),
            Self::Submitted | Self::Recalled => None,
        }
    }
}

/// What somebody wants to do with an incoming document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Enter into the register.
    Register,
    /// Give back to the sender, with a reason.
    Return,
    /// Put before the leader.
    Submit,
    /// Give the directive, or replace it.
    Direct,
    /// Hand on within a unit.
    Assign,
    /// Begin work.
    Start,
    /// Report progress or give an opinion.
    Report,
    /// Finish.
    Complete,
    /// Open again what was finished.
    Reopen,
    /// Destroy on the issuer's recall.
    Recall,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 10] = [
        Self::Register,
        Self::Return,
        Self::Submit,
        Self::Direct,
        Self::Assign,
        Self::Start,
        Self::Report,
        Self::Complete,
        Self::Reopen,
        Self::Recall,
    ];

    /// The word in Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Register => ("đăng ký", "register"),
            Self::Return => ("trả lại", "return"),
            Self::Submit => ("trình", "submit"),
            Self::Direct => ("cho ý kiến chỉ đạo", "direct"),
            Self::Assign => ("giao việc", "assign"),
            Self::Start => ("bắt đầu xử lý", "start work on"),
            Self::Report => ("báo cáo tiến độ", "report on"),
            Self::Complete => ("hoàn thành", "complete"),
            Self::Reopen => ("mở lại", "reopen"),
            Self::Recall => ("thu hồi", "recall"),
        }
    }
}

/// Where the verb leads from this state, or why it may not be done now.
///
/// A registered document may be passed straight to the responsible unit where a rule says so (Điều 23 khoản 1), and a
/// short matter may be finished without a separate start: the status codes 03 → 04 → 05 → 06 allow jumps forward.
pub fn next(state: State, verb: Verb) -> Result<State, Refusal> {
    use State as S;
    use Verb as V;
    let to = match (state, verb) {
        (S::Arrived, V::Register) => S::Registered,
        (S::Arrived, V::Return) => S::Returned,
        // The chief of office puts before the leader what the clerk put before him.
        (S::Registered | S::Submitted, V::Submit) => S::Submitted,
        (S::Registered | S::Submitted | S::Directed | S::InProcess, V::Direct) => match state {
            // A later directive adds to work that has begun; it does not undo it.
            S::InProcess => S::InProcess,
            _ => S::Directed,
        },
        (S::Directed | S::InProcess, V::Assign) => state,
        // Another processor may begin while the first is at work.
        (S::Directed | S::InProcess, V::Start) => S::InProcess,
        (S::Directed | S::InProcess, V::Report) => S::InProcess,
        (S::Directed | S::InProcess, V::Complete) => S::Done,
        (S::Done, V::Reopen) => S::InProcess,
        (S::Arrived | S::Registered | S::Submitted | S::Directed | S::InProcess | S::Done, V::Recall) => S::Recalled,
        (S::Registered | S::Submitted | S::Directed | S::InProcess | S::Done, V::Register) => {
            return Err(Refusal::new(&refusals::ALREADY_REGISTERED));
        }
        (S::Recalled, _) => return Err(Refusal::new(&refusals::INCOMING_RECALLED)),
        (S::Arrived, V::Submit | V::Direct | V::Assign | V::Start | V::Report | V::Complete) => {
            return Err(Refusal::new(&refusals::NOT_REGISTERED));
        }
        _ => {
            return Err(Refusal::new(&refusals::INCOMING_STATE)
                .with("verb_vi", verb.label().0)
                .with("verb_en", verb.label().1)
                .with("state_vi", state.label().0)
                .with("state_en", state.label().1));
        }
    };
    Ok(to)
}

/// What the person is to the document at hand, beside the duties of the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Assigned in person, or member of a unit that is assigned as a whole (lead or support).
    pub assigned: bool,
    /// Assigned as the lead (chủ trì).
    pub leads: bool,
    /// Head of a unit that is assigned.
    pub heads_assigned_unit: bool,
}

/// Whether this person may do it, whatever the state.
pub fn permit(route: &Route, verb: Verb, actor: &Acting, standing: Standing) -> Result<(), Refusal> {
    match verb {
        Verb::Register | Verb::Return => route.permit(Step::Register, actor),
        Verb::Submit => route.permit(Step::Register, actor).or_else(|_| route.permit(Step::Triage, actor)),
        Verb::Direct => route.permit(Step::Direct, actor).or_else(|refused| {
            // By rule the clerk or the chief may pass a document straight to the responsible unit (Điều 23 khoản 1).
            route.permit(Step::Triage, actor).map_err(|_| refused)
        }),
        Verb::Assign if standing.heads_assigned_unit => Ok(()),
        Verb::Assign => route.permit(Step::Assign, actor),
        Verb::Start | Verb::Report if standing.assigned => Ok(()),
        Verb::Complete | Verb::Reopen if standing.leads => Ok(()),
        Verb::Start | Verb::Report => Err(Refusal::new(&refusals::NOT_ASSIGNED)),
        Verb::Complete | Verb::Reopen => {
            route.permit(Step::Direct, actor).map_err(|_| Refusal::new(&refusals::NOT_LEAD))
        }
        // Only the exchange tells of a recall; no person does this by hand.
        Verb::Recall => Err(Refusal::new(&refusals::RECALL_BY_HAND)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::actor::Duty;
    use proptest::prelude::*;

    #[test]
    fn the_straight_road_and_what_the_sender_hears() {
        let mut state = State::Arrived;
        let mut heard = vec![state.status_code().unwrap()];
        for verb in [Verb::Register, Verb::Submit, Verb::Direct, Verb::Start, Verb::Complete] {
            state = next(state, verb).unwrap();
            heard.extend(state.status_code());
        }
        assert_eq!(heard, ["01", "03", "04", "05", "06"]);
    }

    #[test]
    fn nothing_is_processed_unregistered() {
        assert_eq!(next(State::Arrived, Verb::Direct).unwrap_err().code.code, "office.incoming.not-registered");
        assert_eq!(
            next(State::Registered, Verb::Register).unwrap_err().code.code,
            "office.incoming.already-registered"
        );
        assert_eq!(next(State::Registered, Verb::Return).unwrap_err().code.code, "office.incoming.state");
    }

    #[test]
    fn what_waits_may_be_put_before_somebody_else() {
        assert_eq!(next(State::Submitted, Verb::Submit).unwrap(), State::Submitted);
        assert!(next(State::Directed, Verb::Submit).is_err());
    }

    #[test]
    fn a_later_directive_does_not_undo_work() {
        assert_eq!(next(State::InProcess, Verb::Direct).unwrap(), State::InProcess);
        assert_eq!(next(State::Submitted, Verb::Direct).unwrap(), State::Directed);
    }

    #[test]
    fn who_may_do_what() {
        let route = Route::of_the_decree();
        let actor = |duty| Acting { person: "p".into(), unit: None, duties: vec![duty] };
        let nothing = Standing::default();
        assert!(permit(&route, Verb::Register, &actor(Duty::RegistryClerk), nothing).is_ok());
        assert!(permit(&route, Verb::Register, &actor(Duty::Specialist), nothing).is_err());
        assert!(permit(&route, Verb::Direct, &actor(Duty::Leader), nothing).is_ok());
        assert!(permit(&route, Verb::Direct, &actor(Duty::Specialist), nothing).is_err());
        assert!(permit(&route, Verb::Assign, &actor(Duty::UnitHead), nothing).is_ok());
        assert!(permit(&route, Verb::Report, &actor(Duty::Specialist), nothing).is_err());
        let lead = Standing { assigned: true, leads: true, ..nothing };
        let support = Standing { assigned: true, ..nothing };
        assert!(permit(&route, Verb::Complete, &actor(Duty::Specialist), lead).is_ok());
        assert_eq!(
            permit(&route, Verb::Complete, &actor(Duty::Specialist), support).unwrap_err().code.code,
            "office.incoming.not-lead"
        );
        assert!(permit(&route, Verb::Recall, &actor(Duty::Leader), lead).is_err());
    }

    proptest! {
        /// Whatever people try, the ranks of the status codes never fall except by an explicit reopening.
        #[test]
        fn statuses_never_go_backward(verbs in proptest::collection::vec(0..Verb::ALL.len(), 0..60)) {
            let mut state = State::Arrived;
            let mut rank = "01";
            for verb in verbs.into_iter().map(|i| Verb::ALL[i]) {
                let Ok(to) = next(state, verb) else { continue };
                if let Some(code) = to.status_code() {
                    prop_assert!(code >= rank || verb == Verb::Reopen, "{rank} then {code} by {verb:?}");
                    rank = code;
                }
                state = to;
            }
        }
    }
}
