//! By what authority somebody signs: direct, TM., Q., KT., TL. or TUQ., and what is printed above the name (Điều 13).

use crate::refusals;
use base::{Date, Refusal};
use serde::{Deserialize, Serialize};

/// Thể thức ký (NĐ 30/2020/NĐ-CP, Điều 13; Phụ lục I, phần II, mục 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The head signs in the head's own right.
    #[default]
    Direct,
    /// TM.: on behalf of a collective.
    OnBehalf,
    /// Q.: acting head.
    Acting,
    /// KT.: the deputy for the head.
    ForHead,
    /// TM. and KT.: the deputy on behalf of a collective.
    OnBehalfForHead,
    /// TL.: the head of a unit by order.
    ByOrder,
    /// TUQ.: by written delegation, with a period and limits.
    ByDelegation,
}

impl Authority {
    /// All authorities.
    pub const ALL: [Self; 7] = [
        Self::Direct,
        Self::OnBehalf,
        Self::Acting,
        Self::ForHead,
        Self::OnBehalfForHead,
        Self::ByOrder,
        Self::ByDelegation,
    ];

    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::OnBehalf => "on_behalf",
            Self::Acting => "acting",
            Self::ForHead => "for_head",
            Self::OnBehalfForHead => "on_behalf_for_head",
            Self::ByOrder => "by_order",
            Self::ByDelegation => "by_delegation",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.code() == code)
    }

    /// The abbreviation before the title, as in edXML `Competence`; empty for the head's own right.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Direct => "",
            Self::OnBehalf => "TM.",
            Self::Acting => "Q.",
            Self::ForHead => "KT.",
            Self::OnBehalfForHead => "TM. KT.",
            Self::ByOrder => "TL.",
            Self::ByDelegation => "TUQ.",
        }
    }
}

/// A written delegation (giấy ủy quyền).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenDelegation {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Whether the delegating person held it by delegation: forbidden (Điều 13 khoản 3).
    pub passed_on: bool,
}

/// The rank of the person who is to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// Người đứng đầu.
    Head,
    /// Người được giao quyền đứng đầu.
    ActingHead,
    /// Cấp phó.
    Deputy,
    /// Người đứng đầu đơn vị thuộc cơ quan.
    UnitHead,
    /// Cấp phó của đơn vị; may sign TL. where the agency's rules pass it on (Điều 13 khoản 4).
    UnitDeputy,
    /// Anybody else.
    Other,
}

/// What decides whether somebody may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The rank.
    pub rank: Rank,
    /// Whether the agency decides as a collective (a People's Committee).
    pub collective: bool,
    /// The written delegation, where there is one.
    pub delegation: Option<WrittenDelegation>,
}

/// Whether this signer may sign by this authority on this day.
pub fn check(signer: &Signer, authority: Authority, on: Date) -> Result<(), Refusal> {
    let allowed = match authority {
        Authority::Direct => signer.rank == Rank::Head,
        Authority::OnBehalf => signer.collective && matches!(signer.rank, Rank::Head | Rank::ActingHead),
        Authority::Acting => signer.rank == Rank::ActingHead,
        Authority::ForHead => signer.rank == Rank::Deputy,
        Authority::OnBehalfForHead => signer.collective && signer.rank == Rank::Deputy,
        Authority::ByOrder => matches!(signer.rank, Rank::UnitHead | Rank::UnitDeputy),
        Authority::ByDelegation => {
            let Some(delegation) = &signer.delegation else {
                return Err(Refusal::new(&refusals::NO_DELEGATION));
            };
            if delegation.passed_on {
                return Err(Refusal::new(&refusals::SUB_DELEGATION));
            }
            if on < delegation.from || on > delegation.until {
                return Err(Refusal::new(&refusals::DELEGATION_LAPSED)
                    .with("from", delegation.from.strftime("%d/%m/%Y"))
                    .with("until", delegation.until.strftime("%d/%m/%Y")));
            }
            true
        }
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::new(&refusals::SIGNATURE_AUTHORITY).with(
            "prefix",
            match authority.prefix() {
                "" => "ký trực tiếp",
                prefix => prefix,
            },
        ))
    }
}

