//! A PostgreSQL for tests: the one named in the environment, or a cluster of our own in a temporary folder that all test
//! processes share; a template database for each set of migrations, cloned for each test.

use platform::db::{Db, Migration, migrate};
use platform::ledger;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names a server to test on: a superuser's URL.
const URL: &str = "LIENTHONG_TEST_POSTGRES";
/// `1`: a missing PostgreSQL fails the tests instead of being noticed and left out.
const REQUIRED: &str = "LIENTHONG_REQUIRE_POSTGRES";

/// A database of one test; dropped with it.
pub struct Scratch {
    name: String,
    /// Its URL.
    pub url: String,
}

impl Scratch {
    /// An empty database; `None` (with a notice) where there is no PostgreSQL.
    pub async fn empty() -> Option<Self> {
        scratch(&[]).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(server) = server() {
            let _ = admin(&server.url("postgres"), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// A fresh database with the given schema; `None` (with a notice) where there is no PostgreSQL.
pub(crate) async fn scratch(migrations: &[Migration]) -> Option<Scratch> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let migrations = migrations.to_vec();
    let server = tokio::task::spawn_blocking(server).await.expect("a thread")?;
    let template = template(server, &migrations).await;
    let name = format!("lt_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let (url, create) = (server.url("postgres"), format!("CREATE DATABASE {name} TEMPLATE {template}"));
    tokio::task::spawn_blocking(move || admin(&url, &create)).await.expect("a thread").expect("a scratch database");
    Some(Scratch { url: server.url(&name), name })
}

struct Server {
    prefix: String,
    suffix: String,
    locks: PathBuf,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.prefix, self.suffix)
    }

    /// From a URL such as `postgres://user@host/database?host=/folder`.
    fn from_url(url: &str) -> Self {
        let (address, query) = url.split_once('?').map_or((url, ""), |(address, query)| (address, query));
        let prefix = match address.split_once("://") {
            Some((scheme, rest)) => format!("{scheme}://{}", rest.split('/').next().unwrap_or(rest)),
            None => address.to_owned(),
        };
        let suffix = if query.is_empty() { String::new() } else { format!("?{query}") };
        Self { prefix, suffix, locks: std::env::temp_dir() }
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            let found = match std::env::var(URL) {
                Ok(url) => Ok(Server::from_url(&url)),
                Err(_) => start_cluster(),
            };
            match found {
                Ok(server) => Some(server),
                Err(why) if std::env::var(REQUIRED).is_ok_and(|value| value == "1") => {
                    panic!("{REQUIRED}=1, but there is no PostgreSQL: {why}")
                }
                Err(why) => {
                    eprintln!("NOTICE: tested on SQLite only, no PostgreSQL: {why} (set {URL} to name a server)");
                    None
                }
            }
        })
        .as_ref()
}

/// Makes the template for a set of migrations, once for all test processes.
async fn template(server: &Server, migrations: &[Migration]) -> String {
    let mut hash = Sha256::new();
    for step in migrations {
        hash.update(format!("{}/{}\n{}\n", step.module, step.number, step.sql));
    }
    let name = format!("lt_template_{}", &hex::encode(hash.finalize())[..24]);
    let (admin_url, url, lock) =
        (server.url("postgres"), server.url(&name), server.locks.join(format!("lienthong-{name}.lock")));
    let (exists_sql, exists_url) =
        (format!("SELECT 1 FROM pg_database WHERE datname = '{name}' AND datistemplate"), admin_url.clone());
    let held = tokio::task::spawn_blocking(move || lock_file(&lock)).await.expect("a thread").expect("a lock file");
    let exists = tokio::task::spawn_blocking(move || has_row(&exists_url, &exists_sql))
        .await
        .expect("a thread")
        .expect("the server answers");
    if !exists {
        let create = format!("DROP DATABASE IF EXISTS {name}");
        let create2 = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
        let at = admin_url.clone();
        tokio::task::spawn_blocking(move || admin(&at, &create).and_then(|()| admin(&at, &create2)))
            .await
            .expect("a thread")
            .expect("a template database");
        let db = Db::open_postgres(&url).expect("the template database");
        migrate(&db, migrations).await.expect("the schema");
        if migrations.iter().any(|step| step.module == "ledger") {
            ledger::open(&db).await.expect("the ledger");
        }
        db.close().await;
        let mark = format!("ALTER DATABASE {name} IS_TEMPLATE true");
        tokio::task::spawn_blocking(move || admin(&admin_url, &mark)).await.expect("a thread").expect("a template");
    }
    drop(held);
    name
}

/// Holds an exclusive lock until dropped.
fn lock_file(path: &Path) -> std::io::Result<File> {
    let file = File::options().create(true).write(true).truncate(false).open(path)?;
    file.lock()?;
    Ok(file)
}

/// Runs one statement as superuser, on a thread's own small runtime (drops happen anywhere).
fn admin(url: &str, sql: &str) -> Result<(), String> {
    has_row(url, sql).map(|_| ())
}

fn has_row(url: &str, sql: &str) -> Result<bool, String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.map_err(|e| format!("{e:?}"))?;
            let driving = tokio::spawn(connection);
            let rows = client.simple_query(&sql).await.map_err(|e| format!("{e:?}"))?;
            drop(client);
            let _ = driving.await;
            Ok(rows.iter().any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_))))
        })
    })
    .join()
    .map_err(|_| "the connecting thread panicked".to_owned())?
}

