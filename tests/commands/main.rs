//! The command line as an operator uses it: every command on a folder at rest and through the server that holds it.
#![allow(clippy::unwrap_used, missing_docs)]

mod mail;
mod moving;
mod restored;
mod stopping;
mod tampering;
mod verifying;
mod watching;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const AGENCIES: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,hosted
G09,Bộ Nội vụ,Ministry of Home Affairs,BNV,,central,agency,2020-01-01,true
H57,Ủy ban nhân dân thành phố Huế,People's Committee of Hue,UBND,,province,agency,2020-01-01,true
H57.09,Sở Nội vụ thành phố Huế,Department of Home Affairs,SNV,H57,province,agency,2020-01-01,true
";
const MORE: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,hosted
H57.10,Sở Tài chính thành phố Huế,Department of Finance,STC,H57,province,agency,2020-01-01,true
";
const WRONG: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,hosted
H57.11,Sở Xây dựng,Department of Construction,SXD,H57,province,agency,2020-01-01,true
H57..x,Không phải mã,Not a code,KPM,H57,province,agency,2020-01-01,true
";

/// One installation: a folder, and a PostgreSQL database where that is the engine.
struct Place {
    folder: tempfile::TempDir,
    database: Option<String>,
}

/// What a command came to.
struct Said {
    code: i32,
    text: String,
}

impl Said {
    #[track_caller]
    fn well(self) -> String {
        assert_eq!(self.code, 0, "{}", self.text);
        self.text
    }

    #[track_caller]
    fn refused(self, code: &str) {
        assert_eq!(self.code, 1, "{}", self.text);
        assert!(self.text.contains(&format!("[{code}]")), "{}", self.text);
    }
}

/// A server at work; it ends with the test, however the test ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.0.wait().unwrap().success(), "the server ends in order");
    }
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn command(&self, data: &str, database: Option<&str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong"));
        command.arg("--data").arg(self.path(data)).current_dir(self.folder.path());
        for name in ["LIENTHONG_DATA", "LIENTHONG_DATABASE", "LIENTHONG_CONFIG", "LIENTHONG_PUBLIC_URL"] {
            command.env_remove(name);
        }
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(self.command("data", self.database.as_deref()).args(arguments).output().unwrap())
    }

    fn serve(&self) -> (Server, String) {
        self.serve_with(&[])
    }

    fn serve_with(&self, flags: &[&str]) -> (Server, String) {
        let mut command = self.command("data", self.database.as_deref());
        command.args(flags).args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", ""]).stdout(Stdio::piped());
        let mut server = Server(command.spawn().unwrap());
        let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap();
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        // The rest is read and let go, so that a full pipe never stops it.
        std::thread::spawn(move || lines.for_each(drop));
        (server, address)
    }
}

