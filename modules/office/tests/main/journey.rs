//! The straight road of an outgoing document, and what stands on the ledger and at the exchange afterwards.

use crate::world::{SECRET, World, components};
use office::rules::outgoing::{State, Verb};
use office::use_cases::{Command, draft, issue, look, review, sign, void};
use platform::ledger;
use testkit::on_each_platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafted_checked_signed_numbered_sealed_issued() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.signed().await.id;
        let issued = issue::promulgate(p, &w.clerk, id, None, Some("Hà Nội".into()), Command::default()).await.unwrap();
        assert_eq!(issued.state, State::Issued);
        assert_eq!(issued.code.as_deref(), Some("01/QĐ-BNV"));
        assert_eq!(issued.dated.unwrap().to_string(), "2026-11-23");
        assert_eq!(issued.document_id.as_deref(), Some("G09,2026/11/23,01/QĐ-BNV"));
        w.t.settle().await;

        let seen = look::look(p, &w.clerk, id).await.unwrap();
        assert_eq!(seen.deliveries.len(), 2, "one delivery a recipient");
        let roles: Vec<_> = seen.signatures.iter().map(|s| (s.role.as_str(), s.signer_name.as_str())).collect();
        assert_eq!(roles, [("person", "Nguyễn Văn Tuấn"), ("agency", "Bộ Nội vụ")]);
        let kinds: Vec<_> =
            seen.history.iter().map(|r| r.entry.kind.trim_start_matches("office.outgoing.").to_owned()).collect();
        assert_eq!(
            kinds,
            [
                "drafted",
                "file-attached",
                "file-attached",
                "submitted",
                "content-approved",
                "form-checked",
                "signature-requested",
                "signed",
                "numbered",
                "sealed",
                "issued"
            ]
        );
        let versions: Vec<_> = seen.history.iter().map(|r| r.entry.version).collect();
        assert_eq!(versions, (1..=11).collect::<Vec<i64>>());

        // The signatures hold over what receivers build again from the package itself.
        let package = issued.package.unwrap().parse().unwrap();
        let (header, files) = p
            .db()
            .read(move |tx| Ok((exchange::package_header(tx, package)?, exchange::package_attachments(tx, package)?)))
            .await
            .unwrap();
        let named: Vec<_> = files.iter().map(|f| (f.name.as_str(), f.sha256.as_str())).collect();
        assert_eq!(named[0].0, "Quyết định.pdf", "the main file comes first");
        let content = exchange::content_manifest(&header.from.code, &header.type_name, &header.subject, &named);
        let verified = p.signing().verify(&content, &seen.signatures[0].jws).await.unwrap().unwrap();
        assert_eq!(verified.certificate.name, "Nguyễn Văn Tuấn");
        let seal = exchange::seal_manifest(&exchange::Seal {
            from: &header.from.code,
            document_id: &header.document_id,
            number: &header.number,
            notation: &header.notation,
            issued_on: header.issued_on,
            files: &named,
            person_jws: &seen.signatures[0].jws,
        });
        p.signing().verify(&seal, &seen.signatures[1].jws).await.unwrap().unwrap();

        // Every revision is chained to the one before.
        let chain = p.db().read(move |tx| office::store::revisions::revisions_of(tx, id)).await.unwrap();
        for pair in chain.windows(2) {
            assert_eq!(pair[1].previous.as_ref(), Some(&pair[0].digest));
        }

        // The record in the ledger is the record as it stands.
        let digest = p
            .db()
            .read(move |tx| {
                let record = office::store::outgoing::outgoing_record(tx, &id.to_string())?.unwrap();
                let last = ledger::entries_of(tx, "office.outgoing", &id.to_string())?.pop().unwrap();
                Ok(ledger::record_digest(&record)? == last.entry.record_digest.unwrap())
            })
            .await
            .unwrap();
        assert!(digest);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_after_approval_goes_back_and_a_return_keeps_its_reason() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let waiting = w.awaiting().await;
        let back =
            review::send_back(p, &w.minister, waiting.id, "Sửa căn cứ.".into(), Command::default()).await.unwrap();
        assert_eq!((back.state, back.sent_back_reason.as_deref()), (State::SentBack, Some("Sửa căn cứ.")));
        let refused = sign::sign(p, &w.minister, waiting.id, SECRET, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.outgoing.state"), "{refused}");
        let seen = look::look(p, &w.specialist, waiting.id).await.unwrap();
        assert!(seen.may.contains(&Verb::SubmitForContent) && !seen.may.contains(&Verb::Sign));

        let mut input = w.input();
        input.subject = "Ban hành Kế hoạch số hóa (sửa)".into();
        let revised = draft::revise(p, &w.specialist, waiting.id, input, Command::default()).await.unwrap();
        assert_eq!(revised.state, State::Draft);
        assert!(revised.revision > waiting.revision);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signing_request_is_cancelled_and_asked_again() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.awaiting().await.id;
        let refused =
            sign::cancel_request(p, &w.head, id, "không phải của tôi".into(), Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.signing.not-your-request"), "{refused}");
        let cancelled =
            sign::cancel_request(p, &w.clerk, id, "Chờ bản dịch.".into(), Command::default()).await.unwrap();
        assert_eq!(cancelled.state, State::FormatOk);
        sign::request_signature(p, &w.clerk, id, Command::default()).await.unwrap();
        // A request lapses by itself; it can be cleared away and asked again.
        w.t.clock.advance_seconds(11 * 86_400);
        let refused = sign::sign(p, &w.minister, id, SECRET, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.signing.expired"), "{refused}");
        sign::cancel_request(p, &w.clerk, id, "Hết hạn.".into(), Command::default()).await.unwrap();
        sign::request_signature(p, &w.clerk, id, Command::default()).await.unwrap();
        assert_eq!(sign::sign(p, &w.minister, id, SECRET, Command::default()).await.unwrap().state, State::Signed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voided_number_stays_in_sight_and_is_never_given_again() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let first = w.signed().await.id;
        let numbered = office::use_cases::number::number_and_date(p, &w.clerk, first, None, None, Command::default())
            .await
            .unwrap();
        assert_eq!(numbered.number, Some(1));
        let gone = void::void(p, &w.clerk, first, "Ghi nhầm nơi nhận.".into(), Command::default()).await.unwrap();
        assert_eq!(gone.state, State::Voided);
        let second = w.signed().await.id;
        let next = office::use_cases::number::number_and_date(p, &w.clerk, second, None, None, Command::default())
            .await
            .unwrap();
        assert_eq!(next.number, Some(2));
        let register = next.register.unwrap();
        let rows =
            p.db().read(move |tx| office::store::registers::numbers_page(tx, &register, 2026, 0, 10)).await.unwrap();
        assert_eq!(rows.iter().map(|r| (r.number, r.voided_at.is_some())).collect::<Vec<_>>(), [(1, true), (2, false)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_signed_with_one_secret_and_one_refusal_stops_nobody_else() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let (one, two, draft) = (w.awaiting().await.id, w.awaiting().await.id, w.drafted().await.id);
        let ids = [one, draft, two].map(|id| (id, Command::default()));
        let wrong = sign::sign_batch(p, &w.minister, &ids, "sai-mat-khau-roi").await.err().unwrap();
        assert!(wrong.is_refusal("platform.signing.wrong-secret"), "{wrong}");
        let done = sign::sign_batch(p, &w.minister, &ids, SECRET).await.unwrap();
        let states: Vec<_> = done.iter().map(|(_, r)| r.as_ref().ok().map(|d| d.state)).collect();
        assert_eq!(states, [Some(State::Signed), None, Some(State::Signed)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_say_what_their_schema_says() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../../data/entries/office-outgoing.json")).unwrap();
    for kind in office::entries::ENTRY_KINDS.iter().filter(|k| k.name.starts_with("office.outgoing.")) {
        assert_eq!(schema["kinds"][kind.name]["schema"], kind.schema, "{} has a committed schema", kind.name);
    }
    for (subject, text) in [
        ("office.incoming.", include_str!("../../../../data/entries/office-incoming.json")),
        ("office.route.", include_str!("../../../../data/entries/office-route.json")),
        ("office.register.", include_str!("../../../../data/entries/office-register.json")),
    ] {
        let schema: serde_json::Value = serde_json::from_str(text).unwrap();
        for kind in office::entries::ENTRY_KINDS.iter().filter(|k| k.name.starts_with(subject)) {
            assert_eq!(schema["kinds"][kind.name]["schema"], kind.schema, "{} has a committed schema", kind.name);
        }
    }
    let t = std::sync::Arc::new(testkit::TestPlatform::sqlite(components()).await);
    let w = World::new(t).await;
    let p = w.platform();
    let id = w.signed().await.id;
    issue::promulgate(p, &w.clerk, id, None, None, Command::default()).await.unwrap();
    for recorded in look::look(p, &w.clerk, id).await.unwrap().history {
        let entry = recorded.entry;
        for (name, code) in &entry.codes.0 {
            let said = schema["common"][name].as_str().or(schema["kinds"][&entry.kind]["codes"][name].as_str());
            let said = said.unwrap_or_else(|| panic!("{} carries {name}, which its schema does not name", entry.kind));
            let fits = match code {
                ledger::Code::Bool(_) => said.starts_with("boolean"),
                ledger::Code::Int(_) => said.starts_with("number"),
                ledger::Code::Text(_) => said.starts_with("text"),
            };
            assert!(fits, "{} {name}", entry.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_reaches_drafter_and_clerk() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.signed().await.id;
        let issued = issue::promulgate(p, &w.clerk, id, None, None, Command::default()).await.unwrap();
        w.t.settle().await;
        let before = unread(p, &w.clerk).await;
        let report = exchange::StatusReport {
            package: issued.package.unwrap().parse().unwrap(),
            agency: crate::world::code("H57.09"),
            code: exchange::StatusCode::new("02").unwrap(),
            description: "Sai nơi nhận.".into(),
            staff: None,
        };
        let ctx = exchange::SubmitContext::new(p, ledger::Actor::Server);
        p.db().write(move |tx| exchange::report_status(tx, &ctx, &report)).await.unwrap();
        w.t.settle().await;
        assert_eq!(unread(p, &w.clerk).await, before + 1);
        let seen = look::look(p, &w.clerk, id).await.unwrap();
        let refused = seen.deliveries.iter().filter_map(|d| d.refused_reason()).collect::<Vec<_>>();
        assert_eq!(refused, ["Sai nơi nhận."]);
    })
    .await;
}

async fn unread(p: &platform::Platform, who: &platform::access::Principal) -> u64 {
    let person = who.person().unwrap().to_string();
    p.db().read(move |tx| platform::notify::unread_count(tx, &person)).await.unwrap()
}