/// Finds or starts the shared cluster: one for each user and version, stopped by itself after some idle minutes.
fn start_cluster() -> Result<Server, String> {
    let bin = find_bin().ok_or("no initdb under /usr/lib/postgresql or in PATH")?;
    let version = bin.parent().and_then(Path::file_name).and_then(|v| v.to_str()).unwrap_or("x").to_owned();
    let root = is_root();
    let home =
        std::env::temp_dir().join(format!("lienthong-test-postgres-{version}{}", if root { "" } else { "-user" }));
    fs::create_dir_all(&home).map_err(|e| format!("{}: {e}", home.display()))?;
    let _held = lock_file(&home.with_extension("lock")).map_err(|e| e.to_string())?;
    let url = format!("postgres://postgres@/postgres?host={}", home.display());
    let server = || Server {
        prefix: "postgres://postgres@".to_owned(),
        suffix: format!("?host={}", home.display()),
        locks: home.clone(),
    };
    loop {
        match has_row(&url, "SELECT 1") {
            Ok(_) => return Ok(server()),
            // Alive but starting, stopping or full: its folder must not be taken away.
            Err(_) if is_alive(&home.join("data")) => std::thread::sleep(std::time::Duration::from_millis(200)),
            Err(_) => break,
        }
    }
    // What an earlier machine crash left is of no use.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(|e| e.to_string())?;
    let data = home.join("data");
    let user = root.then(|| if has_user("postgres") { "postgres" } else { "nobody" });
    if let Some(user) = user {
        run(Command::new("chown").arg(user).arg(&home))?;
    }
    let as_user = |program: &Path| match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command
                .args([&format!("--reuid={user}"), &format!("--regid={}", group_of(user)), "--clear-groups"])
                .arg(program);
            command.current_dir("/");
            command
        }
        None => Command::new(program),
    };
    run(as_user(&bin.join("initdb"))
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data))?;
    let settings = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c full_page_writes=off \
         -c max_connections=500 -c shared_buffers=64MB -c autovacuum_naptime=10s",
        home.display()
    );
    run(as_user(&bin.join("pg_ctl"))
        .args(["-w", "-s", "-t", "60", "-o", &settings, "-l"])
        .arg(home.join("log"))
        .arg("-D")
        .arg(&data)
        .arg("start"))?;
    // The cluster outlives the test processes that share it, but not by much.
    let watch = format!(
        "idle=0; while sleep 20; do \
           n=$('{bin}/psql' -h '{home}' -U postgres -Atc \"SELECT count(*) FROM pg_stat_activity WHERE backend_type = \
               'client backend' AND pid <> pg_backend_pid()\") || exit 0; \
           if [ \"$n\" = 0 ]; then idle=$((idle+1)); else idle=0; fi; \
           if [ $idle -ge 30 ]; then '{bin}/pg_ctl' -s -m immediate -D '{data}' stop; exit 0; fi; done",
        bin = bin.display(),
        home = home.display(),
        data = data.display()
    );
    as_user(Path::new("/usr/bin/setsid"))
        .args(["sh", "-c", &watch])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("setsid: {e}"))?;
    Ok(server())
}

/// Whether a server process holds the data folder.
fn is_alive(data: &Path) -> bool {
    let pid = fs::read_to_string(data.join("postmaster.pid")).ok();
    pid.as_deref()
        .and_then(|text| text.lines().next())
        .and_then(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok())
        .is_some_and(|name| name.starts_with("postgres"))
}

fn find_bin() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let bin = path.join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .collect();
    found.sort();
    found
        .pop()
        .map(|(_, bin)| bin)
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists()))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn has_user(name: &str) -> bool {
    passwd().is_some_and(|text| text.lines().any(|line| line.split(':').next() == Some(name)))
}

fn group_of(user: &str) -> String {
    let line =
        passwd().and_then(|text| text.lines().find(|line| line.split(':').next() == Some(user)).map(str::to_owned));
    line.and_then(|line| line.split(':').nth(3).map(str::to_owned)).unwrap_or_else(|| "65534".to_owned())
}

fn passwd() -> Option<String> {
    fs::read_to_string("/etc/passwd").ok()
}

fn run(command: &mut Command) -> Result<(), String> {
    // Files, not pipes: a server that inherits a pipe would keep its reader waiting for ever.
    let said = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    let out = || said.reopen().map(Stdio::from).unwrap_or_else(|_| Stdio::null());
    let status =
        command.stdin(Stdio::null()).stdout(out()).stderr(out()).status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(said.path()).unwrap_or_default();
    Err(format!("{command:?} failed: {}", said.trim()))
}
