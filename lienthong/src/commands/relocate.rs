//! `move`: a data folder that has outgrown its embedded database goes over to PostgreSQL.

use super::{Out, verify};
use crate::{assembly, cli};
use platform::relocation::{self, Progress};
use platform::{Config, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::Instant;

/// Moves, verifies what arrived together with the files, and says what to do next.
pub async fn relocate(mut config: Config, url: &str, out: &Out) -> Result<u8> {
    let moved = relocation::relocate(&config, assembly::components(), url, every_twentieth(out)).await?;
    match moved.moved {
        Some(done) => {
            out.line(format!("Đã chuyển {} dòng của {} bảng; sổ cái {} mục.", done.rows, done.tables, moved.head.size));
            out.line(format!(
                "Moved {} rows of {} tables; the ledger has {} entries.",
                done.rows, done.tables, moved.head.size
            ));
        }
        None => {
            out.line("Lần chuyển trước đã đưa đủ dữ liệu sang; nay chỉ ghi nhận.");
            out.line("An earlier move had carried everything; it is now marked as done.");
        }
    }
    config.database = Some(url.to_owned());
    let data = config.data_dir.display().to_string();
    let platform = cli::open(config).await?;
    // As the server will open it: its keys, its figures and the files in the folder.
    let code = verify::verify(&platform, None, out).await;
    platform.shutdown().await;
    let code = code?;
    if code == 0 {
        out.line(format!(
            "Tiếp theo: chạy lienthong --data {data} --database <địa chỉ PostgreSQL> serve (hoặc đặt database trong tệp thiết \
             đặt). Giữ thư mục dữ liệu: các tệp vẫn nằm trong đó. Giữ lienthong.db đến khi có bản sao lưu mới, rồi có thể xóa."
        ));
        out.line(format!(
            "Next: lienthong --data {data} --database <address of PostgreSQL> serve (or set `database` in the settings file). \
             Keep the data folder: the files stay in it. Keep lienthong.db until there is a new backup; then it may go."
        ));
    }
    Ok(code)
}

/// Tells of every twentieth of the way, with the rate.
fn every_twentieth(out: &Out) -> Progress {
    let (told, out, begun) = (AtomicU64::new(0), out.clone(), Instant::now());
    Arc::new(move |done, total| {
        let part = done * 20 / total.max(1);
        if told.swap(part, Ordering::Relaxed) != part {
            let rate = u128::from(done) * 1000 / begun.elapsed().as_millis().max(1);
            out.line(format!(
                "{done}/{total} dòng / rows, {} %, {rate} dòng mỗi giây / rows a second",
                done * 100 / total.max(1)
            ));
        }
    })
}
