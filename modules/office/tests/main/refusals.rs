//! What is refused: the seal before the signature, strangers, secrets through the exchange, files that lie, bad drafts.

use crate::world::{SECRET, World, components};
use office::use_cases::draft::RecipientInput;
use office::use_cases::files::{Upload, attach_file};
use office::use_cases::{Command, draft, issue, look, number, review, seal, sign};
use platform::Error;
use testkit::on_each_platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_the_seal_before_the_signature() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.awaiting().await.id;
        let refused = seal::seal(p, &w.clerk, id, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.outgoing.seal-before-signature"), "{refused}");
        let refused = number::number_and_date(p, &w.clerk, id, None, None, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.outgoing.state"), "{refused}");
        sign::sign(p, &w.minister, id, SECRET, Command::default()).await.unwrap();
        let refused = seal::seal(p, &w.clerk, id, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.outgoing.seal-before-number"), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_belongs_to_somebody_and_strangers_see_nothing() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.awaiting().await.id;
        let hidden = look::look(p, &w.stranger, id).await.err().unwrap();
        assert!(matches!(hidden, Error::NotFound(_)), "another agency does not even learn that it exists");
        let hidden = sign::sign(p, &w.stranger, id, SECRET, Command::default()).await.unwrap_err();
        assert!(!matches!(hidden, Error::Fault(_)), "{hidden}");
        let refused = sign::sign(p, &w.deputy, id, SECRET, Command::default()).await.unwrap_err();
        assert!(refused.is_refusal("office.signing.not-the-signer"), "{refused}");
        let refused = review::approve_content(p, &w.clerk, id, String::new(), Command::default()).await.unwrap_err();
        assert!(matches!(&refused, Error::Refused(r) if r.code.kind == base::RefusalKind::Forbidden), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_receivers_would_not_verify_is_not_issued() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let id = w.signed().await.id;
        let none = Command::default;
        number::number_and_date(p, &w.clerk, id, None, None, none()).await.unwrap();
        seal::seal(p, &w.clerk, id, none()).await.unwrap();
        // Somebody with access to the database changes the seal: the first and the last letter change places.
        let swap = "UPDATE office_signature SET jws = substr(jws, 2) || substr(jws, 1, 1) WHERE outgoing = $1";
        let back = "UPDATE office_signature SET jws = substr(jws, length(jws)) || substr(jws, 1, length(jws) - 1)
                    WHERE outgoing = $1";
        p.db().write(move |tx| tx.execute(swap, &[&id])).await.unwrap();
        let refused = issue::issue(p, &w.clerk, id, none()).await.unwrap_err();
        assert!(refused.is_refusal("office.outgoing.not-verified"), "{refused}");
        let seen = look::look(p, &w.clerk, id).await.unwrap();
        assert!(seen.deliveries.is_empty() && seen.document.package.is_none(), "nothing was sent");

        p.db().write(move |tx| tx.execute(back, &[&id])).await.unwrap();
        let issued = issue::issue(p, &w.clerk, id, none()).await.unwrap();
        let package = issued.package.unwrap().parse().unwrap();
        let package = p.db().read(move |tx| exchange::package_get(tx, package)).await.unwrap();
        assert!(package.signed);
        let found: Vec<_> = package.verification["checks"].as_array().unwrap().iter().map(|c| &c["check"]).collect();
        assert_eq!(found.iter().filter(|c| **c == "signature").count(), 2, "{found:?}");
        assert!(found.iter().any(|c| **c == "integrity"), "{found:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_do_not_travel() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let mut input = w.input();
        input.secrecy = Some("secret".into());
        let made = draft::draft_outgoing(p, &w.specialist, input, Command::default()).await.unwrap();
        let seen = look::look(p, &w.specialist, made.id).await.unwrap();
        assert!(seen.recipients.iter().all(|r| !r.electronic), "recipients of a secret get paper");
        w.file(made.id, "Mật.pdf", b"%PDF-1.4").await;
        let none = Command::default;
        draft::submit_for_content(p, &w.specialist, made.id, vec![], none()).await.unwrap();
        review::approve_content(p, &w.head, made.id, String::new(), none()).await.unwrap();
        review::check_format(p, &w.clerk, made.id, String::new(), none()).await.unwrap();
        sign::request_signature(p, &w.clerk, made.id, none()).await.unwrap();
        sign::sign(p, &w.minister, made.id, SECRET, none()).await.unwrap();
        let issued = issue::promulgate(p, &w.clerk, made.id, None, None, none()).await.unwrap();
        assert_eq!(issued.package, None);
        assert!(issued.register.unwrap().ends_with("van-ban-di-mat"), "secrets have their own series");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_and_files_that_cannot_be() {
    on_each_platform(components, |t| async move {
        let w = World::new(t).await;
        let p = w.platform();
        let fields = |error: Error| match error {
            Error::Refused(refusal) => refusal.fields.iter().map(|f| f.field.clone()).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        let mut input = w.input();
        input.kind = "letter".into();
        input.subject = "ế".repeat(501);
        let refused = draft::draft_outgoing(p, &w.specialist, input, Command::default()).await.unwrap_err();
        assert_eq!(fields(refused), ["kind", "subject"]);
        let mut input = w.input();
        input.recipients.push(RecipientInput { agency: Some("H57".into()), name: String::new(), paper: false });
        let refused = draft::draft_outgoing(p, &w.specialist, input, Command::default()).await.unwrap_err();
        assert_eq!(fields(refused), ["recipients[2]"]);
        let mut input = w.input();
        input.recipients = vec![RecipientInput { agency: Some("H99.99".into()), name: String::new(), paper: false }];
        assert!(matches!(
            draft::draft_outgoing(p, &w.specialist, input, Command::default()).await,
            Err(Error::Refused(_))
        ));

        let id = draft::draft_outgoing(p, &w.specialist, w.input(), Command::default()).await.unwrap().id;
        let staged = p.blobs().put(b"MZ\x90\0 program").await.unwrap();
        let lie = Upload { name: "Quyết định.pdf".into(), staged, head: b"MZ\x90\0 program".to_vec(), main: true };
        let refused = attach_file(p, &w.specialist, id, lie, Command::default()).await.err().unwrap();
        assert!(refused.is_refusal("office.file.type"), "{refused}");

        // Without a file the form cannot be confirmed, and the refusal names what is missing.
        draft::submit_for_content(p, &w.specialist, id, vec![], Command::default()).await.unwrap();
        review::approve_content(p, &w.head, id, String::new(), Command::default()).await.unwrap();
        let refused = review::check_format(p, &w.clerk, id, String::new(), Command::default()).await.unwrap_err();
        assert_eq!(fields(refused), ["files"]);
    })
    .await;
}
