//! `system register|revoke|list`: outside systems and their bearer tokens.

use super::{Out, SystemCommand, parse_agency};
use platform::access::Act;
use platform::accounts;
use platform::ledger::Actor;
use platform::{Error, Platform, Result};

/// Runs the command.
pub async fn run(platform: &Platform, command: SystemCommand, out: &Out) -> Result<u8> {
    let act = Act::new(platform, Actor::Server);
    match command {
        SystemCommand::Register { agency, name } => {
            let agencies = agency.iter().map(|code| parse_agency(code)).collect::<Result<Vec<_>>>()?;
            let (system, token) = accounts::system_register(platform, &act, &name, &agencies).await?;
            out.line(format!("{}", system.id));
            out.line(token);
        }
        SystemCommand::Revoke { id } => {
            let id = id.parse().map_err(|_| Error::NotFound("system"))?;
            platform.db().write(move |tx| accounts::system_revoke(tx, &act, id)).await?;
            out.line("Đã thu hồi. / Revoked.");
        }
        SystemCommand::List => {
            let systems = platform.db().read(accounts::systems_all).await?;
            for system in systems {
                let codes: Vec<String> = system.agencies.iter().map(ToString::to_string).collect();
                let state =
                    if system.revoked_at.is_some() { "đã thu hồi / revoked" } else { "đang dùng / active" };
                out.line(format!(
                    "{}  {}  {}  {}…  {state}",
                    system.id,
                    codes.join(","),
                    system.name,
                    system.token_hint
                ));
            }
        }
    }
    Ok(0)
}