fn said(output: Output) -> Said {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Said { code: output.status.code().unwrap_or(-1), text }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

/// A document of `from` to `to`, as another program writes it.
fn document(id: &str, from: &str, to: &str) -> String {
    include_str!("document.edxml").replace("@ID@", id).replace("@FROM@", from).replace("@TO@", to)
}

/// Every command that acts on a data folder; the same whether a server holds it or not. `n` tells the rounds apart.
fn every_command(place: &Place, n: u8, agencies: &str) {
    let imported = place.run(&["agency", "import", &place.file("agencies.csv", agencies)]).well();
    assert!(imported.contains(" rows, "), "{imported}");
    assert!(!imported.contains(" 0 agencies changed"), "{imported}");
    let again = place.run(&["agency", "import", &place.file("agencies.csv", agencies)]).well();
    assert!(again.contains(", 0 agencies changed"), "the same file changes nothing: {again}");
    let wrong = place.run(&["agency", "import", &place.file("wrong.csv", WRONG)]);
    assert!(wrong.text.contains("3/code") && wrong.text.contains("Dòng 3"), "{}", wrong.text);
    assert_eq!(wrong.code, 1, "{}", wrong.text);
    place.run(&["system", "register", "--agency", "H57.11"]).refused("directory.agency.unknown");

    // People: a link to come in by, a new link, an account barred.
    let name = format!("can.bo.{n}");
    let add = ["user", "add", &name, "--name", "Lê Văn Mẫu", "--agency", "H57.09", "--title", "Văn thư", "--roles"];
    place.run(&[&add[..], &["khong-co"]].concat()).refused("command.role.unknown");
    let link = place.run(&[&add[..], &["registry-clerk,specialist"]].concat()).well();
    assert!(link.contains("One-time link: ") && link.contains('/'), "{link}");
    let twice = place.run(&[&add[..], &["registry-clerk"]].concat());
    assert_eq!(twice.code, 1, "a name is given once: {}", twice.text);
    let another = place.run(&["user", "reset", &name]).well();
    assert!(another.contains("One-time link: ") && another != link, "{another}");
    assert!(place.run(&["user", "disable", &name]).well().contains("signed out everywhere"));
    assert_ne!(place.run(&["user", "disable", "khong.ai"]).code, 0);

    // Systems.
    let registered = place.run(&["system", "register", "--agency", "H57", "--name", "e-office"]).well();
    let id = lines(&registered)[0].to_owned();
    assert!(place.run(&["system", "list"]).well().lines().any(|l| l.starts_with(&id) && l.contains("active")));
    place.run(&["system", "revoke", &id]).well();
    assert!(place.run(&["system", "list"]).well().lines().any(|l| l.starts_with(&id) && l.contains("revoked")));

    // Other servers.
    let invitation = place.run(&["peer", "invite", "--for", "H57.102"]).well();
    assert!(invitation.starts_with("ltpeer1."), "{invitation}");
    let bound = place.run(&["peer", "invite", "--for", "H57.103", "--url", "https://vanban.phuong.example"]).well();
    assert!(bound.starts_with("ltpeer1.") && bound != invitation, "{bound}");
    place.run(&["peer", "invite", "--for", "H57..9"]).refused("command.agency-code.malformed");
    place.run(&["peer", "accept", "khong phai thu moi"]).refused("exchange.peer.invitation-malformed");
    place.run(&["peer", "list"]).well();
    place.run(&["peer", "checkpoints"]).well();

    // Packages: taken once, the same again, in another's name, damaged.
    let good = place.file("goi.edxml", &document(&format!("goi-{n}"), "G09", "H57"));
    let receipt = place.run(&["exchange", "send", "goi.edxml", "--as", "G09"]).well();
    let read: serde_json::Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(read["document_id"], format!("goi-{n}"), "{receipt}");
    assert!(read["signature"].is_string(), "{receipt}");
    assert_eq!(place.run(&["exchange", "send", &good, "--as", "G09"]).well(), receipt, "the same receipt");
    place.run(&["exchange", "send", &good, "--as", "H57"]).refused("exchange.sender.not-caller");
    let cut = place.file("cut.edxml", &document("x", "G09", "H57")[..900]);
    place.run(&["exchange", "send", &cut, "--as", "G09"]).refused("exchange.edxml.truncated");
    assert_eq!(place.run(&["exchange", "send", "khong-co.edxml", "--as", "G09"]).code, 70);

    let clean = place.run(&["verify"]).well();
    assert!(clean.contains(" entries, "), "{clean}");
    let doctor = place.run(&["doctor"]).well();
    for about in ["Configuration:", "Clock:", "Disk:", "Master key:", "Fonts:", "Database:"] {
        assert!(doctor.contains(about), "{about}: {doctor}");
    }
}

fn whole_life(place: &Place, empty: Option<&str>) {
    assert!(place.run(&["migrate"]).well().contains("schema is current"));
    every_command(place, 1, AGENCIES);

    let (server, address) = place.serve();
    every_command(place, 2, MORE);
    let doctor = place.run(&["doctor"]).well();
    assert!(doctor.contains("a server is running"), "{doctor}");
    let link = place.run(&["user", "reset", "can.bo.1"]).well();
    assert!(link.contains(&format!("One-time link: {address}/")), "{link}");
    // A second server on the same folder, and a restore over it, are turned away.
    let second = place.command("data", place.database.as_deref()).args(["serve", "--listen", "127.0.0.1:0"]).output();
    assert_ne!(said(second.unwrap()).code, 0, "a folder belongs to one process");
    let copy = place.path("ban-sao-1");
    place.run(&["backup", copy.to_str().unwrap()]).well();
    assert_ne!(place.run(&["backup", copy.to_str().unwrap()]).code, 0, "a backup is not written over");
    assert_ne!(place.run(&["restore", copy.to_str().unwrap()]).code, 0, "what is there is not restored over");
    server.stop();

    let second_copy = place.path("ban-sao-2");
    assert!(place.run(&["backup", "ban-sao-2"]).well().contains("Backed up "));
    for copy in [&copy, &second_copy] {
        holds_no_key(copy);
    }
    restored(place, &copy, "khoi-phuc", empty);
}

/// A backup holds everything but the master key.
fn holds_no_key(copy: &Path) {
    assert!(copy.is_dir());
    for entry in std::fs::read_dir(copy).unwrap() {
        assert!(entry.unwrap().path().extension().is_none_or(|e| e != "key"));
    }
}

/// The backup is restored into an empty place, verifies there, and holds what was sent.
fn restored(place: &Place, copy: &Path, data: &str, empty: Option<&str>) {
    let copy = copy.to_str().unwrap();
    let run = |arguments: &[&str]| said(place.command(data, empty).args(arguments).output().unwrap());
    let lost = run(&["restore", copy]);
    assert_ne!(lost.code, 0, "without the master key nothing is restored: {}", lost.text);
    std::fs::copy(place.path("data.key"), place.path(&format!("{data}.key"))).unwrap();
    let told = run(&["restore", copy]).well();
    assert!(told.contains("new epoch"), "{told}");
    let clean = run(&["verify"]).well();
    assert!(clean.contains(" entries, "), "{clean}");
    place.file("goi-2.edxml", &document("goi-2", "G09", "H57"));
    let again = run(&["exchange", "send", "goi-2.edxml", "--as", "G09"]).well();
    assert_eq!(again, place.run(&["exchange", "send", "goi-2.edxml", "--as", "G09"]).well(), "the receipt came back");
}

#[test]
fn every_command_works_on_sqlite() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    whole_life(&place, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_works_on_postgresql() {
    let (Some(first), Some(second)) = (testkit::TestDb::postgres(&[]).await, testkit::TestDb::postgres(&[]).await)
    else {
        return;
    };
    let place = Place { folder: tempfile::tempdir().unwrap(), database: first.url.clone() };
    whole_life(&place, second.url.as_deref());
}

#[test]
fn the_doctor_says_what_is_wrong_and_how_to_mend_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["migrate"]).well();
    let key = place.path("data.key");
    let open = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    open(0o644);
    let said = place.run(&["doctor"]);
    assert!(said.code == 1 && said.text.contains("chmod 600"), "{}", said.text);
    open(0o600);

    let settings = place.file("open.toml", "listen = \"0.0.0.0:8080\"\n");
    let said = place.run(&["--config", &settings, "doctor"]);
    assert!(said.code == 1 && said.text.contains("without TLS"), "{}", said.text);
    place.run(&["--config", &settings, "serve"]).refused("serve.address.unprotected");

    std::fs::rename(&key, place.path("elsewhere.key")).unwrap();
    let said = place.run(&["doctor"]);
    assert!(said.code == 1 && said.text.contains("is missing. Bring it back"), "{}", said.text);
    assert!(!key.exists(), "the doctor makes no new key in the place of a lost one");
    std::fs::rename(place.path("elsewhere.key"), &key).unwrap();

    let database = place.path("data").join("lienthong.db");
    let whole = std::fs::read(&database).unwrap();
    std::fs::write(&database, b"this was a database once, before somebody saved a text over it").unwrap();
    let said = place.run(&["doctor"]);
    assert!(said.code == 1 && said.text.contains("Database: cannot open"), "{}", said.text);
    std::fs::write(&database, whole).unwrap();
    place.run(&["doctor"]).well();
}

