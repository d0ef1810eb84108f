//! Authorities are asked about revocation: a real OCSP responder (openssl) and a list over HTTP.

use platform::signing::online;
use signatures::{Anchor, Certificate, Context, Evidence, TrustKind, TrustList, Verdict, file};
use std::io::{BufRead as _, BufReader, Cursor, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use testkit::TestPlatform;

/// openssl's own OCSP responder; it ends with the test, however the test ends.
struct Responder(Child);

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An authority with a person's certificate, whose addresses lead to this machine.
struct Authority {
    folder: tempfile::TempDir,
    ocsp: u16,
}

impl Authority {
    fn new(ocsp: u16, http: u16) -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap(), ocsp };
        let file = |name: &str, text: &str| std::fs::write(authority.path(name), text).unwrap();
        file("index.txt", "");
        file("index.txt.attr", "unique_subject = no\n");
        file("serial", "01\n");
        file("crlnumber", "01\n");
        file(
            "cnf",
            "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\nnew_certs_dir=.\n\
             certificate=root.pem\nprivate_key=root.key\ndefault_md=sha256\ndefault_days=365\ndefault_crl_days=30\npolicy=any\n\
             [any]\ncommonName=supplied\n\
             [req]\ndistinguished_name=name\n[name]\n",
        );
        let ways = format!(
            "authorityInfoAccess=OCSP;URI:http://127.0.0.1:{ocsp}\ncrlDistributionPoints=URI:http://127.0.0.1:{http}/crl\n"
        );
        let base = "basicConstraints=critical,CA:FALSE\n";
        file("person", &format!("{base}keyUsage=critical,digitalSignature,nonRepudiation\n{ways}"));
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        let root = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign";
        authority.openssl(&format!("req -x509 {key} -keyout root.key -out root.pem -days 3650 -subj /CN=Goc {root}"));
        authority.openssl(&format!("req {key} -config cnf -keyout person.key -out person.csr -subj /CN=person"));
        authority.openssl("ca -config cnf -batch -notext -in person.csr -out person.pem -extfile person");
        authority.openssl("ca -config cnf -gencrl -out crl.pem");
        authority.openssl("crl -in crl.pem -outform DER -out crl");
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let done = Command::new("openssl").current_dir(self.folder.path()).args(arguments.split(' ')).output().unwrap();
        assert!(done.status.success(), "{arguments}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A detached signature of the person over `content`.
    fn signed(&self, content: &[u8]) -> Vec<u8> {
        std::fs::write(self.path("content"), content).unwrap();
        self.openssl("cms -sign -cades -binary -signer person.pem -inkey person.key -in content -outform DER -out p7s");
        std::fs::read(self.path("p7s")).unwrap()
    }

    /// openssl's own responder.
    fn responder(&self) -> Responder {
        let arguments = format!(
            "ocsp -port {} -index index.txt -CA root.pem -rsigner root.pem -rkey root.key -nrequest 1000 -ignore_err",
            self.ocsp
        );
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).args(arguments.split(' '));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It says when it listens; a connection made only to find that out would hold it up.
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("ACCEPT"), "{line}");
        Responder(child)
    }

    fn trust(&self) -> TrustList {
        let root = Certificate::parse_many(&std::fs::read(self.path("root.pem")).unwrap()).unwrap().remove(0);
        TrustList { anchors: vec![Anchor::new(root, TrustKind::Government)], ..TrustList::default() }
    }
}

/// Answers everything with the list; counts what was asked.
fn serve(listener: TcpListener, authority: Arc<Mutex<Option<Arc<Authority>>>>, asked: Arc<AtomicUsize>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).unwrap();
        asked.fetch_add(1, Ordering::SeqCst);
        let authority = authority.lock().unwrap().clone().unwrap();
        let answer = std::fs::read(authority.path("crl")).unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer));
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

struct World {
    authority: Arc<Authority>,
    asked: Arc<AtomicUsize>,
}

