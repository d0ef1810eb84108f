//! `user add|reset|disable`: accounts of people, each with a one-time link.

use super::{Out, UserCommand, parse_agency};
use base::{Refusal, Text};
use platform::access::{Act, Role};
use platform::accounts::{self, Account, NewAccount, Preferences};
use platform::directory::{self, Person, Position, Rank};
use platform::ledger::Actor;
use platform::{Error, Platform, Result};

/// Runs the command.
pub async fn run(platform: &Platform, command: UserCommand, out: &Out) -> Result<u8> {
    let act = Act::new(platform, Actor::Server);
    match command {
        UserCommand::Add { username, name, agency, title, roles, email } => {
            let person = Person {
                id: platform.new_id(),
                full_name: name,
                email: email.unwrap_or_default(),
                phone: String::new(),
                version: 0,
            };
            let token = add(platform, &act, username, person, &agency, title, &roles).await?;
            out.line(link(platform, &token));
        }
        UserCommand::Reset { username } => {
            let account = find(platform, username).await?;
            let token = accounts::link_create(platform, &act, account.id).await?;
            let ended = Act::new(platform, Actor::Server);
            platform.db().write(move |tx| accounts::sessions_end(tx, &ended, account.id, None)).await?;
            out.line(link(platform, &token));
        }
        UserCommand::Disable { username } => {
            let account = find(platform, username).await?;
            platform.db().write(move |tx| accounts::account_disable(tx, &act, account.id, true)).await?;
            out.line("Đã khóa tài khoản và đăng xuất khỏi mọi thiết bị. / Barred and signed out everywhere.");
        }
    }
    Ok(0)
}

fn link(platform: &Platform, token: &str) -> String {
    let url = platform.config().public_url.as_deref().unwrap_or("");
    format!("Liên kết dùng một lần / One-time link: {url}{}", identity::link_path(token))
}

async fn find(platform: &Platform, username: String) -> Result<Account> {
    platform.db().read(move |tx| accounts::account_by_username(tx, &username)).await?.ok_or(Error::NotFound("account"))
}

async fn add(
    platform: &Platform,
    act: &Act,
    username: String,
    person: Person,
    agency: &str,
    title: String,
    roles: &[String],
) -> Result<String> {
    let agency = parse_agency(agency)?;
    let mut held = Vec::new();
    for role in roles {
        held.push(Role::from_name(role).ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
            Refusal::new(&super::WRONG_ROLE).with("role", role).field(
                "roles",
                Text::new(format!("một trong: {}", known.join(", ")), format!("one of: {}", known.join(", "))),
            )
        })?);
    }
    let position = Position {
        id: platform.new_id(),
        person: person.id,
        agency: agency.clone(),
        unit: None,
        title: Text::new(title.clone(), title),
        rank: Rank::Staff,
        roles: held,
        valid_from: act.today(),
        valid_to: None,
        version: 0,
    };
    let account = NewAccount {
        id: platform.new_id(),
        username,
        person: person.id,
        agency: agency.clone(),
        password: None,
        preferences: Preferences::default(),
    };
    let (made, placed) = (act.clone(), Act::new(platform, Actor::Server));
    platform
        .db()
        .write(move |tx| {
            directory::agency_require(tx, &agency, made.today())?;
            directory::person_save(tx, &made, person.clone(), &agency, None)?;
            directory::position_save(tx, &placed, position.clone(), None)
        })
        .await?;
    accounts::account_create(platform, &Act::new(platform, Actor::Server), account).await
}