#[test]
fn an_altered_record_is_named_by_verify() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    place.file("goi.edxml", &document("goi-1", "G09", "H57"));
    place.run(&["exchange", "send", "goi.edxml", "--as", "G09"]).well();
    place.run(&["verify"]).well();
    // One byte of the file store is another: the content is found and named.
    let blobs = place.path("data").join("blobs");
    let mut folders = vec![blobs];
    let mut altered = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            if let Some(byte) = bytes.last_mut() {
                *byte ^= 1;
                altered += 1;
                std::fs::write(&path, bytes).unwrap();
            }
        }
    }
    assert!(altered > 0, "a file was there to alter");
    let said = place.run(&["verify"]);
    assert!(said.code == 1 && said.text.contains('✗'), "{}", said.text);
}

/// Stops a demo and the server that it started, at once.
fn kill_group(child: &mut Child) {
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
    child.wait().unwrap();
}

#[test]
fn a_demo_that_was_broken_off_begins_anew() {
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().unwrap();
    let demo = |data: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong"));
        command.arg("--data").arg(data).args(["demo", "--check"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let data = folder.path().join("thuc-hanh");
    let mut first = demo(&data).process_group(0).spawn().unwrap();
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("peer invite, peer accept")), "the servers were introduced");
    kill_group(&mut first);
    // One of the two folders is gone besides: somebody tidied up.
    std::fs::remove_dir_all(&data).unwrap();
    let again = demo(&data).output().unwrap();
    let text = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && text.trim_end().lines().last().unwrap().contains("\"ok\":true"), "{text}");

    let foreign = folder.path().join("that");
    std::fs::create_dir(&foreign).unwrap();
    std::fs::write(foreign.join("so-lieu"), "thật").unwrap();
    let refused = demo(&foreign).output().unwrap();
    assert!(!refused.status.success());
    assert_eq!(std::fs::read_to_string(foreign.join("so-lieu")).unwrap(), "thật", "what is real is left alone");
}

#[test]
fn a_demo_told_to_stop_at_once_leaves_no_server_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("thuc-hanh");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_lienthong"));
    demo.arg("--data").arg(&data).args(["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut demo = Server(demo.spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("SERVING ")));
    demo.stop();
    // The pipe ends when nobody holds it any more: a second server left behind would.
    assert_eq!(lines.count(), 0);
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_lienthong"));
    let told = said(doctor.arg("--data").arg(folder.path().join("thuc-hanh-xa")).arg("doctor").output().unwrap());
    assert!(!told.text.contains("a server is running"), "{}", told.text);
}
