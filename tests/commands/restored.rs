//! A server is restored from a backup: what others had sent it since then comes back by itself, once.

use crate::{Place, Server, document, said};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const HERE: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,hosted
G09,Bộ Nội vụ,Ministry of Home Affairs,BNV,,central,agency,2020-01-01,true
H57,Ủy ban nhân dân thành phố Huế,People's Committee of Hue,UBND,,province,agency,2020-01-01,false
H57.103,Ủy ban nhân dân xã A Lưới 1,People's Committee of A Luoi 1,UBND,H57,commune,agency,2020-01-01,false
";
const THERE: &str = "\
code,name,name_en,abbreviation,parent,level,kind,valid_from,hosted
G09,Bộ Nội vụ,Ministry of Home Affairs,BNV,,central,agency,2020-01-01,false
H57,Ủy ban nhân dân thành phố Huế,People's Committee of Hue,UBND,,province,agency,2020-01-01,false
H57.103,Ủy ban nhân dân xã A Lưới 1,People's Committee of A Luoi 1,UBND,H57,commune,agency,2020-01-01,true
";

/// One of the two installations: its folder's name and its database.
struct Half<'a> {
    place: &'a Place,
    data: &'a str,
    database: Option<&'a str>,
}

impl Half<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        said(self.place.command(self.data, self.database).args(arguments).output().unwrap()).well()
    }

    fn serve(&self, listen: &str) -> (Server, String) {
        let mut command = self.place.command(self.data, self.database);
        command.args(["serve", "--listen", listen, "--admin-listen", ""]).stdout(Stdio::piped());
        let mut server = Server(command.spawn().unwrap());
        let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        (server, address)
    }
}

/// The documents in the commune's inbox, until there are `wanted` of them.
async fn inbox(address: &str, token: &str, wanted: usize) -> Vec<String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let begun = Instant::now();
    loop {
        let asked = client
            .get(format!("{address}/api/v1/exchange/inbox?agency=H57.103&after=0&kind=document"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        let page: serde_json::Value = asked.error_for_status().unwrap().json().await.unwrap();
        let found: Vec<String> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["document_id"].as_str().unwrap().to_owned())
            .collect();
        if found.len() >= wanted {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for {wanted}, found {found:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn comes_back(databases: [Option<&str>; 3]) {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    let ministry = Half { place: &place, data: "bo", database: databases[0] };
    let commune = Half { place: &place, data: "xa", database: databases[1] };
    ministry.run(&["agency", "import", &place.file("bo.csv", HERE)]);
    commune.run(&["agency", "import", &place.file("xa.csv", THERE)]);
    let (_up, _) = ministry.serve("127.0.0.1:0");
    let (there, address) = commune.serve("127.0.0.1:0");
    let invitation = ministry.run(&["peer", "invite", "--for", "H57.103"]);
    commune.run(&["peer", "accept", invitation.trim()]);
    let registered = commune.run(&["system", "register", "--agency", "H57.103", "--name", "kiểm tra"]);
    let token = registered.split_whitespace().next_back().unwrap().to_owned();
    let send = |id: &str| {
        place.file("goi.edxml", &document(id, "G09", "H57.103"));
        ministry.run(&["exchange", "send", "goi.edxml", "--as", "G09"]);
    };
    send("truoc-sao-luu");
    assert_eq!(inbox(&address, &token, 1).await, ["truoc-sao-luu"]);
    let copy = place.path("ban-sao");
    commune.run(&["backup", copy.to_str().unwrap()]);
    send("sau-sao-luu-1");
    send("sau-sao-luu-2");
    assert_eq!(inbox(&address, &token, 3).await.len(), 3);

    // The machine is lost; the backup is all there is.
    there.stop();
    let restored = Half { place: &place, data: "xa-moi", database: databases[2] };
    std::fs::copy(place.path("xa.key"), place.path("xa-moi.key")).unwrap();
    restored.run(&["restore", copy.to_str().unwrap()]);
    let listen = address.trim_start_matches("http://");
    let (again, address) = restored.serve(listen);
    let mut found = inbox(&address, &token, 3).await;
    assert_eq!(found.remove(0), "truoc-sao-luu");
    found.sort();
    assert_eq!(found, ["sau-sao-luu-1", "sau-sao-luu-2"], "each came back, once");
    // What is sent from now on arrives as ever, and nothing comes a second time.
    send("sau-khoi-phuc");
    let found = inbox(&address, &token, 4).await;
    assert_eq!((found.len(), found[3].as_str()), (4, "sau-khoi-phuc"));
    again.stop();
    for half in [&ministry, &restored] {
        assert!(half.run(&["verify"]).contains(" entries, "));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_restored_server_lost_is_offered_again_on_sqlite() {
    comes_back([None; 3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_restored_server_lost_is_offered_again_on_postgresql() {
    let mut bases = Vec::new();
    for _ in 0..3 {
        let Some(base) = testkit::TestDb::postgres(&[]).await else { return };
        bases.push(base);
    }
    comes_back([0, 1, 2].map(|at| bases[at].url.as_deref())).await;
}
