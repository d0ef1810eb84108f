//! `trust add|withdraw|list`: the roots by which signatures from outside are judged.

use super::{Out, TrustCommand, parse_agency};
use base::{Clock, Lang, Refusal, RefusalCode, RefusalKind, Timestamp, format};
use platform::access::Act;
use platform::ledger::Actor;
use platform::signing::trust::{self, NewRoot, TrustedRootId};
use platform::{Error, Platform, Result};
use signatures::TrustKind;
use std::path::Path;

/// A kind of authority that does not exist, or that nobody adds by hand.
pub static WRONG_KIND: RefusalCode = RefusalCode {
    code: "command.trust.kind-unknown",
    kind: RefusalKind::Invalid,
    vi: "Không có loại tổ chức cấp chứng thư “{kind}”.",
    en: "There is no kind of authority “{kind}”.",
    remedy_vi: "Chọn: government (chuyên dùng công vụ), public (công cộng), specialised (chuyên dùng), foreign (nước ngoài), test (thử nghiệm).",
    remedy_en: "Choose: government, public, specialised, foreign, test.",
    basis: Some(base::Basis::new("Luật 20/2023/QH15", "Điều 22")),
};
/// A day that cannot be read.
pub static WRONG_DAY: RefusalCode = RefusalCode {
    code: "command.trust.day-unknown",
    kind: RefusalKind::Invalid,
    vi: "“{day}” không phải một ngày.",
    en: "“{day}” is not a day.",
    remedy_vi: "Viết theo dạng 2030-12-31.",
    remedy_en: "Write it as 2030-12-31.",
    basis: None,
};

/// A kind of authority that an operator may name.
pub fn parse_kind(word: &str) -> Result<TrustKind> {
    match word {
        "government" => Ok(TrustKind::Government),
        "public" => Ok(TrustKind::Public),
        "specialised" => Ok(TrustKind::Specialised),
        "foreign" => Ok(TrustKind::Foreign),
        "test" => Ok(TrustKind::Test),
        other => Err(Refusal::new(&WRONG_KIND).with("kind", other).into()),
    }
}

/// The end of a day in Vietnam.
fn parse_until(day: &str) -> Result<Timestamp> {
    let date: base::Date = day.parse().map_err(|_| Refusal::new(&WRONG_DAY).with("day", day))?;
    Ok(Timestamp::from_local(date.at(23, 59, 59, 0)))
}

/// Runs the command.
pub async fn run(platform: &Platform, command: TrustCommand, out: &Out) -> Result<u8> {
    match command {
        TrustCommand::Add { file, kind, until, agency } => {
            let new = NewRoot {
                certificate: read(&file)?,
                kind: parse_kind(&kind)?,
                valid_until: until.as_deref().map(parse_until).transpose()?,
                agencies: agency.iter().map(|code| parse_agency(code)).collect::<Result<Vec<_>>>()?,
            };
            for certificate in trust::roots_read(&new.certificate)? {
                let (act, id): (Act, TrustedRootId) = (Act::new(platform, Actor::Server), platform.new_id());
                let (new, known) = (new.clone(), certificate.clone());
                platform.db().write(move |tx| trust::root_add(tx, &act, id, &known, &new)).await?;
                let info = certificate.info();
                out.line(format!("{id}  {}  {}", info.name, info.fingerprint));
            }
        }
        TrustCommand::Withdraw { id } => {
            let id: TrustedRootId = id.parse().map_err(|_| Error::NotFound("trusted root"))?;
            let act = Act::new(platform, Actor::Server);
            platform.db().write(move |tx| trust::root_withdraw(tx, &act, id)).await?;
            out.line("Đã thu hồi. / Withdrawn.");
        }
        TrustCommand::List => {
            for root in platform.db().read(trust::roots).await? {
                let until = root.valid_until.map(|at| format!(" → {}", format::date(at.local_date(), Lang::Vi)));
                let state = if root.removed_at.is_some() {
                    "đã thu hồi / withdrawn"
                } else if root.valid_until.is_some_and(|end| end < Clock::System.now()) {
                    "đã hết hạn / ended"
                } else {
                    "tin cậy / trusted"
                };
                out.line(format!(
                    "{}  {:?}  {}  {}{}  {state}",
                    root.id,
                    root.kind,
                    root.name,
                    root.fingerprint,
                    until.unwrap_or_default()
                ));
            }
        }
    }
    Ok(0)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    /// No list of roots is larger.
    const MOST: u64 = 4 << 20;
    let cannot = |e: std::io::Error| Error::Unavailable(format!("cannot read {}: {e}", file.display()));
    if std::fs::metadata(file).map_err(cannot)?.len() > MOST {
        return Err(Error::Unavailable(format!("{} is too large for certificates", file.display())));
    }
    std::fs::read(file).map_err(cannot)
}
