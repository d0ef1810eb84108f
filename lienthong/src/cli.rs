//! The command line: `lienthong serve`, `demo`, `migrate`, `doctor` and the commands that act on a data folder.

use crate::commands::{Command, Out, explain};
use crate::{assembly, control, demo, serve};
use base::{Clock, Random};
use clap::{Parser, Subcommand};
use platform::{Config, Error, Platform, Result};
use std::path::PathBuf;
use std::process::ExitCode;

/// Digital government in one binary / Chính quyền số trong một chương trình
#[derive(Parser)]
#[command(name = "lienthong", version, propagate_version = true)]
struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Action,
}

/// Where the data lies; flags win over the environment, the environment over the file.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// Settings file (TOML)
    #[arg(long, global = true, env = "LIENTHONG_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder
    #[arg(long, global = true, env = "LIENTHONG_DATA")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL URL instead of the embedded database
    #[arg(long, global = true, env = "LIENTHONG_DATABASE")]
    pub database: Option<String>,
}

#[derive(Subcommand)]
enum Action {
    /// Serve the pages and the API / Chạy máy chủ
    Serve(serve::ServeArgs),
    /// Seed a small government, run the story for real and serve it on loopback / Chạy thử với dữ liệu thực hành
    Demo(demo::DemoArgs),
    /// Bring the database to this version's schema / Cập nhật lược đồ dữ liệu
    Migrate,
    /// Say what is wrong with this installation and how to mend it / Kiểm tra cài đặt
    Doctor,
    /// Restore a backup into an empty data folder or database / Khôi phục từ bản sao lưu
    Restore {
        /// The folder that `backup` made
        from: PathBuf,
    },
    /// Move the embedded database into an empty PostgreSQL database / Chuyển dữ liệu sang PostgreSQL
    Move {
        /// Its address: postgres://user@host/database
        #[arg(long)]
        to: String,
    },
    #[command(flatten)]
    On(Command),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let args = Args::parse();
    // The one TLS provider of the process; a second installation attempt is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ExitCode::from(explain(&Error::fault("start the runtime", error), &Out::Terminal)),
    };
    let code = runtime.block_on(run(args)).unwrap_or_else(|error| explain(&error, &Out::Terminal));
    ExitCode::from(code)
}

async fn run(args: Args) -> Result<u8> {
    if let Action::Demo(demo) = args.action {
        return demo::demo(demo, args.place).await;
    }
    if let (Action::On(Command::Signature(command)), None, None) =
        (&args.action, &args.place.data, &args.place.database)
    {
        // A file from anywhere needs no data folder.
        return crate::commands::signature(None, command.clone(), &Out::Terminal).await;
    }
    let config = settings(&args.place)?;
    match args.action {
        Action::Serve(serve) => serve::serve(config, serve).await,
        Action::Migrate => {
            let platform = open(config).await?;
            Out::Terminal.line("Lược đồ đã ở phiên bản hiện tại. / The schema is current.");
            platform.shutdown().await;
            Ok(0)
        }
        Action::Doctor => crate::commands::doctor(config, &Out::Terminal).await,
        Action::Restore { from } => crate::commands::restore(config, &from, &Out::Terminal).await,
        Action::Move { to } => crate::commands::relocate(config, &to, &Out::Terminal).await,
        Action::On(command) => on(config, command).await,
        Action::Demo(_) => Ok(0),
    }
}

/// Reads the settings and lays the flags over them.
pub fn settings(place: &Place) -> Result<Config> {
    let mut config = Config::load(place.config.as_deref())?;
    if let Some(data) = &place.data {
        config.data_dir.clone_from(data);
    }
    if place.database.is_some() {
        config.database.clone_from(&place.database);
    }
    Ok(config)
}

async fn on(config: Config, command: Command) -> Result<u8> {
    let command = command.with_absolute_paths()?;
    if let Some(answer) = control::ask(&config.data_dir, &command, &Out::Terminal).await {
        return answer;
    }
    let platform = open(config).await?;
    platform.start_background();
    let code = crate::commands::run(&platform, command, &Out::Terminal).await;
    platform.shutdown().await;
    Ok(code)
}

/// Opens the platform with every room.
pub async fn open(config: Config) -> Result<Platform> {
    Platform::open(config, assembly::components(), Clock::System, Random::Os(platform::random_bytes)).await
}
