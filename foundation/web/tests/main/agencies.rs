//! Looking up agencies: the fragment behind the picker and the page without script, with parents and closed agencies.

use crate::world::{World, components};
use base::{AgencyCode, Text};
use platform::access::Act;
use platform::directory::{self, Agency, AgencyLevel, Contact, OrganisationKind};
use platform::ledger::Actor;
use testkit::on_each_platform;

fn agency(code: &str, name: &str) -> Agency {
    let code = AgencyCode::parse(code).unwrap();
    Agency {
        legacy_code: None,
        name: Text::new(name.to_owned(), format!("{name} (en)")),
        abbreviation: "SNV".to_owned(),
        parent: code.parent(),
        level: AgencyLevel::Province,
        kind: OrganisationKind::Agency,
        valid_from: "2020-01-01".parse().unwrap(),
        valid_to: None,
        successors: Vec::new(),
        contact: Contact::default(),
        hosted: false,
        calendar: None,
        version: 0,
        code,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agencies_are_suggested_with_their_parent_and_what_became_of_them() {
    on_each_platform(components, |t| async move {
        let world = World::new(t, false).await;
        let p = &world.t.platform;
        let closed = Agency {
            valid_to: Some("2025-03-01".parse().unwrap()),
            successors: vec![AgencyCode::parse("H57.09").unwrap()],
            ..agency("H57.04", "Sở Lao động <Huế>")
        };
        for agency in [agency("H57.09", "Sở Nội vụ"), closed] {
            let act = Act::new(p, Actor::Server);
            p.db().write(move |tx| directory::agency_save(tx, &act, agency.clone(), None)).await.unwrap();
        }
        let session = format!("lt_session={}", world.session().await);
        let part = [("cookie", session.as_str()), ("x-fragment", "tim-thay"), ("accept", "text/html")];
        let fragment = world.get("/co-quan?tim=so+noi", &part).await.text();
        assert!(fragment.starts_with("<ul"), "the list alone: {fragment}");
        for shown in ["data-code=\"H57.09\"", "Sở Nội vụ", "Ủy ban nhân dân thành phố Huế"] {
            assert!(fragment.contains(shown), "{shown}: {fragment}");
        }
        assert!(!fragment.contains("data-closed"));

        let gone = world.get("/co-quan?tim=lao+dong", &part).await.text();
        for shown in ["data-closed", "đã đóng 01/03/2025, nay là Sở Nội vụ (H57.09)"] {
            assert!(gone.contains(shown), "{shown}: {gone}");
        }
        assert!(!gone.contains("<Huế>"), "escaped");
        assert!(!world.get("/co-quan?tim=", &part).await.text().contains("<li"), "nothing sought, nothing offered");

        let page = world.get("/co-quan?tim=xyz", &[("cookie", &session), ("accept", "text/html")]).await.text();
        assert!(page.contains("<h1>Tra cứu cơ quan</h1>") && page.contains("“xyz”"), "{page}");
        let stranger = world.get("/co-quan?tim=so", &[("accept", "text/html")]).await;
        assert!(stranger.location().starts_with("/dang-nhap"), "only for those who work here");
    })
    .await;
}