/// The authority that fits the rank where nobody chose one.
pub fn usual(rank: Rank, collective: bool) -> Authority {
    match (rank, collective) {
        (Rank::Head, false) => Authority::Direct,
        (Rank::Head, true) => Authority::OnBehalf,
        (Rank::ActingHead, _) => Authority::Acting,
        (Rank::Deputy, false) => Authority::ForHead,
        (Rank::Deputy, true) => Authority::OnBehalfForHead,
        (Rank::UnitHead | Rank::UnitDeputy, _) => Authority::ByOrder,
        (Rank::Other, _) => Authority::ByDelegation,
    }
}

/// The lines above the signature in the document's capitals, e.g. `KT. BỘ TRƯỞNG` and `THỨ TRƯỞNG`.
///
/// `head` is the head's title, `title` the signer's own, `collective` the collective's name.
pub fn block(authority: Authority, head: &str, title: &str, collective: &str) -> Vec<String> {
    let (head, title, collective) = (head.to_uppercase(), title.to_uppercase(), collective.to_uppercase());
    match authority {
        Authority::Direct => vec![title],
        Authority::OnBehalf => vec![format!("TM. {collective}"), title],
        Authority::Acting => vec![format!("Q. {head}")],
        Authority::ForHead => vec![format!("KT. {head}"), title],
        Authority::OnBehalfForHead => vec![format!("TM. {collective}"), format!("KT. {head}"), title],
        Authority::ByOrder => vec![format!("TL. {head}"), title],
        Authority::ByDelegation => vec![format!("TUQ. {head}"), title],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = Date::constant(2026, 11, 20);

    fn signer(rank: Rank, collective: bool) -> Signer {
        Signer { rank, collective, delegation: None }
    }

    #[test]
    fn the_usual_authority_is_allowed_and_the_others_mostly_not() {
        for collective in [false, true] {
            for rank in [Rank::Head, Rank::ActingHead, Rank::Deputy, Rank::UnitHead, Rank::UnitDeputy] {
                check(&signer(rank, collective), usual(rank, collective), DAY).unwrap();
            }
        }
        assert!(check(&signer(Rank::Deputy, false), Authority::Direct, DAY).is_err());
        assert!(check(&signer(Rank::Head, false), Authority::OnBehalf, DAY).is_err());
        assert!(check(&signer(Rank::UnitHead, true), Authority::ForHead, DAY).is_err());
    }

    #[test]
    fn a_delegation_has_a_period_and_is_not_passed_on() {
        let with = |from: i8, until: i8, passed_on| Signer {
            delegation: Some(WrittenDelegation {
                from: Date::constant(2026, 11, from),
                until: Date::constant(2026, 11, until),
                passed_on,
            }),
            ..signer(Rank::Other, false)
        };
        let code = |s: Signer| check(&s, Authority::ByDelegation, DAY).err().map(|r| r.code.code);
        assert_eq!(code(with(1, 30, false)), None);
        assert_eq!(code(with(1, 19, false)), Some("office.signature.delegation-lapsed"));
        assert_eq!(code(with(1, 30, true)), Some("office.signature.sub-delegation"));
        assert_eq!(code(signer(Rank::Other, false)), Some("office.signature.no-delegation"));
    }

    #[test]
    fn the_lines_of_annex_one() {
        assert_eq!(block(Authority::ForHead, "Bộ trưởng", "Thứ trưởng", ""), ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"]);
        assert_eq!(
            block(Authority::OnBehalfForHead, "Chủ tịch", "Phó Chủ tịch", "Ủy ban nhân dân"),
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
        );
        assert_eq!(block(Authority::Acting, "Cục trưởng", "Phó Cục trưởng", ""), ["Q. CỤC TRƯỞNG"]);
    }
}