fn world() -> World {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let http = listener.local_addr().unwrap().port();
    let (slot, asked) = (Arc::new(Mutex::new(None)), Arc::new(AtomicUsize::new(0)));
    let (inside, counter) = (Arc::clone(&slot), Arc::clone(&asked));
    std::thread::spawn(move || serve(listener, inside, counter));
    let authority = Arc::new(Authority::new(free_port(), http));
    *slot.lock().unwrap() = Some(Arc::clone(&authority));
    World { authority, asked }
}

fn judged(signature: &[u8], content: &[u8], evidence: Evidence, trust: TrustList) -> signatures::Report {
    let mut context = Context::new(base::Clock::System.now(), trust);
    context.evidence = evidence;
    let mut content = content;
    file::verify(Cursor::new(signature), Some(&mut content), &context).unwrap()
}

/// A platform that may call this machine, on the real clock.
async fn platform(change: impl FnOnce(&mut platform::Config)) -> TestPlatform {
    TestPlatform::sqlite_with(Vec::new(), |config| {
        config.local_peers = vec!["127.0.0.1".to_owned()];
        change(config);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_is_asked_for_and_decides() {
    let world = world();
    let (authority, trust) = (&world.authority, world.authority.trust());
    let signature = authority.signed(b"quyet dinh");
    let found = file::certificates(Cursor::new(&signature)).unwrap();
    assert_eq!(found.len(), 1);
    let t = platform(|_| {}).await;
    t.clock.set(base::Clock::System.now());
    let p = &t.platform;

    let responder = authority.responder();
    let evidence = online::evidence(p, &found, &trust).await;
    assert_eq!((evidence.ocsp.len(), evidence.crls.len()), (1, 0), "the responder answers, so no list is needed");
    let report = judged(&signature, b"quyet dinh", evidence, trust.clone());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.signatures[0].reasons);
    drop(responder);

    let evidence = online::evidence(p, &found, &trust).await;
    assert_eq!((evidence.ocsp.len(), evidence.crls.len()), (0, 1), "no responder: the list");
    let report = judged(&signature, b"quyet dinh", evidence, trust.clone());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.signatures[0].reasons);
    let before = world.asked.load(Ordering::SeqCst);
    let again = online::evidence(p, &found, &trust).await;
    assert_eq!((again.crls.len(), world.asked.load(Ordering::SeqCst)), (1, before), "the list is remembered");

    // Revoked: the responder says so.
    authority.openssl("ca -config cnf -revoke person.pem -crl_reason keyCompromise");
    let responder = authority.responder();
    let evidence = online::evidence(p, &found, &trust).await;
    drop(responder);
    let report = judged(&signature, b"quyet dinh", evidence, trust.clone());
    assert_ne!(report.verdict, Verdict::Valid, "{:?}", report.signatures[0].reasons);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_who_should_not_be() {
    let world = world();
    let signature = world.authority.signed(b"quyet dinh");
    let found = file::certificates(Cursor::new(&signature)).unwrap();
    let now = base::Clock::System.now();
    let asked = |t: TestPlatform, trust: TrustList| {
        t.clock.set(now);
        let (found, counter) = (found.clone(), Arc::clone(&world.asked));
        async move {
            let evidence = online::evidence(&t.platform, &found, &trust).await;
            (evidence.crls.len(), counter.load(Ordering::SeqCst))
        }
    };
    let trust = world.authority.trust();
    assert_eq!(asked(platform(|_| {}).await, TrustList::default()).await, (0, 0), "a stranger's certificate names it");
    assert_eq!(asked(platform(|c| c.signatures.online = false).await, trust.clone()).await, (0, 0), "switched off");
    let closed = |config: &mut platform::Config| {
        config.local_peers.clear();
        config.public_url = Some("https://vanban.example".to_owned());
    };
    assert_eq!(asked(platform(closed).await, trust.clone()).await, (0, 0), "this machine is not called");
    assert_eq!(asked(platform(|_| {}).await, trust).await, (1, 1));
}
