//! The receiving side: the people of a province's office, to whom the ministry writes.

use crate::world::{World, person_add, unit_add};
use office::store::incoming::{Incoming, IncomingId};
use office::use_cases::incoming::direct::{AssigneeInput, DirectiveInput};
use office::use_cases::incoming::list::{self, Wanted};
use office::use_cases::incoming::register::{RegisterInput, register_incoming};
use office::use_cases::incoming::submit::{SubmitInput, submit_incoming};
use office::use_cases::{Command, issue};
use platform::Platform;
use platform::access::{Principal, Role};
use platform::directory::{Rank, UnitId};
use std::sync::Arc;
use testkit::TestPlatform;

pub struct Receiving {
    pub world: World,
    pub clerk: Principal,
    pub second_clerk: Principal,
    pub chief: Principal,
    pub leader: Principal,
    pub head: Principal,
    pub specialist: Principal,
    pub bystander: Principal,
    pub unit: UnitId,
    pub other_unit: UnitId,
}

impl Receiving {
    pub async fn new(t: Arc<TestPlatform>) -> Self {
        let world = World::new(t).await;
        let p = world.platform();
        let office = unit_add(p, "H57", "Văn phòng", "VP").await;
        let unit = unit_add(p, "H57", "Phòng Nội chính", "NC").await;
        let other_unit = unit_add(p, "H57", "Phòng Văn xã", "VX").await;
        let add = |unit, name, title, rank, role| {
            let p = p.clone();
            async move { person_add(&p, "H57", unit, name, title, rank, &[role]).await }
        };
        let clerk = add(Some(office), "Hồ Thị Lan", "Văn thư", Rank::Staff, Role::RegistryClerk).await;
        let second_clerk = add(Some(office), "Võ Minh Châu", "Văn thư", Rank::Staff, Role::RegistryClerk).await;
        let chief = add(Some(office), "Trịnh Đức Long", "Chánh Văn phòng", Rank::UnitHead, Role::ChiefOfOffice).await;
        let leader = add(None, "Lê Văn Sơn", "Phó Chủ tịch", Rank::DeputyHead, Role::Leader).await;
        let head = add(Some(unit), "Nguyễn Hữu Phước", "Trưởng phòng", Rank::UnitHead, Role::UnitHead).await;
        let specialist = add(Some(unit), "Mai Xuân Thành", "Chuyên viên", Rank::Staff, Role::Specialist).await;
        let bystander = add(Some(other_unit), "Đặng Thu Hà", "Chuyên viên", Rank::Staff, Role::Specialist).await;
        Self { world, clerk, second_clerk, chief, leader, head, specialist, bystander, unit, other_unit }
    }

    pub fn platform(&self) -> &Platform {
        self.world.platform()
    }

    /// A decision of the ministry arrives.
    pub async fn arrival(&self) -> Incoming {
        let id = self.world.signed().await.id;
        let place = Some("Hà Nội".into());
        issue::promulgate(self.platform(), &self.world.clerk, id, None, place, Command::default()).await.unwrap();
        self.world.t.settle().await;
        let newest = Wanted { recent: true, ..Wanted::default() };
        list::list(self.platform(), &self.clerk, newest, None, 1).await.unwrap().0.remove(0)
    }

    pub async fn registered(&self) -> Incoming {
        let id = self.arrival().await.id;
        register_incoming(self.platform(), &self.clerk, id, RegisterInput::default(), None, Command::default())
            .await
            .unwrap()
    }

    pub async fn submitted(&self) -> Incoming {
        let id = self.registered().await.id;
        let to = SubmitInput {
            to: Some(self.leader.position().unwrap().to_string()),
            proposal: "Phòng Nội chính chủ trì.".into(),
            proposed: Some(self.directive("2026-12-04")),
        };
        submit_incoming(self.platform(), &self.chief, id, to, Command::default()).await.unwrap()
    }

    /// One unit leads, another supports.
    pub fn directive(&self, deadline: &str) -> DirectiveInput {
        let one = |unit: UnitId, part: &str, deadline: Option<&str>| AssigneeInput {
            unit: Some(unit.to_string()),
            part: part.into(),
            deadline: deadline.map(Into::into),
            ..AssigneeInput::default()
        };
        DirectiveInput {
            text: "Phòng Nội chính chủ trì, Phòng Văn xã phối hợp; báo cáo trước hạn.".into(),
            deadline: Some(deadline.into()),
            assignees: vec![one(self.unit, "lead", None), one(self.other_unit, "support", Some("2026-12-01"))],
            replace: false,
        }
    }

    /// The codes that the sender has heard, sorted: on a clock that stands still they all bear one time.
    pub async fn heard(&self, id: IncomingId) -> Vec<String> {
        let agency = self.clerk.agency.clone();
        self.platform()
            .db()
            .read(move |tx| {
                let document = office::store::incoming::incoming_get(tx, id)?;
                let package = document.package.unwrap().parse().unwrap();
                let mut codes: Vec<String> =
                    exchange::statuses(tx, package, &agency)?.into_iter().map(|s| s.code.to_string()).collect();
                codes.sort();
                Ok(codes)
            })
            .await
            .unwrap()
    }
}
