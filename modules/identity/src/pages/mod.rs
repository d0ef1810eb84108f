//! The pages: the door, the own account, the acting-as switch, and administration.

mod account;
mod accounts;
mod acting;
mod administration;
mod agencies;
pub mod check;
mod delegations;
mod door;
mod events;
mod notices;
mod people;
mod positions;
mod systems;
mod units;

use web::routes::Routes;

/// Every page with its rule.
pub fn routes() -> Routes {
    door::routes()
        .and(account::routes())
        .and(acting::routes())
        .and(administration::routes())
        .and(agencies::routes())
        .and(units::routes())
        .and(people::routes())
        .and(positions::routes())
        .and(delegations::routes())
        .and(accounts::routes())
        .and(systems::routes())
        .and(events::routes())
        .and(notices::routes())
        .and(check::routes())
}
